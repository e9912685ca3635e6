"""Which delivery cases fail for one cause, and what that cause is.

A receiver that verifies nothing takes every wrong delivery of the catalogue: that is one fault, and no forty.
So the cases have topics, and a topic that explains another takes it in: who takes a delivery that was signed
with another key does not look at the signature at all, whatever else stands in its header.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["Cause", "causes", "plainness"]


@dataclass(frozen=True, slots=True)
class Cause:
    """Cases that fail for one cause: its name, their variants (the plainest first), and what is wrong.

    ``words`` are empty where the cause says no more than its plainest case does.
    """

    name: str
    variants: tuple[str, ...]
    words: str = ""


_TOPICS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "content-type",
        ("content-type-charset", "content-type-missing", "content-type-charset*", "content-type-*"),
    ),
    ("method", ("method-GET", "method-*")),
    ("framing", ("framing-chunked*", "framing-length-*", "framing-*")),
    ("connection", ("connection-unsigned", "connection-*")),
    ("size", ("body-over-*", "body-largest")),
    ("family", ("family-other", "families-both")),
    ("names", ("names-*",)),
    ("list", ("several-*", "unknown-version-*")),
    ("clock", ("time-behind", "time-ahead")),
    (
        "spelling",
        ("body-non-ascii", "body-sorted", "body-indented", "body-blanks", "body-ascii*", "body-space-*"),
    ),
    ("covered", ("body-altered", "body-replaced", "body-not-signed", "id-altered", "id-case")),
    ("covered", ("time-altered", "time-renewed", "signature*-of-other", "headers-of-other")),
    ("respelled", ("body-respelled*", "body-line-end", "body-not-utf8*")),
    ("missing", ("unsigned", "signature-missing", "signature-empty", "id-*", "timestamp-*")),
    ("unread", ("unsigned-*",)),
    ("time", ("time-too-old*", "time-too-new*", "time-word", "time-overflow-*", "time-*")),
    ("signature", ("signature-version-alone",)),
    ("version", ("signature-version-*",)),
    ("key", ("key-*",)),
    ("signature", ("signature-altered", "signature-*")),
    ("order", ("repeat-later-first",)),
    ("replay", ("replay-*",)),
    (
        "repeat",
        (
            "repeat-same-id",
            "repeat-five-times",
            "repeat-after-refusal",
            "repeat-at-once",
            "repeat-broken-between",
            "repeat-family-other",
            "repeat-[!af]*",
            "repeat-*",
        ),
    ),
)
"""Topics with their variants, the plainest first; of several topics that fit the first counts."""
_SIGNED = frozenset(
    [
        "covered",
        "respelled",
        "missing",
        "unread",
        "time",
        "version",
        "key",
        "signature",
        "replay",
        "repeat",
        "list",
    ]
)
_KEY, _SOUND = "key-other", "sound"
_NOT_ASCII = ("*non-ascii*", "time-digits-*")


def causes(finding: str, failing: Collection[str]) -> tuple[Cause, ...]:
    """The causes of what failed with one finding: each variant of ``failing`` is in one of them.

    >>> [cause.variants for cause in causes("false_accept", {"time-too-old", "id-case", "time-too-new"})]
    [('id-case',), ('time-too-old', 'time-too-new')]
    """
    topics: dict[str, list[str]] = {}
    for variant in sorted(failing, key=plainness):
        topics.setdefault(_topic(finding, variant, failing), []).append(variant)
    for topic, variants in topics.items():
        variants.sort(key=lambda one, topic=topic: _own_topic(one) != topic)  # type: ignore[misc]
    return tuple(
        Cause(topic, tuple(variants), _words(finding, topic, variants)) for topic, variants in topics.items()
    )


def plainness(variant: str) -> tuple[int, int, str]:
    """What sorts delivery cases by how well they tell a cause.

    The sound delivery first; no signature at all and another key before all that is odd.
    """
    if variant in (_SOUND, "unsigned", _KEY):
        return -1, int(variant != _SOUND), variant
    for number, (_, globs) in enumerate(_TOPICS):
        for place, glob in enumerate(globs):
            if fnmatchcase(variant, glob):
                return number, place, variant
    return len(_TOPICS), 0, variant


def _topic(finding: str, variant: str, failing: Collection[str]) -> str:
    topic = _own_topic(variant)
    if _SOUND in failing and finding != "false_accept":
        return "spelling" if finding == "false_reject" and _is_spelling(failing) else _SOUND
    if variant.startswith("repeat-family-other") and "family-other" in failing:
        return "family"
    if finding == "false_reject" and variant == "repeat-respelled" and "repeat-same-id" not in failing:
        return "spelling"
    if topic == "replay" and variant.removeprefix("replay-") in failing:
        return _topic(finding, variant.removeprefix("replay-"), failing)
    if finding == "false_reject":
        return topic
    if _KEY in failing and topic in _SIGNED:
        return "unverified"
    if topic == "unread" and "unsigned" in failing:
        return "missing"
    if topic == "respelled" and "body-altered" in failing:
        return "covered"
    if finding == "false_accept":
        return topic
    return _dying(variant, topic, failing)


_SPELLINGS = frozenset(f"body-{one}" for one in ("indented", "blanks", "sorted", "ascii", "ascii-compact"))


def _is_spelling(failing: Collection[str]) -> bool:
    """Whether the sound delivery is refused for how its body is spelled: some spellings are, and some are not."""
    refused = _SPELLINGS & set(failing)
    return bool(refused) and refused != _SPELLINGS


def _dying(variant: str, topic: str, failing: Collection[str]) -> str:
    """Crashes and hangs: of reading a header's text, whichever it is, or of the body."""
    if variant.startswith("body-not-utf8") and any(one.startswith("unsigned-") for one in failing):
        return "unread"
    if variant == "timestamp-empty" and "time-word" in failing and "unsigned" not in failing:
        return "time"  # it is no number, either
    merged = "signature" if topic in ("covered", "version", "key", "list") else topic
    beside = {one for one in failing if _own_topic(one) == topic and not _is_odd(one)}
    return "non-ascii" if _is_odd(variant) and not beside else merged


def _is_odd(variant: str) -> bool:
    return any(fnmatchcase(variant, glob) for glob in _NOT_ASCII) and not variant.startswith("body-")


def _own_topic(variant: str) -> str:
    return next((name for name, globs in _TOPICS if any(fnmatchcase(variant, one) for one in globs)), variant)


# -- what is wrong, in words --------------------------------------------------------------------------


def _words(finding: str, topic: str, variants: Iterable[str]) -> str:
    said = _WORDS.get((finding, topic), "")
    if (finding, topic) == ("false_accept", "time"):
        return _tolerance(set(variants))
    if topic == "missing" and _UNSIGNED.isdisjoint(variants):
        return ""
    if (finding, topic) == ("false_reject", "list"):
        return _of_a_list(set(variants))
    return said


_WORDS: dict[tuple[str, str], str] = {
    ("false_accept", "unverified"): "does not verify signatures",
    ("false_accept", "covered"): "what was signed need not be what was sent",
    ("false_accept", "respelled"): "verifies another spelling of the body than what was sent",
    ("false_accept", "missing"): "takes what is not signed",
    ("false_accept", "version"): "does not look at a signature's version",
    ("false_accept", "signature"): "compares signatures loosely",
    ("false_accept", "replay"): "does not verify what comes under a known id",
    ("false_accept", "framing"): "takes a message whose end cannot be known",
    ("false_reject", "clock"): "tolerates less than five minutes of clock difference",
    ("false_reject", "spelling"): "verifies another spelling of the body than what was sent",
    ("false_reject", "names"): "looks for header names in one case only",
    ("false_reject", "size"): "its limit on bodies is below what is sent",
    ("false_reject", "repeat"): "refuses what it has taken before",
    ("false_reject", "order"): "refuses an event that comes after a later one",
    ("crash", "unverified"): "has no 4xx for a wrong signature",
    ("crash", "missing"): "has no 4xx for a missing signature",
    ("crash", "unread"): "reads bodies before it verifies them",
    ("crash", "non-ascii"): "does not expect other than ASCII in headers",
}


_UNSIGNED = frozenset({"unsigned", "signature-missing", "signature-empty"})
_YEARS = frozenset({"time-too-old-year", "time-too-new-year"})


def _tolerance(variants: set[str]) -> str:
    """What is wrong with the clock; who refuses what is a year away looks at it, and allows too much."""
    old, new = "time-too-old" in variants, "time-too-new" in variants
    if not old and not new:
        return "reads the time loosely"
    if variants.isdisjoint(_YEARS):
        return "tolerates more than five minutes of clock difference"
    if old and new:
        return "does not check the time"
    return "takes deliveries however old they are" if old else "takes deliveries from the future"


def _of_a_list(variants: set[str]) -> str:
    if not any(one.startswith("several-") for one in variants):
        return "refuses what also has a signature of a version that it does not know"
    first, last = "several-good-first" in variants, "several-good-last" in variants
    if first and last:
        return "takes no more than one signature"
    if first:
        return "looks at the last signature only"
    return "looks at the first signature only" if last else ""
