"""No secret and no signature is left in anything that is written, however it is spelled."""

from __future__ import annotations

import base64
import dataclasses
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_makers import URL, make_case, make_finding, make_result

from contract_kit.model import Reply
from contract_kit.report import Redactor, reproduce, to_html, to_json, to_junit, to_text
from contract_kit.report._redact import REDACTED, is_sensitive_header

KEY = b"a/very+secret\xffkey\x00with=all&sorts<>!"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
BARE = SECRET.removeprefix("whsec_")

SPELLINGS = [
    SECRET,
    BARE,
    BARE.rstrip("="),
    base64.urlsafe_b64encode(KEY).decode(),
    KEY.hex(),
    KEY.hex().upper(),
    quote(SECRET, safe=""),
    quote(SECRET, safe="").replace("%3D", "%3d").replace("%2B", "%2b").replace("%2F", "%2f"),
    json.dumps(SECRET)[1:-1].replace("/", "\\/"),
    base64.b64encode(SECRET.encode()).decode(),
    KEY.decode("latin-1"),
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_each_spelling_of_the_secret_goes(spelling):
    assert Redactor([SECRET]).text(f"before {spelling} after") == f"before {REDACTED} after"


def test_the_raw_key_goes_from_bytes():
    assert Redactor([SECRET]).body(b"x" + KEY + b"y") == b"x" + REDACTED.encode() + b"y"


@given(st.text(min_size=4))
def test_a_secret_that_is_no_whsec_goes_too(secret):
    assert Redactor([secret]).plain(f"<<{secret}>>") == f"<<{REDACTED}>>"


@given(st.text())
def test_without_a_secret_ordinary_text_and_bodies_stay(text):
    assert Redactor().plain(text) == text
    assert Redactor([""]).body(text.encode("utf-8", "surrogatepass")) == text.encode("utf-8", "surrogatepass")


def test_signatures_and_passwords_go_from_text_even_without_a_secret():
    text = Redactor().text(
        f"got v1,{base64.b64encode(b's' * 32).decode()} from http://joe:hunter22@127.0.0.1/x"
    )
    assert text == f"got v1,{REDACTED} from http://joe:{REDACTED}@127.0.0.1/x"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://h/x?token=abc&z=1", "http://h/x?token=[redacted]&z=1"),
        ("http://h/?country_code=DE&code=z%2B", "http://h/?country_code=DE&code=[redacted]"),
        ("'http://h/?a=1&x-api-key=k' | sh", "'http://h/?a=1&x-api-key=[redacted]' | sh"),
        ("is the path right?", "is the path right?"),
    ],
)
def test_credentials_go_from_the_query_of_a_url(url, shown):
    assert Redactor().text(url) == shown


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "cookie",
        "Set-Cookie",
        "X-API-Key",
        "x-hub-signature-256",
        "Proxy-Authorization",
        "x-auth-token",
    ],
)
def test_credential_headers_are_known(name):
    assert is_sensitive_header(name)


@pytest.mark.parametrize(
    "name", ["content-type", "svix-id", "svix-timestamp", "user-agent", "x-author", "host"]
)
def test_other_headers_stay(name):
    assert not is_sensitive_header(name)
    assert Redactor().header(name, "plain") == "plain"


def test_of_a_signature_header_the_form_stays_and_the_signature_goes():
    signature = base64.b64encode(b"s" * 32).decode()
    assert (
        Redactor().header("svix-signature", f"v1,{signature} v1a,{signature}")
        == f"v1,{REDACTED} v1a,{REDACTED}"
    )
    assert Redactor().header("webhook-signature", signature) == REDACTED
    assert Redactor().header("svix-signature", "") == ""


def leaky():
    """A run in which the secret stands in every place that can hold text."""
    everywhere = f"secret {SECRET} key {KEY.hex()}"
    case = make_case(
        id=f"delivery::signature:{BARE}",
        body=json.dumps({"a": everywhere}).encode() + KEY,
        description=everywhere,
        because=everywhere,
        changed=everywhere,
        at="",
        headers=(
            ("authorization", f"Bearer {SECRET}"),
            ("svix-signature", "v1," + "A" * 43 + "="),
            ("x", everywhere),
        ),
    )
    reply = Reply(
        outcome="crashed",
        value={everywhere: [everywhere, ("\0leaf", "uuid", everywhere), KEY]},
        exception=everywhere,
        message=everywhere,
        where=everywhere,
        headers=(("set-cookie", everywhere), ("y", everywhere)),
        body=everywhere.encode() + KEY,
        detail=everywhere,
    )
    context = dataclasses.replace(
        URL,
        secret=True,
        redactor=Redactor([SECRET]),
        target=f"http://u:{SECRET}@127.0.0.1/?k={quote(SECRET, safe='')}",
        options=("--secret", SECRET, f"--header=authorization: {SECRET}", "--header", "x-api-key: abcdefgh"),
        headers=(("authorization", SECRET), ("x-api-key", "abcdefgh")),
    )
    finding = make_finding(
        id=everywhere, finding="leak", case=case, reply=reply, title=everywhere, expected=everywhere, observed=everywhere,
        locations=(everywhere,), pointer=everywhere, case_ids=(everywhere,), reproduce=reproduce(case, context),
    )  # fmt: skip
    return make_result(finding, target=everywhere, notes=(everywhere,), spec=everywhere)


@pytest.mark.parametrize(
    "render",
    [
        lambda run, red: json.dumps(to_json(run, red)),
        lambda run, red: to_text(run, verbosity=1, redactor=red),
        to_html,
        to_junit,
    ],
    ids=["json", "text", "html", "junit"],
)
def test_no_report_shows_the_secret_in_any_place(render):
    text = render(leaky(), Redactor([SECRET]))
    assert REDACTED in text
    for spelling in [*SPELLINGS, json.dumps(KEY.decode("latin-1"))[1:-1], "abcdefgh", "A" * 43]:
        assert spelling not in text
    # A body that is no text goes out as base64: the secret is gone before that.
    for found in to_json(leaky(), Redactor([SECRET]))["findings"]:
        assert KEY not in base64.b64decode(found["body"].get("base64", ""))


def test_the_redactor_does_not_show_its_secret():
    assert BARE not in repr(Redactor([SECRET]))
    assert BARE not in repr(dataclasses.replace(URL, redactor=Redactor([SECRET])))
