"""Cases that a run makes of what it has learned: the everyday body with one value or two put into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.cases import Draft, Maker, change
from contract_kit.jsonio import MISSING, get, remove, replace, tokens
from contract_kit.report import clause
from contract_kit.values import bases, judge_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contract_kit.model import Case, Expect
    from contract_kit.values import Site

    from ._run import Run

__all__ = ["Edit", "Edits", "apart", "name_of"]

Edit = tuple[str, Any]
"""A place and what is put there; ``MISSING`` takes it away."""


class Edits:
    """The everyday body of a contract, and the makers of cases of it."""

    def __init__(self, run: Run) -> None:
        self._maker = Maker(run.terms, run.policy, run.target.kind)
        self.base = next(iter(bases(run.terms)))
        self.sites = list({site.node.pointer: site for site in reversed(self.base.sites)}.values())[::-1]
        """One place of each pattern, the first."""
        self.pinned = frozenset(run.terms.pins)

    def free_texts(self) -> list[Site]:
        """Where a text may say what it likes."""
        return [
            site
            for site in self.sites
            if isinstance(site.value, str)
            and site.node.enum is None
            and site.node.format is None
            and site.node.pointer not in self.pinned
        ]

    def one(self, at: str, new: Any, variant: str, words: str, *, family: str = "text") -> Case | None:
        """The body with one sound difference."""
        return self._finish("valid", [(at, new)], at, family, variant, "", words)

    def two(self, edits: Sequence[Edit], variant: str, *, expect: Expect | None = None) -> Case | None:
        """The body with several sound differences; ``expect`` where the contract alone does not say."""
        words = " and ".join(clause(at, new) for at, new in edits)
        return self._finish("valid", edits, "", "several", variant, "", words, expect)

    def broken(
        self, at: str, new: Any, keyword: str, variant: str, words: str, *, beside: Sequence[Edit] = ()
    ) -> Case | None:
        """The body with one broken rule, and with sound differences ``beside`` it."""
        family = "context" if beside else keyword
        return self._finish("invalid", [*beside, (at, new)], at, family, variant, keyword, words)

    def _finish(
        self,
        kind: Any,
        edits: Sequence[Edit],
        at: str,
        family: str,
        variant: str,
        keyword: str,
        words: str,
        expect: Expect | None = None,
    ) -> Case | None:
        value = self.base.value
        for place, new in edits:
            value = remove(value, place) if new is MISSING else replace(value, place, new)
        draft = Draft(
            kind=kind,
            family=family,
            variant=variant,
            at=at,
            keyword=keyword,
            value=value,
            description=words,
            changed="; ".join(change(self.base.value, place, new) for place, new in edits),
            expect=expect,
            nodes=self.base.nodes,
            origin=self.base.name,
        )
        return self._maker.finish(draft)

    def takes(self, site: Site, value: Any) -> bool:
        """Whether a value is sound at a place."""
        return judge_of(site.node).is_valid(value)

    def may_go(self, site: Site) -> bool:
        """Whether a place is a property that may be taken away, as far as can be said without trying."""
        return bool(site.at) and isinstance(get(self.base.value, site.at.rpartition("/")[0]), dict)


def apart(one: str, other: str) -> bool:
    """Whether two places are apart: neither holds the other."""
    return one != other and not one.startswith(other + "/") and not other.startswith(one + "/")


def name_of(site: Site) -> str:
    """The name of a property; that of the list or the map for what stands inside of it."""
    return next((name for name in reversed(tokens(site.node.pointer)) if name != "*"), "")
