"""Payloads for a test: realistic, the same for the same test id, changed as the test wishes."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from contract_kit.errors import UsageError
from contract_kit.jsonio import MISSING, compact, get, join, remove, tokens, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from contract_kit.delivery import Family
    from contract_kit.model import Terms, Violation

__all__ = ["ContractDelivery", "PayloadMaker", "default_secret"]

_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class ContractDelivery:
    """One delivery as it arrives: the bytes and the headers that sign them, and the payload in them.

    ``headers`` hold ``content-type`` and the three of the signature; ``secret`` is what signed them.
    """

    payload: Any
    body: bytes
    headers: dict[str, str]
    secret: str

    def __repr__(self) -> str:
        return f"<ContractDelivery of {len(self.body)} bytes>"


class PayloadMaker:
    """Makes the payloads of one test: each call another one, all of them the same in every run."""

    def __init__(
        self,
        test_id: str,
        seed: int,
        event: str | None,
        spec: Path | str | None,
        document: Callable[[Path | str | None], Path | None],
    ) -> None:
        self._test_id, self._seed, self._document = test_id, seed, document
        self._event, self._spec = event, spec
        self._count = 0

    def first(self) -> Any:
        """The test's own payload, whatever else it makes."""
        return self._realistic(self._terms(self._event, self._spec), 0)

    def named(
        self,
        name: str | None,
        changes: Iterable[Mapping[str, Any]],
        *,
        spec: Path | str | None = None,
        without: Iterable[str] | str = (),
        era: str | None = None,
        valid: bool = True,
    ) -> Any:
        """The next payload: in the shape of ``era``, less ``without``, with ``changes`` merged into it.

        ``UsageError`` for an era or a place that there is none of, and, unless ``valid`` is false, for
        changes that break the contract.
        """
        terms = self._terms(name or self._event, spec or self._spec)
        self._count += 1
        body = self._realistic(terms, self._count)
        if era is not None:
            body = _in_era(terms, era, body)
        made = body
        for pointer in (without,) if isinstance(without, str) else without:
            made = _less(made, pointer)
        for change in changes:
            made = merged(made, change)
            for said in _misspelt(terms, change):
                warnings.warn(said, stacklevel=3)  # this method, the factory, the test
        if valid:
            _refuse(terms, body, made)
        return made

    def signed(self, payload: Any, secret: str, family: Family = "svix") -> ContractDelivery:
        """``payload`` as the provider delivers it, signed now."""
        from contract_kit.delivery import sign

        body = compact(payload)
        name = "msg_" + self._digest(f"delivery {len(body)} {sha256(body).hexdigest()}")[:27]
        headers = {"content-type": "application/json", **sign(body, secret, id=name, family=family)}
        return ContractDelivery(payload, body, headers, secret)

    def _terms(self, event: str | None, spec: Path | str | None) -> Terms:
        from ._catalogue import terms_for

        return terms_for(event, self._document(spec))

    def _realistic(self, terms: Terms, number: int) -> Any:
        from contract_kit.values import realistic

        return realistic(terms, int(self._digest(f"{terms.event} {number}")[:10], 16), self._seed)

    def _digest(self, what: str) -> str:
        return sha256(f"{self._test_id}\n{what}".encode("utf-8", "backslashreplace")).hexdigest()


def default_secret() -> str:
    """A secret for tests that name none: well formed, and known to everybody."""
    from base64 import b64encode

    return "whsec_" + b64encode(b"contract_kit: for tests.").decode()


def merged(value: Any, change: Any) -> Any:
    """``value`` with ``change`` laid over it: mappings are merged, everything else is replaced.

    A mapping whose keys are all integers changes items of a list.

    >>> merged({"a": {"b": 1, "c": [1, 2]}}, {"a": {"c": {0: 9}}})
    {'a': {'b': 1, 'c': [9, 2]}}
    """
    if not isinstance(change, dict):
        return change
    if isinstance(value, list) and change and all(type(key) is int for key in change):
        items = list(value)
        for index, item in change.items():
            if not -len(items) <= index < len(items):
                raise UsageError(f"there is no item {index} in a list of {len(items)}")
            items[index] = merged(items[index], item)
        return items
    base = value if isinstance(value, dict) else {}
    return base | {key: merged(base.get(key), item) for key, item in change.items()}


def _misspelt(terms: Terms, change: Any, pointer: str = "") -> Iterator[str]:
    """A sentence for each name that the contract does not declare and that is nearly one which it declares.

    Unknown names are legal, so that a slip of the pen (``costumer=``) would make a test of nothing.
    """
    if not isinstance(change, dict) or not all(isinstance(key, str | int) for key in change):
        return
    declared = {place.pointer for place in terms.locations}
    siblings = [tokens(at)[-1] for at in declared if at and at.rpartition("/")[0] == pointer]
    for key, inner in change.items():
        at = f"{pointer}/*" if f"{pointer}/*" in declared else join(pointer, key)
        if at in declared:
            yield from _misspelt(terms, inner, at)
        elif isinstance(key, str):
            near = get_close_matches(key, siblings, n=1, cutoff=0.75)
            if near and not _is_another(key, near[0]):
                place = pointer.removeprefix("/").replace("/", ".") or terms.event
                yield f"{place} declares no {key!r}; did you mean {near[0]}?"


def _is_another(key: str, near: str) -> bool:
    """Names of a series, or one made longer, are meant as they are: email2, emails, address_line3."""
    return key.strip("0123456789") == near.strip("0123456789") or key.startswith(near) or near.startswith(key)


def _less(value: Any, pointer: str) -> Any:
    if pointer and not pointer.startswith("/"):
        raise UsageError(f"without={pointer!r}: a JSON pointer begins with /; perhaps /{pointer}")
    if not pointer or get(value, pointer) is MISSING:
        known = [at for at, _ in walk(value) if at]
        near = get_close_matches(pointer, known, n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UsageError(f"without={pointer!r}: the payload has no such place{hint}")
    return remove(value, pointer)


def _in_era(terms: Terms, era: str, body: Any) -> Any:
    from contract_kit.spec import as_era

    eras = terms.profile.eras if terms.profile is not None else ()
    for known in eras:
        if era in (str(known.get("name")), str(known.get("from"))):
            return as_era(known, body)
    names = ", ".join(str(known.get("name")) for known in eras)
    raise UsageError(f"era={era!r}: {terms.event} has {names or 'no known eras'}")


def _refuse(terms: Terms, body: Any, made: Any) -> None:
    """``UsageError`` where the changes break a rule that the body before them did not break."""
    from contract_kit.schema import violations

    broken = violations(terms.schema, made)
    if not broken:
        return
    before = {(found.pointer, found.keyword) for found in violations(terms.schema, body)}
    new = [found for found in broken if (found.pointer, found.keyword) not in before]
    if new:
        raise UsageError(_said(terms, new))


def _said(terms: Terms, broken: list[Violation]) -> str:
    from contract_kit.report import visible

    lines = [f"this is no valid {terms.event}:"]
    lines += [
        f"  {visible(found.pointer or '/', 120)} breaks {found.keyword}: {visible(found.message, 160)}"
        for found in broken[:_MOST_SHOWN]
    ]
    if len(broken) > _MOST_SHOWN:
        lines.append(f"  and {len(broken) - _MOST_SHOWN} more")
    return "\n".join([*lines, "pass valid=False if that is what you want"])
