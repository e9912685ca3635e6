"""Hostile text is made visible, and shell lines say in a real shell exactly what they should."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_makers import HOSTILE

from contract_kit.report._escape import (
    html_text,
    printable,
    shell_bytes,
    shell_quote,
    visible,
    visible_bytes,
    xml_text,
)

TEXTS = st.text(st.characters(exclude_categories=())) | st.just(HOSTILE)


@given(TEXTS)
def test_visible_text_holds_printable_characters_only(text):
    assert all(map(printable, visible(text)))


@given(TEXTS)
def test_making_text_visible_twice_changes_nothing_more(text):
    assert visible(visible(text)) == visible(text)


@given(st.text(st.characters(categories=("L", "N", "P"), max_codepoint=0x24F)))
def test_ordinary_text_stays_as_it_is(text):
    assert visible(text.replace("\u034f", "")) == text


@given(TEXTS.map(lambda text: text * 20), st.integers(10, 200))
def test_a_limit_bounds_the_length_and_says_how_much_is_hidden(text, limit):
    shown = visible(text, limit)
    assert len(shown) <= max(
        limit + len("… (+100,000) …") + 1, len(visible(text)) if len(text) <= limit else 0
    )
    assert shown == visible(text) or "… (+" in shown


def test_a_hundred_kilobytes_are_cut_in_the_middle():
    shown = visible("a" * 60_000 + "b" * 40_000, 40)
    assert shown.startswith("aaaa")
    assert shown.endswith("bbbb")
    assert "… (+99,9" in shown
    assert len(shown) < 60


@pytest.mark.parametrize(
    ("char", "spelled"),
    [
        ("\x1b", "\\u001b"), ("\u202e", "\\u202e"), ("\u200b", "\\u200b"), ("\ud800", "\\ud800"), ("\x00", "\\u0000"),
        ("\n", "\\n"), ("\u2028", "\\u2028"), ("\U000e0041", "\\U000e0041"), ("\u3164", "\\u3164"), ("\x9b", "\\u009b"),
        ("\ufeff", "\\ufeff"), ("\u2066", "\\u2066"), ("\u00ad", "\\u00ad"), ("\ufe0f", "\\ufe0f"),
    ],
)  # fmt: skip
def test_what_cannot_be_seen_is_spelled_out(char, spelled):
    assert visible(f"a{char}b") == f"a{spelled}b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('"\u0301a"', '"\\u0301a"'),
        ("e\u0301", "e\u0301"),
        ("\u0928\u093f", "\u0928\u093f"),
        ("x" + "\u0334" * 5 + "y", "x" + "\u0334" * 3 + "\\u0334" * 2 + "y"),
        ("\u200d\u0301", "\\u200d\\u0301"),
    ],
)
def test_combining_marks_stay_on_letters_only_and_never_in_heaps(text, shown):
    assert visible(text) == shown
    assert visible(shown) == shown


def test_bytes_that_are_no_text_show_as_hexadecimal():
    assert visible_bytes(b"caf\xe9 \xed\xa0\x80") == "caf\\xe9 \\xed\\xa0\\x80"


@given(TEXTS)
def test_xml_text_always_parses_and_says_the_visible_text(text):
    element = ET.fromstring(f'<a b="{xml_text(text, newlines=False)}">{xml_text(text)}</a>')
    assert element.text in {visible(text, newlines=True), None}
    assert element.get("b") == visible(text)


@given(TEXTS)
def test_html_text_opens_no_element_and_closes_no_attribute(text):
    seen = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            seen.append((tag, attrs))

        def handle_data(self, data):
            seen.append(data)

    reader = Reader()
    reader.feed(f'<p title="{html_text(text)}">x</p>')
    reader.close()
    assert seen == [("p", [("title", visible(text))]), "x"]


def run(script: str) -> bytes:
    done = subprocess.run(["sh", "-c", script], capture_output=True, timeout=20, check=False)
    assert not done.stderr, done.stderr
    return done.stdout


@settings(max_examples=60, deadline=None)
@given(st.binary() | TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_a_shell_writes_exactly_the_bytes(data):
    assert run(shell_bytes(data)) == data


@pytest.mark.parametrize(
    "data",
    [
        b"", b"%s%d", b"-n", b"\\n\\0", b"'", b"a'b\x00'", b"\n\n", bytes(range(256)), b"\x00" * 20_000, b"\x0012",
        "é\u202e".encode() * 3000, "[1,2]".encode("utf-16"), b"!history !!", b"\xff" + b"8" * 5,
    ],
)  # fmt: skip
def test_a_shell_writes_awkward_bytes_too(data):
    assert run(shell_bytes(data)) == data


def test_long_bodies_make_short_shell_lines_where_packing_helps():
    assert len(shell_bytes(b'{"a": "' + b"x" * 100_000 + b'"}')) < 1000


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_a_quoted_word_is_one_word_in_a_shell(text):
    said = run(f"printf '%s.' {shell_quote(text)} end")
    wanted = text.replace("\0", "")
    assert said in {
        wanted.encode("utf-8", "surrogatepass") + b".end.",
        wanted.encode("utf-8", "surrogateescape" if said else "surrogatepass") + b".end."
        if not any("\ud800" <= char < "\udc80" or "\udcff" < char <= "\udfff" for char in wanted)
        else b"",
    }


def test_quoted_words_hold_no_character_that_a_terminal_would_act_on():
    assert all(map(printable, shell_quote(HOSTILE)))
