"""Signing agrees with the specification and with the providers' own libraries."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

import pytest
import standardwebhooks
import svix
from hypothesis import given
from hypothesis import strategies as st

from contract_kit.delivery import sign
from contract_kit.errors import SigningError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize("family", ["svix", "webhook"])
def test_the_published_test_vector_comes_out(family):
    """Standard Webhooks and Svix publish this vector with their libraries."""
    headers = sign(
        b'{"test": 2432232314}',
        SECRET,
        id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        family=family,
    )
    assert headers == {
        f"{family}-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        f"{family}-timestamp": "1614265330",
        f"{family}-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@given(TEXTS, st.binary(min_size=1, max_size=80))
def test_the_providers_libraries_take_what_we_sign(body, key):
    """Any text under any key verifies in both libraries, in each family that they read."""
    secret = "whsec_" + base64.b64encode(key).decode()
    data = body.encode()
    standardwebhooks.Webhook(secret).verify(data, sign(data, secret, family="webhook"), json_parse=False)
    svix.Webhook(secret).verify(data, sign(data, secret, family="webhook"))
    svix.Webhook(secret).verify(data, sign(data, secret))


@given(TEXTS, st.integers(0, 2**33))
def test_the_signature_is_the_library_s_own(body, timestamp):
    """Byte for byte the same signature as the library makes."""
    from datetime import UTC, datetime

    theirs = standardwebhooks.Webhook(SECRET).sign("msg_1", datetime.fromtimestamp(timestamp, UTC), body)
    assert sign(body, SECRET, id="msg_1", timestamp=timestamp)["svix-signature"] == theirs


@given(st.binary())
def test_bodies_that_are_no_text_are_signed_as_they_are(body):
    """The libraries take text alone; the specification's formula holds for any bytes."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    good = base64.b64encode(hmac.new(key, b"msg_1.7." + body, hashlib.sha256).digest()).decode()
    assert sign(body, SECRET, id="msg_1", timestamp=7)["svix-signature"] == f"v1,{good}"


def test_ids_are_fresh_and_the_time_is_now_unless_given():
    before = int(time.time())
    one, two = sign(b"", SECRET), sign(b"", SECRET)
    assert one["svix-id"] != two["svix-id"]
    assert before <= int(one["svix-timestamp"]) <= time.time()


@pytest.mark.parametrize("key", [b"k", b"ke", b"key", b"\xfb\xff\xfe"])
def test_the_prefix_and_the_padding_may_be_absent_as_in_the_libraries(key):
    text = base64.b64encode(key).decode()
    signatures = {
        sign(b"x", secret, id="a", timestamp=1)["svix-signature"]
        for secret in (
            f"whsec_{text}",
            text,
            text.rstrip("="),
            f"whsec_{text.rstrip('=')}",
            f" whsec_{text}\n",
        )
    }
    assert len(signatures) == 1


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "whsec_===", "whsec_!", "whsec_abcde", "whsec_ab cd", "hunter2-hunter2!", "whsec_ключ"],
)
def test_a_secret_that_is_none_is_refused_and_never_shown(secret):
    with pytest.raises(SigningError) as raised:
        sign(b"", secret)
    shown = str(raised.value)
    assert secret.removeprefix("whsec_") == "" or secret not in shown
    assert "hunter2" not in shown
    assert raised.value.__cause__ is None
    assert raised.value.exit_code == 2


@pytest.mark.parametrize("secret", ["whsec_-_-_", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS-"])
def test_the_url_safe_alphabet_is_refused_because_the_libraries_disagree_on_it(secret):
    with pytest.raises(SigningError):
        sign(b"", secret)


@pytest.mark.parametrize("name", ["", "a\r\nb", "a\0", "é"])
def test_an_id_that_no_header_can_hold_is_refused(name):
    with pytest.raises(SigningError, match="id="):
        sign(b"", SECRET, id=name)


def test_an_unknown_family_is_refused_with_those_that_there_are():
    with pytest.raises(SigningError, match="svix and webhook"):
        sign(b"", SECRET, family="stripe")
