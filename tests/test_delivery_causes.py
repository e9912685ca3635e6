"""What fails for one cause is one cause: deliveries that are taken, refused or died of together."""

from __future__ import annotations

import pytest

from contract_kit.delivery import causes, delivery_cases
from contract_kit.spec import load_terms

CASES = list(delivery_cases(load_terms("customer.created"), signed=True))
WRONG = frozenset(
    case.variant for case in CASES if case.expect == "reject" and case.family not in ("framing", "method")
)


def found(finding, failing):
    return [(cause.name, cause.words) for cause in causes(finding, failing)]


def test_every_delivery_that_fails_is_in_one_cause():
    failing = [case.variant for case in CASES]
    for finding in ("crash", "timeout", "false_accept", "false_reject"):
        told = [variant for cause in causes(finding, failing) for variant in cause.variants]
        assert sorted(told) == sorted(failing)


def test_no_two_causes_of_one_finding_share_a_name():
    for finding in ("crash", "false_accept", "false_reject"):
        for failing in (WRONG, WRONG - {"key-other"}, {case.variant for case in CASES}):
            names = [cause.name for cause in causes(finding, failing)]
            assert len(names) == len(set(names))


def test_who_takes_another_key_verifies_nothing_whatever_else_he_takes():
    assert found("false_accept", WRONG) == [("unverified", "does not verify signatures")]
    assert causes("false_accept", WRONG)[0].variants[0] in ("unsigned", "key-other")


def test_who_answers_another_key_with_an_error_answers_every_wrong_signature_so():
    assert found("crash", WRONG) == [("unverified", "has no 4xx for a wrong signature")]


@pytest.mark.parametrize(
    ("variants", "words"),
    [
        (
            ("time-too-old", "time-too-old-year", "time-zero", "time-too-new", "time-milliseconds"),
            "does not check the time",
        ),
        (("time-too-old", "time-too-old-year", "time-zero"), "takes deliveries however old they are"),
        (("time-too-new", "time-too-new-year", "time-overflow-32"), "takes deliveries from the future"),
        (
            ("time-too-old", "time-too-new", "time-too-old-day"),
            "tolerates more than five minutes of clock difference",
        ),
        (("time-too-old",), "tolerates more than five minutes of clock difference"),
        (("time-digits-arabic",), "reads the time loosely"),
        (
            ("unsigned", "signature-missing", "replay-unsigned", "unsigned-empty-object"),
            "takes what is not signed",
        ),
        (("signature-version-unknown", "signature-version-empty"), "does not look at a signature's version"),
        (("signature-cut", "signature-version-alone"), "compares signatures loosely"),
        (("id-missing", "id-empty"), ""),
        (("key-empty",), ""),
        (("body-altered", "body-respelled", "headers-of-other"), "what was signed need not be what was sent"),
        (("replay-unsigned", "replay-key-other"), "does not verify what comes under a known id"),
    ],
)
def test_what_is_taken_together_has_one_cause_with_a_name(variants, words):
    assert [cause.words for cause in causes("false_accept", variants)] == [words]


@pytest.mark.parametrize(
    ("variants", "words"),
    [
        (("several-good-last", "several-ten", "unknown-version-before"), "looks at the first signature only"),
        (("several-good-first", "unknown-version-after"), "looks at the last signature only"),
        (("several-good-first", "several-good-last"), "takes no more than one signature"),
        (
            ("unknown-version-before", "unknown-version-after"),
            "refuses what also has a signature of a version",
        ),
        (("time-ahead",), "tolerates less than five minutes"),
        (("family-other", "repeat-family-other"), ""),
        (("body-sorted", "repeat-respelled", "body-blanks"), "verifies another spelling"),
        (("names-title", "names-upper"), "looks for header names in one case only"),
        (("repeat-same-id", "repeat-five-times"), "refuses what it has taken before"),
        (("repeat-later-first",), "refuses an event that comes after a later one"),
    ],
)
def test_what_is_refused_together_has_one_cause_with_a_name(variants, words):
    (cause,) = causes("false_reject", variants)
    assert cause.words.startswith(words)


@pytest.mark.parametrize(
    ("variants", "names"),
    [
        (("unsigned", "id-missing", "unsigned-deep", "replay-unsigned"), ["missing"]),
        (("unsigned-deep", "unsigned-null", "body-not-utf8"), ["unread"]),
        (("signature-non-ascii", "time-non-ascii", "content-type-non-ascii"), ["non-ascii"]),
        (("signature-non-ascii", "signature-no-comma", "signature-version-alone"), ["signature"]),
        (("time-word", "time-non-ascii"), ["time"]),
        (("timestamp-empty", "time-word"), ["time"]),
        (("unsigned", "timestamp-empty", "time-word"), ["missing", "time"]),
        (("time-word", "signature-no-comma"), ["time", "signature"]),
        (("method-GET", "content-type-missing"), ["content-type", "method"]),
    ],
)
def test_what_is_died_of_together_has_one_cause(variants, names):
    assert [cause.name for cause in causes("crash", variants)] == names


def test_of_a_missing_signature_only_who_meets_none_dies():
    assert [one.words for one in causes("crash", ("id-empty",))] == [""]
    assert [one.words for one in causes("crash", ("unsigned", "id-empty"))] == [
        "has no 4xx for a missing signature"
    ]
