"""``[tool.contract_kit]`` of a ``pyproject.toml``: one reader for the command line and the pytest plugin.

Keys of the table itself hold for every target; ``[[tool.contract_kit.targets]]`` may say otherwise, and the
words of a command line overrule both. Everything is checked when it is read: whoever is told of a wrong
value is told the file and the key.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from contract_kit.errors import UsageError
from contract_kit.model import ENDPOINTS, KINDS, POLICIES, TARGET_KINDS, Expect, Expectation, InputKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from contract_kit.model import Headers, Kind, Policy, TargetKind

__all__ = [
    "INPUTS",
    "SIGNS",
    "Config",
    "Options",
    "TargetConfig",
    "find_config",
    "header_of",
    "kinds_of",
    "load_config",
    "read_config",
    "words_of",
]

INPUTS: tuple[str, ...] = get_args(InputKind)
SIGNS = ("svix", "webhook", "none")
_EXPECTS: tuple[str, ...] = get_args(Expect)
_TABLE = "tool.contract_kit"
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


# -- reading ----------------------------------------------------------------------------------


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


def find_config(start: Path | None = None) -> Path | None:
    """The ``pyproject.toml`` that counts in ``start`` (the working directory): the nearest one upward."""
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        path = folder / "pyproject.toml"
        if path.is_file():
            return path
    return None


def load_config(start: Path | None = None) -> Config:
    """The configuration that counts in ``start`` (the working directory); an empty one without a file."""
    path = find_config(start)
    return Config() if path is None else read_config(path)


def read_config(path: Path) -> Config:
    """The table of one file. ``UsageError``, one line with file and key, for anything wrong with it."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path.name}: {(error.strerror or str(error)).lower()}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path.name} is not TOML: {' '.join(str(error).split())}") from error
    tool = data.get("tool")
    table = tool.get("contract_kit") if isinstance(tool, dict) else None
    if table is None:
        return Config(path=path)
    return _Reader(path).config(table)


class _Wrong(ValueError):
    """What a value should have been."""


class _Reader:
    """Reads one table, and knows how to name a place in it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def config(self, table: Any) -> Config:
        said = self._table(table, _TABLE)
        targets, expect = said.pop("targets", []), said.pop("expect", [])
        meanings = self._meanings(said.pop("meanings", []), f"{_TABLE}.meanings")
        options = self._options(said, _TABLE)
        rules = self._rules(expect, f"{_TABLE}.expect")
        found: dict[str, TargetConfig] = {}
        for number, one in enumerate(self._array(targets, f"{_TABLE}.targets")):
            made = self._target(one, f"{_TABLE}.targets[{number}]", options, rules)
            if made.name in found:
                raise self._error(f"{_TABLE}.targets[{number}].name", f"there are two targets {made.name!r}")
            found[made.name] = made
        return Config(
            path=self._path, options=options, targets=tuple(found.values()), expect=rules, meanings=meanings
        )

    def _meanings(self, value: Any, at: str) -> tuple[Mapping[str, Any], ...]:
        """Rows that say what a field means; each must say when it is meant, and what for."""
        rows = []
        for number, one in enumerate(self._array(value, at)):
            here = f"{at}[{number}]"
            said = self._table(one, here)
            for key in said:
                if key not in _MEANINGS:
                    raise self._error(f"{here}.{key}", f"there are {', '.join(_MEANINGS)}")
            if "name" not in said:
                raise self._error(here, "name is missing")
            if not {"names", "exact", "formats"} & set(said):
                raise self._error(here, "names, exact or formats must say which fields are meant")
            rows.append(
                {key: self._value(f"{here}.{key}", item, _MEANINGS[key]) for key, item in said.items()}
            )
        return tuple(rows)

    def _target(self, one: Any, at: str, base: Options, rules: tuple[Expectation, ...]) -> TargetConfig:
        said = self._table(one, at)
        words = self._value(f"{at}.command", said.pop("command", []), _strings)
        target = self._value(f"{at}.target", said.pop("target", ""), _string)
        name = self._value(f"{at}.name", said.pop("name", target or " ".join(words)), _string)
        if bool(words) == bool(target):
            raise self._error(at, "give it a target or a command, and one of them only")
        if not name:
            raise self._error(f"{at}.name", "a name has at least one letter")
        own = self._rules(said.pop("expect", []), f"{at}.expect")
        options = self._options(said, at).over(base)
        return TargetConfig(name=name, target=target, command=words, options=options, expect=(*own, *rules))

    def _options(self, said: Mapping[str, Any], at: str) -> Options:
        values: dict[str, Any] = {}
        for key, value in said.items():
            if key == "secret":
                raise self._error(f"{at}.secret", "secrets belong in no file: set CONTRACT_KIT_SECRET")
            if key not in _READERS:
                raise self._error(f"{at}.{key}", f"there is no such option{_near(key, at)}")
            field, read = _READERS[key]
            values[field] = self._value(f"{at}.{key}", value, read)
        if "spec" in values:
            values["spec"] = self._path.parent / values["spec"]
        return Options(**values)

    def _rules(self, value: Any, at: str) -> tuple[Expectation, ...]:
        rules = []
        for number, one in enumerate(self._array(value, at)):
            here = f"{at}[{number}]"
            said = self._table(one, here)
            unknown = set(said) - {"match", "expect", "because"}
            if unknown:
                raise self._error(f"{here}.{min(unknown)}", "there are match, expect and because")
            for key in ("match", "expect"):
                if key not in said:
                    raise self._error(here, f"{key} is missing")
            rules.append(
                Expectation(
                    self._value(f"{here}.match", said["match"], _string),
                    cast("Expect", self._value(f"{here}.expect", said["expect"], _one_of(_EXPECTS))),
                    self._value(f"{here}.because", said.get("because", ""), _string),
                )
            )
        return tuple(rules)

    def _table(self, value: Any, at: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._error(at, f"expected a table, got {_shown(value)}")
        return {key.replace("-", "_"): item for key, item in value.items()}

    def _array(self, value: Any, at: str) -> list[Any]:
        if not isinstance(value, list):
            raise self._error(at, f"expected an array of tables ([[{at}]]), got {_shown(value)}")
        return value

    def _value(self, at: str, value: Any, read: Callable[[Any], Any]) -> Any:
        try:
            return read(value)
        except _Wrong as wrong:
            raise self._error(at, str(wrong)) from None

    def _error(self, at: str, message: str) -> UsageError:
        return UsageError(f"{self._path.name}: {at}: {message}")


# -- values -----------------------------------------------------------------------------------


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong(f"expected a string, got {_shown(value)}")
    return value


def _strings(value: Any) -> tuple[str, ...]:
    """A list of strings, or one string that stands for a list of one."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise _Wrong(f"expected a list of strings, got {_shown(value)}")
    return tuple(items)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(f"expected true or false, got {_shown(value)}")
    return value


def _integer(least: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise _Wrong(f"expected a whole number of at least {least}, got {_shown(value)}")
        return value

    return read


def _positive(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < float("inf"):
        raise _Wrong(f"expected a number above 0, got {_shown(value)}")
    return float(value)


def _one_of(known: tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in known:
            raise _Wrong(f"expected one of {', '.join(known)}, got {_shown(value)}")
        return str(value)

    return read


def _kinds(value: Any) -> tuple[Kind, ...]:
    try:
        return kinds_of(",".join(_strings(value)))
    except UsageError as error:
        raise _Wrong(str(error)) from None


def _headers(value: Any) -> Headers:
    """A list of ``K: V`` lines, or a table."""
    if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        return tuple(value.items())
    try:
        return tuple(header_of(line) for line in _strings(value))
    except UsageError as error:
        raise _Wrong(str(error)) from None


def _expression(value: Any) -> str:
    try:
        re.compile(_string(value))
    except re.error as error:
        raise _Wrong(f"expected a regular expression, got {_shown(value)}: {error}") from None
    return str(value)


def _types(value: Any) -> tuple[str, ...]:
    return tuple(_one_of(("string", "integer", "number", "boolean"))(name) for name in _strings(value))


def _samples(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list) or not value or any(isinstance(item, dict | list) for item in value):
        raise _Wrong(f"expected a list of texts, numbers or booleans, got {_shown(value)}")
    return tuple(value)


def _exits(value: Any) -> tuple[int, ...]:
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(i, int) and not isinstance(i, bool) and 0 < i < 256 for i in items):
        raise _Wrong(f"expected exit codes from 1 to 255, got {_shown(value)}")
    return tuple(items)


def kinds_of(text: str) -> tuple[Kind, ...]:
    """``"valid,invalid"`` → its kinds. ``UsageError`` for a kind that there is none of.

    >>> kinds_of("valid, invalid")
    ('valid', 'invalid')
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in KINDS:
            raise UsageError(f"{name!r} is no kind; there are {', '.join(KINDS)}")
    if not names:
        raise UsageError(f"no kind is named; there are {', '.join(KINDS)}")
    return cast("tuple[Kind, ...]", tuple(dict.fromkeys(names)))


def header_of(line: str) -> tuple[str, str]:
    """``"K: V"`` → its name and its value. ``UsageError`` without a colon; the value never shows."""
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise UsageError(f"a header is written 'Name: value', got {name.split(' ')[0]!r} without a colon")
    return name.strip(), value.strip()


def _near(key: str, at: str) -> str:
    known = [
        *_READERS,
        "expect",
        *(("targets", "meanings") if at == _TABLE else ("name", "target", "command")),
    ]
    near = get_close_matches(key, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


_READERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "event": ("event", _string),
    "spec": ("spec", _string),
    "as": ("as_", _one_of(TARGET_KINDS)),
    "input": ("input", _one_of(INPUTS)),
    "rejects": ("rejects", _strings),
    "reject_exit": ("reject_exits", _exits),
    "path": ("path", _string),
    "policy": ("policy", _one_of(POLICIES)),
    "kinds": ("kinds", _kinds),
    "only": ("only", _strings),
    "skip": ("skip", _strings),
    "lossless": ("lossless", _flag),
    "max_examples": ("max_examples", _integer(0)),
    "max_time": ("max_time", _positive),
    "max_findings": ("max_findings", _integer(1)),
    "seed": ("seed", _integer(0)),
    "timeout": ("timeout", _positive),
    "sign": ("sign", _one_of(SIGNS)),
    "effects": ("effects", _string),
    "effects_pointer": ("effects_pointer", _string),
    "headers": ("headers", _headers),
    "workers": ("workers", _integer(1)),
    "rate": ("rate", _positive),
    "insecure": ("insecure", _flag),
    "allow_remote": ("allow_remote", _flag),
    "isolate": ("isolate", _flag),
}
"""Key of the table → field of :class:`Options`, and how its value is read."""

_MEANINGS: dict[str, Callable[[Any], Any]] = {
    "name": _string,
    **dict.fromkeys(("names", "exact", "says", "under", "not_under"), _expression),
    "formats": _strings,
    "types": _types,
    "samples": _samples,
}
"""Keys of a row of ``[[tool.contract_kit.meanings]]``."""
