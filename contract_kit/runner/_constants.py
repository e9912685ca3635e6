"""Cases from the target's own source: what it compares with, it may treat in a way of its own."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from contract_kit.cases import Draft, Maker, change
from contract_kit.jsonio import replace
from contract_kit.targets import constants
from contract_kit.values import bases, judge_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from contract_kit.model import Case
    from contract_kit.values import Base, Site

    from ._run import Run

__all__ = ["constant_cases"]

_MOST = 1200
_LONGEST = 60
_PLACES_EACH = 4


def constant_cases(run: Run) -> Iterator[Case]:
    """At most a thousand or so cases with the target's constants at places of the payload.

    At an enum's place a constant that is no member is an illegal value, and every constant is tried there;
    of the free texts each constant meets a few.
    """
    strings, _ = constants(run.target)
    words = [text for text in dict.fromkeys(strings) if 0 < len(text) <= _LONGEST]
    if not words:
        return
    maker = Maker(run.terms, run.policy, run.target.kind)
    base = next(iter(bases(run.terms)))
    yield from islice(_cases(maker, base, words, run.terms.pins), _MOST)


def _cases(maker: Maker, base: Base, words: list[str], pinned: Collection[str]) -> Iterator[Case]:
    texts = [site for site in base.sites if isinstance(site.value, str)]
    strict = _one_a_pattern([site for site in texts if site.node.enum is not None])
    free = [
        s for s in texts if s.node.enum is None and s.node.format is None and s.node.pointer not in pinned
    ]
    for number, word in enumerate(words):
        for site in strict:
            if word not in (site.node.enum or ()):
                yield from _made(maker, base, site, word, "invalid", "enum")
        for turn in range(min(_PLACES_EACH, len(free))):
            site = free[(number * _PLACES_EACH + turn) % len(free)]
            if judge_of(site.node).is_valid(word):
                yield from _made(maker, base, site, word, "valid", "")


def _one_a_pattern(sites: list[Site]) -> list[Site]:
    return list({site.node.pointer: site for site in sites}.values())


def _made(maker: Maker, base: Base, site: Site, word: str, kind: str, keyword: str) -> Iterator[Case]:
    draft = Draft(
        kind="invalid" if kind == "invalid" else "valid",
        family=keyword or "text",
        variant=f"constant-{word}",
        at=site.at,
        keyword=keyword,
        value=replace(base.value, site.at, word),
        body=base.spliced(site.at, word),
        description=f"{site.at} is {word!r}, a constant of the target's own source",
        changed=change(base.value, site.at, word),
        nodes=base.nodes,
    )
    case = maker.finish(draft)
    if case is not None:
        yield case
