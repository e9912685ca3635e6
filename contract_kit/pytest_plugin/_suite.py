"""``contract_tests``: a test class for one consumer, in one line of the user's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from ._words import refuse_wrong, several

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from contract_kit.config import Options
    from contract_kit.model import Case, InputKind, Kind, Policy, TargetKind, Terms
    from contract_kit.runner import Settings

    from ._bench import Bench, Subject
    from ._session import PluginSession

__all__ = ["Suite", "contract_tests", "materialise", "suite_of"]

Rejects = type[BaseException] | str
_MARK = "__contract_suite__"


def contract_tests(
    target: Any,
    rejects: Rejects | Iterable[Rejects] | None = None,
    *,
    event: str | None = None,
    spec: Path | str | None = None,
    policy: Policy | None = None,
    kinds: Iterable[Kind] | Kind | None = None,
    only: Iterable[str] | str | None = None,
    skip: Iterable[str] | str | None = None,
    input: InputKind | None = None,  # noqa: A002 (the option's name everywhere)
    lossless: bool = False,
    max_examples: int | None = None,
    strength: int = 2,
    path: str | None = None,
    headers: Mapping[str, str] | None = None,
    secret: str | None = None,
    sign: str | None = None,
    timeout: float | None = None,
    as_: TargetKind | None = None,
    allow_remote: bool = False,
    isolate: bool = False,
) -> type:
    """A test class for a consumer: one test a case of the catalogue, and random search by Hypothesis.

    ``target`` is a callable, a model class, an ASGI or WSGI app, a URL, ``"package.module:object"``, or a
    fixture (or its name) that yields one of these, an object with ``.url``, or a test client. ``rejects`` are
    the exceptions that are a refusal (``ValueError`` unless told otherwise). ``path`` is where an app or a
    live server takes webhooks, ``secret`` signs deliveries. Bind the class to a name that pytest collects::

        TestCustomerCreated = contract_kit.contract_tests(parse, rejects=BadWebhook)

    Nothing is read or made until pytest collects the class.
    """
    said = {
        "event": event,
        "spec": spec,
        "policy": policy,
        "kinds": several(kinds),
        "only": several(only),
        "skip": several(skip),
        "input": input,
        "lossless": lossless or None,
        "max_examples": max_examples,
        "path": path,
        "headers": tuple(headers.items()) if headers is not None else None,
        "sign": sign,
        "timeout": timeout,
        "as_": as_,
        "allow_remote": allow_remote or None,
    }
    refusals = several(rejects) or ()
    refuse_wrong({**said, "strength": strength, "rejects": refusals})
    suite = Suite(target, refusals, said, secret, isolate, strength)
    parts = {
        _MARK: suite,
        "__doc__": f"Contract tests of {suite.label}.",
        "test_case": _test_case,
        "pytestmark": [pytest.mark.contract],
    }
    return type("ContractTests", (), parts)


def _test_case(self: Any, contract_case: Case, request: pytest.FixtureRequest) -> None:
    """The consumer treats this case as the contract says."""
    del self
    __tracebackhide__ = True
    _examine(contract_case, request)


def _examine(case: Case, request: pytest.FixtureRequest, *, random: bool = False) -> None:
    __tracebackhide__ = True
    from ._judging import judge_item
    from ._session import session_of

    suite = suite_of(request.cls)
    assert suite is not None
    bench = suite.bench(session_of(request.config), request)
    judge_item(request.node, bench, case, random=random)


def suite_of(cls: type | None) -> Suite | None:
    """The suite behind a test class, ``None`` for other classes."""
    return getattr(cls, _MARK, None)


@dataclass(frozen=True, slots=True, eq=False)
class Suite:
    """What ``contract_tests`` was told. ``said`` are fields of ``Options``; the rest of them is the run's."""

    target: Any
    rejects: tuple[Rejects, ...]
    said: Mapping[str, Any]
    secret: str | None
    isolate: bool
    strength: int

    @property
    def label(self) -> str:
        """The target in a word."""
        if isinstance(self.target, str):
            return self.target
        return str(getattr(self.target, "__name__", type(self.target).__name__))

    @property
    def fixture(self) -> str | None:
        """The name of the fixture that yields the target, ``None`` where the target is at hand."""
        target = self.target
        if isinstance(target, str):
            return target if target.isidentifier() else None
        if type(target).__name__ == "FixtureFunctionDefinition":  # pytest 8.4 and newer
            return str(target.name or target.__name__)
        marker = getattr(target, "_pytestfixturefunction", None)
        return None if marker is None else str(marker.name or target.__name__)

    def options(self, session: PluginSession) -> Options:
        """The suite's options over those of the run; ``input`` and ``as`` are the suite's own."""
        from contract_kit.config import Options

        said = {**self.said, "spec": session.document(self.said["spec"])}
        base = replace(session.chosen.options, input=None, as_=None, path=None)
        return Options(**said).over(base)

    def settings(self, session: PluginSession) -> Settings:
        """The same for the runner."""
        from ._catalogue import settings_for

        secret = self.secret or session.chosen.secret
        return settings_for(self.options(session), session.chosen.expect, secret, self.strength)

    def terms(self, session: PluginSession) -> Terms:
        """The contract."""
        from ._catalogue import terms_for

        options = self.options(session)
        return terms_for(options.event, options.spec)

    def kind(self, session: PluginSession) -> TargetKind:
        """What the target is; of a fixture that is known only when the tests run."""
        from ._bench import kind_of

        if self.fixture is not None:
            return self.said["as_"] or "parser"
        return kind_of(self.subject(session, self.target))

    def searched(self, session: PluginSession) -> tuple[Kind, ...]:
        """The kinds of bodies that random search makes."""
        options = self.options(session)
        if options.max_examples == 0 or options.only:
            return ()
        found: tuple[Kind, ...] = ("valid", "invalid")
        return tuple(kind for kind in found if options.kinds is None or kind in options.kinds)

    def cases(self, session: PluginSession) -> Iterator[Case]:
        """The cases that the class runs through."""
        from ._catalogue import cases_for

        return cases_for(self.terms(session), self.settings(session), self.kind(session))

    def subject(self, session: PluginSession, what: Any) -> Subject:
        """The consumer to open."""
        from ._bench import Subject
        from ._found import consumer_in

        options = self.options(session)
        return Subject(
            what=consumer_in(what, options),
            options=options,
            rejects=self.rejects,
            isolate=self.isolate,
            cwd=session.config.rootpath,
            secret=self.secret or session.chosen.secret,
        )

    def bench(self, session: PluginSession, request: pytest.FixtureRequest) -> Bench:
        """The open consumer; another one where the fixture has made another one."""
        name = self.fixture
        what = self.target if name is None else request.getfixturevalue(name)
        owner = request.node.getparent(pytest.Class)

        def make(like: Bench | None) -> Bench:
            from ._bench import Bench

            label = owner.nodeid if owner is not None else self.label
            subject = self.subject(session, what)
            made = Bench(label, subject, self.terms(session), self.settings(session), like)
            made.given = what
            if name is not None and owner is not None:
                owner.addfinalizer(made.close)
            return made

        return session.bench(self, make, lambda bench: bench.given is what)


def materialise(cls: type, name: str, session: PluginSession, where: str) -> None:
    """Give the class its random tests: only now is Hypothesis imported, with the user's profile loaded."""
    suite = suite_of(cls)
    assert suite is not None
    owner = next(base for base in cls.__mro__ if _MARK in base.__dict__)
    fixture = suite.fixture
    if fixture is not None and not any(mark.name == "usefixtures" for mark in owner.pytestmark):  # type: ignore[attr-defined]
        owner.pytestmark = [*owner.pytestmark, pytest.mark.usefixtures(fixture)]  # type: ignore[attr-defined]
    for kind in suite.searched(session):
        setattr(owner, f"test_random_{kind}", _random_test(suite, session, kind, f"{where}::{name}"))


def _random_test(suite: Suite, session: PluginSession, kind: str, where: str) -> Any:
    from ._search import drawn, searching

    def test(self: Any, request: pytest.FixtureRequest, drawn: Any) -> None:
        del self
        __tracebackhide__ = True
        _examine(drawn.case, request, random=True)

    test.__doc__ = f"The consumer treats random {kind} bodies as the contract says."
    strategy = drawn(
        kind, lambda: (suite.terms(session), suite.settings(session).policy, suite.kind(session))
    )
    return searching(
        test, strategy, f"{where} {kind}", suite.options(session).max_examples, session.chosen.seed
    )
