"""The files of a bundle: cases, the manifest, and what helps to read it; all made from the contract alone."""

from __future__ import annotations

import json
import re
from bisect import insort
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import sha256
from operator import itemgetter
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from contract_kit.cases import BODY_KINDS, body_cases, pattern_in
from contract_kit.errors import ContractKitError
from contract_kit.jsonio import compact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from contract_kit.model import Case, Kind, Policy, TargetKind, Terms

__all__ = ["FORMAT", "MANIFEST", "OWN", "Choice", "Made"]

FORMAT = 1
"""The version of the manifest's form; ours is not in it, so that a release alone changes no byte."""
MANIFEST = "manifest.json"
_SCHEMA, _INDEX, _README, _ATTRIBUTES = "manifest.schema.json", "index.tsv", "README.md", ".gitattributes"
OWN = frozenset({MANIFEST, _SCHEMA, _INDEX, _README, _ATTRIBUTES})
"""The files of every bundle that are no case."""
_COLUMNS = ("file", "sha256", "kind", "expect", "method", "id")
_WHOLE = frozenset({"base", "body", "era", "pair"})
_SLUG = 48


@dataclass(frozen=True, slots=True)
class Choice:
    """What of the catalogue goes in; the manifest records it, so that a check needs nothing else."""

    policy: Policy
    target: TargetKind
    kinds: tuple[Kind, ...]
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    each: int | None = None

    def record(self) -> dict[str, Any]:
        """The choice as the manifest has it, beside policy and target."""
        return {
            "kinds": list(self.kinds),
            "only": list(self.only),
            "skip": list(self.skip),
            "each": self.each,
        }


@dataclass(slots=True)
class Made:
    """Makes the files of a bundle one by one, and counts them."""

    terms: Terms
    choice: Choice
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    size: int = 0
    catalogue: int = 0
    _entries: list[dict[str, Any]] = field(default_factory=list)
    _valid: dict[str, str] = field(default_factory=dict)
    _names: set[str] = field(default_factory=set)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Names with their bytes: first the cases, in the order of the catalogue, at last what lists them."""
        for case in self._chosen():
            entry = self._entry(case)
            self._entries.append(entry)
            self.counts[case.kind, case.expect] += 1
            self.size += len(case.body)
            yield entry["file"], case.body
        yield _INDEX, _tsv(self._entries)
        yield _SCHEMA, Path(__file__).with_name(_SCHEMA).read_bytes()
        yield _ATTRIBUTES, b"# Bodies are bytes: nothing may turn their line ends.\n* -text\n"
        yield _README, self._readme().encode()
        yield MANIFEST, self._manifest()

    def _cases(self) -> Iterator[Case]:
        self.catalogue = 0
        for case in body_cases(self.terms, policy=self.choice.policy, target=self.choice.target):
            self.catalogue += 1
            if case.kind in self.choice.kinds and _matches(case.id, self.choice):
                yield case

    def _chosen(self) -> Iterator[Case]:
        """The cases that are asked for; with ``each`` the whole selection is held until it is complete."""
        most = self.choice.each
        if most is None:
            yield from self._cases()
            return
        groups: dict[tuple[str, ...], list[tuple[str, int, Case]]] = {}
        for number, case in enumerate(self._cases()):
            group = groups.setdefault(self._group(case), [])
            # By the digests of their ids: so neighbours get different variants, and more cases change few.
            insort(group, (_digest(case.id.encode()), number, case), key=itemgetter(0))
            if self._group(case) and len(group) > most:
                group.pop()
        for _, _, case in sorted((one for group in groups.values() for one in group), key=itemgetter(1)):
            yield case

    def _group(self, case: Case) -> tuple[str, ...]:
        """The place and rule (or family) of a case, empty where all are kept."""
        if case.kind not in ("valid", "invalid") or case.family in _WHOLE:
            return ()
        place = case.pointer if case.pointer is not None else pattern_in(self.terms, case.at)
        return case.kind, place, case.keyword or case.family

    def _entry(self, case: Case) -> dict[str, Any]:
        name = _file_name(case)
        if name in self._names:
            raise ContractKitError(f"two cases would have the file name {name}: {case.id}")
        self._names.add(name)
        digest = _digest(case.body)
        if case.kind == "valid":
            self._valid[digest] = case.id
        return {
            "id": case.id,
            "kind": case.kind,
            "expect": case.expect,
            "file": name,
            "sha256": digest,
            "size": len(case.body),
            "method": case.method,
            "headers": [list(pair) for pair in case.headers],
            "pointer": case.pointer,
            "keyword": case.keyword,
            "at": case.at,
            "family": case.family,
            "same_value_as": self._valid.get(_digest(case.plain)) if case.plain is not None else None,
            "description": case.description,
            "because": case.because,
        }

    def _head(self) -> dict[str, Any]:
        return {
            "$schema": _SCHEMA,
            "bundle": "contract-kit",
            "format": FORMAT,
            "event": self.terms.event,
            "document": {"name": PurePath(self.terms.source).name, "sha256": self.terms.sha256},
            "policy": self.choice.policy,
            "target": self.choice.target,
            "choice": self.choice.record(),
            "catalogue": self.catalogue,
            "counts": self._table(),
        }

    def _table(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for (kind, expect), count in self.counts.items():
            found.setdefault(kind, {})[expect] = count
        return found

    def _manifest(self) -> bytes:
        """The manifest, a line a case, so that differences can be read."""
        head = json.dumps(self._head(), ensure_ascii=False, indent=2).removesuffix("\n}")
        lines = b",\n".join(b"    " + compact(entry) for entry in self._entries)
        return head.encode() + b',\n  "cases": [\n' + lines + (b"\n  ]\n}\n" if lines else b"  ]\n}\n")

    def _readme(self) -> str:
        rows = "\n".join(
            f"| {kind} | {' | '.join(str(table.get(e, 0)) for e in ('accept', 'reject', 'either'))} |"
            for kind, table in self._table().items()
        )
        return _README_TEXT.format(
            event=self.terms.event,
            document=PurePath(self.terms.source).name,
            policy=self.choice.policy,
            target=self.choice.target,
            share=self._share(),
            rows=rows,
        )

    def _share(self) -> str:
        total = self.counts.total()
        if total == self.catalogue:
            return f"All {total:,} cases of the catalogue are here."
        said = []
        if self.choice.each is not None:
            said.append(f"at most {self.choice.each} of each place and rule or family (`--each`)")
        if len(self.choice.kinds) < len(BODY_KINDS):
            said.append(f"the kinds {', '.join(self.choice.kinds)}")
        said += [f"`--only '{glob}'`" for glob in self.choice.only]
        said += [f"`--skip '{glob}'`" for glob in self.choice.skip]
        return (
            f"Here are {total:,} of the catalogue's {self.catalogue:,} cases: {', '.join(said)}. "
            "Without such a choice `contract-kit fixtures` writes them all."
        )


_README_TEXT = """\
# Fixtures for `{event}`

Written by `contract-kit fixtures` from {document}, policy `{policy}`, for a target of the kind `{target}`. Do not
edit: `contract-kit fixtures --check DIR` says what is not current.

{share}

| kind | accept | reject | either |
|---|---|---|---|
{rows}

Each file is one body, its bytes exactly as they are to be sent. `manifest.json` (described by
`manifest.schema.json`) says what each is and what must come of it; `index.tsv` is the same in short.
"""


def _tsv(entries: Sequence[Mapping[str, Any]]) -> bytes:
    """Tab-separated, a line a case; none of the columns can hold a tab or a line break."""
    lines = ["\t".join(_COLUMNS)]
    lines += ["\t".join(str(entry[column]) for column in _COLUMNS) for entry in entries]
    return ("\n".join(lines) + "\n").encode()


def _file_name(case: Case) -> str:
    """A short name in lower case without anything that a file system or a shell minds, told apart by the id."""
    words = re.sub(r"[^a-z0-9]+", "-", unquote(case.id.partition(":")[2]).lower()).strip("-")
    slug = words[-_SLUG:].strip("-") or "case"
    ending = "bin" if case.kind == "malformed" else "json"
    return f"{case.kind}/{slug}-{_digest(case.id.encode())[:10]}.{ending}"


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def _matches(name: str, choice: Choice) -> bool:
    if choice.only and not any(fnmatchcase(name, glob) for glob in choice.only):
        return False
    return not any(fnmatchcase(name, glob) for glob in choice.skip)
