"""The catalogue as files, for test suites in any language: a folder of bodies and a manifest.

::

    DIR/manifest.json          what each file is: id, kind, expectation, headers, SHA-256, …
    DIR/manifest.schema.json   the JSON Schema of that
    DIR/index.tsv              the same in short, for readers without a JSON parser
    DIR/valid/….json           one file a case, its bytes exactly as they are to be sent

The same contract and choice give the same bytes on every machine: nothing is random, no time and no version
of ours is written down, and the names are safe on every file system. ``delivery`` cases are not in it: they
are signed at the moment when they are sent.
"""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract_kit.cases import BODY_KINDS
from contract_kit.errors import UsageError

from ._folder import files_in, may_write, put_in_place, read_manifest
from ._make import FORMAT, Choice, Made

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from contract_kit.model import Kind, Policy, TargetKind, Terms

__all__ = ["FORMAT", "Written", "check_bundle", "options_of", "write_bundle"]


@dataclass(frozen=True, slots=True)
class Written:
    """What a bundle holds: how many files and bytes of bodies, and cases by ``(kind, expectation)``."""

    cases: int
    size: int
    counts: Mapping[tuple[str, str], int]


def write_bundle(
    terms: Terms,
    folder: Path,
    *,
    policy: Policy | None = None,
    target: TargetKind = "parser",
    kinds: Collection[Kind] | None = None,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    each: int | None = None,
) -> Written:
    """Write the bundle of a contract to ``folder``: the whole of it or nothing.

    ``only`` and ``skip`` are globs on ids. ``each`` keeps at most that many of the ``valid`` and ``invalid``
    cases that one place and one rule (or family) have; whole bodies (bases, eras, pairs) and the other kinds
    stay complete. A folder that is there is replaced if it is such a bundle and holds nothing else;
    ``UsageError`` if not.
    """
    choice = Choice(
        policy or terms.usual_policy,
        target,
        _kinds(kinds),
        tuple(only),
        tuple(skip),
        each,
    )
    folder = folder.resolve()
    may_write(folder)
    beside = folder.with_name(f".{folder.name}.{secrets.token_hex(6)}.new")
    made = Made(terms, choice)
    try:
        beside.mkdir()
        for name, body in made.files():
            path = beside / name
            if not path.parent.exists():
                path.parent.mkdir()
            path.write_bytes(body)
        if not made.counts:
            raise UsageError("the choice leaves no case, so nothing was written")
        put_in_place(beside, folder)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot write {str(folder)!r}: {reason}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Written(made.counts.total(), made.size, dict(made.counts))


def check_bundle(folder: Path, *, spec: Path | None = None) -> list[str]:
    """What of a bundle is not as it would be written now, a line a file; empty when it is current.

    The manifest says how it was made. ``spec`` is needed where it was not made from the bundled document.
    ``UsageError`` where ``folder`` is no bundle.
    """
    recorded = read_manifest(folder)
    terms = _recorded_terms(folder, recorded, spec)
    stale: list[str] = []
    if recorded["document"]["sha256"] != terms.sha256:
        stale.append(f"the document has changed: {recorded['document']['name']}")
    left = set(files_in(folder))
    for name, body in Made(terms, _recorded_choice(folder, recorded)).files():
        if name not in left:
            stale.append(f"{name}: missing")
        elif (folder / name).read_bytes() != body:
            stale.append(f"{name}: not as it would be written now")
        left.discard(name)
    stale.extend(f"{name}: not part of the bundle any more" for name in sorted(left))
    return stale


def options_of(folder: Path) -> list[str]:
    """The options of ``contract-kit fixtures`` with which a bundle was written."""
    recorded = read_manifest(folder)
    choice = _recorded_choice(folder, recorded)
    said = ["--event", recorded["event"], "--policy", choice.policy, "--as", choice.target]
    if choice.kinds != BODY_KINDS:
        said += ["--kinds", ",".join(choice.kinds)]
    for name, globs in (("--only", choice.only), ("--skip", choice.skip)):
        said += [word for glob in globs for word in (name, glob)]
    return [*said, "--each", str(choice.each)] if choice.each is not None else said


def _kinds(kinds: Collection[Kind] | None) -> tuple[Kind, ...]:
    if kinds is not None and "delivery" in kinds:
        raise UsageError(
            "a bundle has no delivery cases: they are signed when they are sent; see 'contract-kit fuzz'"
        )
    return BODY_KINDS if kinds is None else tuple(kind for kind in BODY_KINDS if kind in kinds)


def _recorded_choice(folder: Path, recorded: Mapping[str, Any]) -> Choice:
    said = recorded["choice"]
    try:
        return Choice(
            recorded["policy"],
            recorded["target"],
            tuple(said["kinds"]),
            tuple(said["only"]),
            tuple(said["skip"]),
            said["each"],
        )
    except (KeyError, TypeError) as error:
        raise UsageError(f"{str(folder)!r}: the manifest does not say how it was made: {error}") from error


def _recorded_terms(folder: Path, recorded: Mapping[str, Any], spec: Path | None) -> Terms:
    from contract_kit.spec import BUNDLED, load_terms

    name = recorded["document"]["name"]
    if spec is None and name != BUNDLED:
        raise UsageError(f"{str(folder)!r} was made from {name}: say where it is with --spec")
    return load_terms(recorded["event"], spec)
