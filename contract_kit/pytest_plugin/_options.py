"""What the user has asked for: options over ini values over ``[tool.contract_kit]``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from contract_kit.config import Config, Options, TargetConfig
    from contract_kit.model import Expectation

__all__ = ["Chosen", "add_options", "asked", "choose", "command_words", "may_have_targets", "narrowed"]


@dataclass(frozen=True, slots=True)
class _Option:
    """``--contract-NAME`` and the ini value ``contract_NAME``; ``many`` may be given more than once."""

    name: str
    metavar: str
    help: str
    many: bool = False
    flag: bool = False
    in_ini: bool = True

    @property
    def dest(self) -> str:
        return "contract_" + self.name.replace("-", "_")


OPTIONS: tuple[_Option, ...] = (
    _Option("target", "PKG.MOD:OBJECT", "consumer to test, or the name of a configured one", many=True),
    _Option("url", "URL", "running receiver to test", many=True),
    _Option(
        "rejects", "PKG.MOD:EXC", "exception that is a refusal (default: builtins:ValueError)", many=True
    ),
    _Option("event", "NAME", "event whose contract it is (default: customer.created)"),
    _Option("spec", "FILE", "OpenAPI document (default: the bundled one)"),
    _Option("as", "KIND", "what the target is: parser, model, asgi, wsgi (default: found by looking)"),
    _Option("input", "TYPE", "what a parser takes: bytes, str or value (default: bytes)"),
    _Option("policy", "NAME", "whose word is law: schema, provider or tolerant"),
    _Option("kinds", "A,B", "kinds of cases (default: all that fit the target)"),
    _Option("only", "ID-GLOB", "only cases whose id matches", many=True),
    _Option("skip", "ID-GLOB", "no cases whose id matches", many=True),
    _Option("secret", "whsec_…", "sign deliveries with this secret (or CONTRACT_KIT_SECRET)", in_ini=False),
    _Option("seed", "N", "other payloads in fixtures, and the seed of random search"),
    _Option(
        "max-examples", "N", "random examples per search; 0 for none (default: the Hypothesis profile's)"
    ),
    _Option("report", "FILE", "write the run as .json, .xml (JUnit) or .html", many=True),
    _Option(
        "no-isolate", "", "run importable targets in this process: for coverage and debuggers", flag=True
    ),
)


def add_options(parser: pytest.Parser) -> None:
    """Register every option and its ini value."""
    group = parser.getgroup("contract_kit", "contract_kit: contract tests of webhook consumers")
    group.addoption(
        "--contract",
        action="store_true",
        dest="contract_asked",
        help="collect the configured targets although paths are given",
    )
    for option in OPTIONS:
        what: dict[str, Any] = {"dest": option.dest, "default": None, "help": option.help}
        if option.flag:
            what["action"] = "store_true"
        else:
            what |= {"action": "append" if option.many else "store", "metavar": option.metavar}
        group.addoption(f"--contract-{option.name}", **what)
        if option.in_ini and not option.flag:
            kind: Any = "linelist" if option.many else "string"
            parser.addini(option.dest, option.help, type=kind, default=[] if option.many else "")
    parser.addini("contract_no_isolate", "run importable targets in this process", type="bool", default=False)


def asked(config: pytest.Config) -> bool:
    """Whether any option or ini value of ours was given: then a wrong one is told at once."""
    return any(_given(config, option) for option in OPTIONS)


def may_have_targets(config: pytest.Config) -> bool:
    """Whether anything may be set up at all: asked at every start, so nothing is parsed for it."""
    if asked(config):
        return True
    path = _nearest(config.rootpath)
    return path is not None and mentions_us(path)


def _nearest(start: Path) -> Path | None:
    for folder in (start, *start.parents):
        path = folder / "pyproject.toml"
        if path.is_file():
            return path
    return None


def _given(config: pytest.Config, option: _Option) -> Any:
    said = config.getoption(option.dest, None)
    if said:
        return said
    return config.getini(option.dest) or None if option.in_ini else None


def narrowed(config: pytest.Config) -> bool:
    """Whether only some cases were asked for, on the command line or in an ini value."""
    return any(_given(config, option) for option in OPTIONS if option.name in ("kinds", "only", "skip"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Everything that was asked for. ``named`` says that targets stand on the command line.

    ``seed`` is ``None`` unless given; ``root`` is where imports and paths start.
    """

    options: Options
    targets: tuple[TargetConfig, ...]
    expect: tuple[Expectation, ...]
    named: bool
    root: Path
    secret: str | None
    seed: int | None
    reports: tuple[Path, ...]


def choose(config: pytest.Config) -> Chosen:
    """Read it all. ``pytest.UsageError`` for any wrong value, naming the option or the file and the key."""
    from contract_kit.errors import UsageError

    try:
        return _choose(config)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None


def _choose(config: pytest.Config) -> Chosen:
    table = _table(config)
    said = {option.name: _given(config, option) for option in OPTIONS}
    own = _options(said, config.invocation_params.dir)
    options = own.over(table.options)
    named = bool(config.getoption("contract_target") or config.getoption("contract_url"))
    targets = tuple(_targets(said, own, options, table))
    reports = tuple(config.invocation_params.dir / name for name in said["report"] or ())
    if reports:
        from contract_kit.report import check_report_paths

        check_report_paths(said["report"])
    return Chosen(
        options=options,
        targets=targets or _configured(own, table),
        expect=table.expect,
        named=named,
        root=config.invocation_params.dir if targets or table.path is None else table.root,
        secret=_secret(said["secret"]),
        seed=options.seed,
        reports=reports,
    )


def _configured(own: Options, table: Config) -> tuple[TargetConfig, ...]:
    """The table's targets, overruled by what was typed."""
    from dataclasses import replace

    return tuple(replace(target, options=own.over(target.options)) for target in table.targets)


def _targets(said: dict[str, Any], own: Options, options: Options, table: Config) -> list[TargetConfig]:
    from dataclasses import replace

    from contract_kit.config import TargetConfig

    found = []
    for name in [*(said["target"] or ()), *(said["url"] or ())]:
        known = table.find(name)
        if known is None and name in (said["url"] or ()):
            _refuse_no_url(name)
        if known is not None:
            found.append(replace(known, options=own.over(known.options)))
        else:
            found.append(TargetConfig(name=_shown(name), target=name, options=options, expect=table.expect))
    return found


def _shown(target: str) -> str:
    """What a target is called in reports: a URL that holds credentials goes without them."""
    if "://" not in target:
        return target
    from urllib.parse import urlsplit

    from contract_kit.report import Redactor

    if Redactor().text(target) == target:
        return target
    parts = urlsplit(target)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _refuse_no_url(text: str) -> None:
    from contract_kit.errors import UsageError

    if not text.lower().startswith(("http://", "https://")):
        hint = "" if "://" in text else f", as http://{text}"
        raise UsageError(f"--contract-url: {text!r} should begin with http:// or https://{hint}")


def _table(config: pytest.Config) -> Config:
    """The nearest ``pyproject.toml`` from pytest's rootdir upward; not even parsed where it says nothing of us."""
    from contract_kit.config import Config, read_config

    path = _nearest(config.rootpath)
    if path is None:
        return Config()
    found = read_config(path) if mentions_us(path) else Config(path=path)
    if found.meanings:
        from contract_kit.api import use_meanings

        use_meanings(found.meanings)
    return found


def mentions_us(path: Path) -> bool:
    """Whether a file can hold a table of ours: a look at its bytes, cheap enough for every start."""
    try:
        return b"contract_kit" in path.read_bytes() or b"contract-kit" in path.read_bytes()
    except OSError:
        return False


def _options(said: dict[str, Any], here: Path) -> Options:
    from contract_kit.config import INPUTS, Options, kinds_of
    from contract_kit.model import POLICIES, TARGET_KINDS

    kinds = said["kinds"]
    return Options(
        event=said["event"],
        spec=here / said["spec"] if said["spec"] else None,
        as_=_one_of("as", said["as"], TARGET_KINDS),
        input=_one_of("input", said["input"], INPUTS),
        rejects=tuple(said["rejects"]) if said["rejects"] else None,
        policy=_one_of("policy", said["policy"], POLICIES),
        kinds=_told("kinds", kinds, kinds_of) if kinds else None,
        only=tuple(said["only"]) if said["only"] else None,
        skip=tuple(said["skip"]) if said["skip"] else None,
        max_examples=_number("max-examples", said["max-examples"]),
        seed=_number("seed", said["seed"]),
        isolate=False if said["no-isolate"] else None,
    )


def _told(name: str, text: str, read: Any) -> Any:
    from contract_kit.errors import UsageError

    try:
        return read(text)
    except UsageError as error:
        raise UsageError(f"--contract-{name}: {error}") from None


def _one_of(name: str, said: str | None, known: tuple[str, ...]) -> Any:
    from contract_kit.errors import UsageError

    if said is not None and said not in known:
        raise UsageError(f"--contract-{name}: {said!r} is none of {', '.join(known)}")
    return said


def _number(name: str, said: str | None) -> int | None:
    from contract_kit.errors import UsageError

    if said is None:
        return None
    if not said.isascii() or not said.isdigit():
        raise UsageError(f"--contract-{name}: expected a whole number of at least 0, got {said!r}")
    return int(said)


def _secret(said: str | None) -> str | None:
    """The secret that deliveries are signed with, checked; it never shows in a message."""
    secret = said or os.environ.get("CONTRACT_KIT_SECRET") or None
    if secret is not None:
        from contract_kit.delivery import sign

        sign(b"", secret)
    return secret


def command_words(config: pytest.Config) -> list[str]:
    """The options of ours on the command line, as words to type again; a secret is left to the environment."""
    from contract_kit.report import Redactor

    words = []
    for option in OPTIONS:
        said = config.getoption(option.dest, None)
        if not said or option.name in ("secret", "report", "only", "skip", "kinds", "seed", "max-examples"):
            continue
        for value in said if isinstance(said, list) else [said]:
            words += [f"--contract-{option.name}"]
            words += [] if value is True else [Redactor().text(value)]
    return words
