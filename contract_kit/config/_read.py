"""The table of a ``pyproject.toml``, read and checked: who is told of a wrong value is told the file and the key."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from contract_kit.config._options import Config, Options, TargetConfig
from contract_kit.config._values import MEANINGS, READERS, Wrong, one_of, shown, string, strings
from contract_kit.errors import UsageError
from contract_kit.model import Expect, Expectation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["find_config", "load_config", "read_config"]

_EXPECTS: tuple[str, ...] = get_args(Expect)
_TABLE = "tool.contract_kit"


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
                if key not in MEANINGS:
                    raise self._error(f"{here}.{key}", f"there are {', '.join(MEANINGS)}")
            if "name" not in said:
                raise self._error(here, "name is missing")
            if not {"names", "exact", "formats"} & set(said):
                raise self._error(here, "names, exact or formats must say which fields are meant")
            rows.append(
                {key: self._value(f"{here}.{key}", item, MEANINGS[key]) for key, item in said.items()}
            )
        return tuple(rows)

    def _target(self, one: Any, at: str, base: Options, rules: tuple[Expectation, ...]) -> TargetConfig:
        said = self._table(one, at)
        words = self._value(f"{at}.command", said.pop("command", []), strings)
        target = self._value(f"{at}.target", said.pop("target", ""), string)
        name = self._value(f"{at}.name", said.pop("name", target or " ".join(words)), string)
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
            if key not in READERS:
                raise self._error(f"{at}.{key}", f"there is no such option{_near(key, at)}")
            field, read = READERS[key]
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
                    self._value(f"{here}.match", said["match"], string),
                    cast("Expect", self._value(f"{here}.expect", said["expect"], one_of(_EXPECTS))),
                    self._value(f"{here}.because", said.get("because", ""), string),
                )
            )
        return tuple(rules)

    def _table(self, value: Any, at: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._error(at, f"expected a table, got {shown(value)}")
        return {key.replace("-", "_"): item for key, item in value.items()}

    def _array(self, value: Any, at: str) -> list[Any]:
        if not isinstance(value, list):
            raise self._error(at, f"expected an array of tables ([[{at}]]), got {shown(value)}")
        return value

    def _value(self, at: str, value: Any, read: Callable[[Any], Any]) -> Any:
        try:
            return read(value)
        except Wrong as wrong:
            raise self._error(at, str(wrong)) from None

    def _error(self, at: str, message: str) -> UsageError:
        return UsageError(f"{self._path.name}: {at}: {message}")


def _near(key: str, at: str) -> str:
    known = [
        *READERS,
        "expect",
        *(("targets", "meanings") if at == _TABLE else ("name", "target", "command")),
    ]
    near = get_close_matches(key, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""
