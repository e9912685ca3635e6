"""What a base says where a pattern or a length is all that is known: it looks like a real value, always the same."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from contract_kit.shape import build_root
from contract_kit.values import build, without_lookarounds

PATTERNS = [
    "^pay_[A-Za-z0-9]{12}$",
    "^[0-9]{4}$",
    "^[0-9a-f]{40}$",
    "^[A-Z0-9]{8,}$",
    "^(sk|pk)_(test|live)_[0-9a-zA-Z]{24}$",
    r"^\w{10}$",
    "^[A-Z]{2,4}$",
    r"^(?=.*\d)(?=.*[a-z])[a-z\d]{8}$",
    r"^\+[1-9]\d{6,14}$",
    r"^\d{4}-\d{2}-\d{2}$",
    r"^[0-9]{1,9}\.[0-9]{2}$",
]


def value(**rules: Any) -> str:
    return build(build_root({"type": "string", **rules}))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_it_matches_and_is_no_run_of_one_sign(pattern):
    text = value(pattern=pattern)
    assert re.search(pattern, text)
    drawn = re.sub(r"^[a-z]+_|[^A-Za-z0-9]", "", text)
    assert len(drawn) < 4 or len(set(drawn)) >= min(len(drawn) // 2, 8)


def test_letters_of_both_cases_and_digits_appear_where_all_may():
    text = value(pattern="^[A-Za-z0-9]{12}$")
    assert any(c.isupper() for c in text)
    assert any(c.islower() for c in text)
    assert any(c.isdigit() for c in text)


@pytest.mark.parametrize("length", range(1, 12))
def test_a_number_does_not_begin_with_a_zero(length):
    assert value(pattern=f"^[0-9]{{{length}}}$")[0] != "0"


def test_what_has_the_shape_of_a_date_is_one():
    assert value(pattern=r"^\d{4}-\d{2}-\d{2}$") == "2026-03-14"
    assert value(pattern=r"^[0-9]{2}:[0-9]{2}:[0-9]{2}$") == "09:26:53"


@pytest.mark.parametrize(
    "rules",
    [
        {"pattern": "^[a-z]+$", "minLength": 40},
        {"pattern": "^[a-z]+$", "maxLength": 2},
        {"pattern": "^[a-z0-9-]*$", "minLength": 3, "maxLength": 5},
        {"pattern": r"^(\d{1,3}\.){3}\d{1,3}$"},
        {"pattern": "^[^@ ]+@[^@ ]+$"},
        {"pattern": r"^\p{Lu}\p{Ll}+$"},
        {"pattern": "b$", "minLength": 5},
    ],
)
def test_lengths_are_kept(rules):
    text = value(**rules)
    assert rules.get("minLength", 0) <= len(text) <= rules.get("maxLength", 99)


def test_the_same_in_every_process():
    """No hash of Python's, which differs from process to process, has a part in it."""
    code = (
        "import json\nfrom contract_kit.shape import build_root\nfrom contract_kit.values import build\n"
        f"print(json.dumps([build(build_root({{'type': 'string', 'pattern': p}})) for p in {PATTERNS!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )  # fmt: skip
    assert json.loads(done.stdout) == [value(pattern=pattern) for pattern in PATTERNS]


@pytest.mark.parametrize(
    ("pattern", "text", "bare"),
    [
        (r"^(?=.*\d)[A-Z0-9]{8,34}$", "1Z999AA10123456784", [r"^[A-Z0-9]{8,34}$"]),
        (
            r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d).{8,64}$",
            "Secret1234",
            [
                r"^(?=.*[A-Z])(?=.*\d).{8,64}$",
                r"^(?=.*[a-z])(?=.*\d).{8,64}$",
                r"^(?=.*[a-z])(?=.*[A-Z]).{8,64}$",
            ],
        ),
        (
            r"^(?!666|000|9\d{2})\d{3}-(?!00)\d{2}-(?!0{4})\d{4}$",
            "533-13-8411",
            [
                r"^\d{3}-(?!00)\d{2}-(?!0{4})\d{4}$",
                r"^(?!666|000|9\d{2})\d{3}-\d{2}-(?!0{4})\d{4}$",
                r"^(?!666|000|9\d{2})\d{3}-(?!00)\d{2}-\d{4}$",
            ],
        ),
        (
            r"^(?!-)[A-Za-z0-9-]{1,39}(?<!-)$",
            "julian-misiuk",
            [r"^[A-Za-z0-9-]{1,39}(?<!-)$", r"^(?!-)[A-Za-z0-9-]{1,39}$"],
        ),
        (r"^(?!.*\.\.)[a-z.]+[(?=]?$", "ada.lovelace", [r"^[a-z.]+[(?=]?$"]),
    ],
)
def test_each_look_around_of_a_pattern_is_broken_alone(pattern, text, bare):
    """Judged by Python's own expressions: the whole pattern refuses the text, without the one part it matches."""
    found = list(without_lookarounds((pattern,), text).values())
    assert len(found) == len(bare)
    for other, rest in zip(found, bare, strict=True):
        assert not re.fullmatch(pattern, other)
        assert re.fullmatch(rest, other)


def test_a_look_around_is_broken_within_the_other_patterns_of_its_place():
    found = without_lookarounds((r"(?=.*\d)", "^[A-Z0-9]{4}$"), "AB12")
    assert [re.fullmatch("[A-Z]{4}", text) is not None for text in found.values()] == [True]
    assert without_lookarounds((r"^(?=\d)[0-9]$",), "4") == {}
