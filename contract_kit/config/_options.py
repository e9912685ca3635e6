"""What the table says, as frozen values; and said again as words of the command line."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contract_kit.model import ENDPOINTS, Expectation, InputKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contract_kit.model import Headers, Kind, Policy, TargetKind

__all__ = ["Config", "Options", "TargetConfig", "words_of"]

_EVENT = "customer.created"
"""What need not be said."""
_PYTHON = frozenset({"parser", "model", "asgi", "wsgi"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a user may set for a target; ``None`` is "not said". The names are those of the options.

    Times are in seconds; ``headers`` are (name, value); ``effects`` is a URL or ``PKG.MOD:CALLABLE``.
    """

    event: str | None = None
    spec: Path | None = None
    as_: TargetKind | None = None
    input: InputKind | None = None
    rejects: tuple[str, ...] | None = None
    reject_exits: tuple[int, ...] | None = None
    path: str | None = None
    policy: Policy | None = None
    kinds: tuple[Kind, ...] | None = None
    only: tuple[str, ...] | None = None
    skip: tuple[str, ...] | None = None
    lossless: bool | None = None
    max_examples: int | None = None
    max_time: float | None = None
    max_findings: int | None = None
    seed: int | None = None
    timeout: float | None = None
    sign: str | None = None
    effects: str | None = None
    effects_pointer: str | None = None
    headers: Headers | None = None
    workers: int | None = None
    rate: float | None = None
    insecure: bool | None = None
    allow_remote: bool | None = None
    isolate: bool | None = None

    def over(self, base: Options) -> Options:
        """These options where they say something, else those of ``base``."""
        said = {
            field.name: value
            for field in dataclasses.fields(self)
            if (value := getattr(self, field.name)) is not None
        }
        return dataclasses.replace(base, **said)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetConfig:
    """One configured target: a ``target`` or a ``command``, with its options and expectations.

    ``options`` and ``expect`` hold the table's own words as well, the target's first.
    """

    name: str
    target: str
    command: tuple[str, ...] = ()
    options: Options = Options()
    expect: tuple[Expectation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole table; ``path`` is its file, ``None`` where there is none.

    ``meanings`` are rows for the table of what fields mean, as keywords of its rows.
    """

    path: Path | None = None
    options: Options = Options()
    targets: tuple[TargetConfig, ...] = ()
    expect: tuple[Expectation, ...] = ()
    meanings: tuple[Mapping[str, Any], ...] = ()

    @property
    def root(self) -> Path:
        """The directory that the table's paths and imports start from."""
        return Path.cwd() if self.path is None else self.path.parent

    def find(self, name: str) -> TargetConfig | None:
        """The target of that name."""
        return next((target for target in self.targets if target.name == name), None)


def words_of(options: Options, kind: TargetKind) -> Iterator[str]:
    """The options that a case needs to come again as it came, as words of the command line."""
    pairs: list[tuple[str, Any]] = [
        ("--event", options.event if options.event != _EVENT else None),
        ("--spec", None if options.spec is None else _short(options.spec)),
        ("--as", options.as_ if kind != "command" else None),
        ("--input", options.input if kind == "parser" and options.input != "bytes" else None),
        *(("--rejects", name) for name in (options.rejects or ()) if kind in ("parser", "model")),
        *(("--reject-exit", str(code)) for code in (options.reject_exits or ()) if kind == "command"),
        ("--path", options.path if kind in ("asgi", "wsgi") else None),
        ("--policy", options.policy),
        ("--timeout", None if options.timeout is None else f"{options.timeout:g}"),
    ]
    if kind in ENDPOINTS:
        pairs += [
            *(("--header", f"{name}: {value}") for name, value in (options.headers or ())),
            ("--sign", options.sign),
        ]
    for name, value in pairs:
        if value is not None:
            yield from (name, value)
    flags = (
        ("--lossless", options.lossless and kind not in ENDPOINTS),
        ("--no-isolate", options.isolate is False and kind in _PYTHON),
        ("--insecure", options.insecure and kind == "url"),
        ("--allow-remote", options.allow_remote and kind == "url"),
    )
    yield from (name for name, on in flags if on)


def _short(path: Path) -> str:
    """A path as somebody in the working directory would write it."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
