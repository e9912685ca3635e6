"""One consumer under test: opened when the first case needs it, asked case by case, closed at the end."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from contract_kit.errors import ContractViolation, TargetError, UsageError
from contract_kit.model import ENDPOINTS

if TYPE_CHECKING:
    from pathlib import Path

    from contract_kit.config import Options
    from contract_kit.model import Case, Outcome, Reply, TargetKind, Terms, Verdict
    from contract_kit.report import Context
    from contract_kit.runner import Run, Settings
    from contract_kit.targets import Target

__all__ = ["Bench", "NotJudged", "Subject", "is_url", "kind_of", "open_subject"]

_CALIBRATION = 4
_CLOSED = {
    401: "is the secret right (--contract-secret)?",
    403: "is the secret right (--contract-secret), or is a header missing?",
    404: "is the path right?",
    405: "is the path right? it takes no POST",
}
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


class NotJudged(Exception):
    """The consumer said "later", or an earlier case has shown that it cannot be reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is tested: a URL, ``package.module:object``, an object, or the words of a command."""

    what: Any
    options: Options
    command: tuple[str, ...] = ()
    rejects: tuple[type[BaseException] | str, ...] = ()
    isolate: bool = False
    cwd: Path
    secret: str | None = None


def is_url(what: Any) -> bool:
    """Whether a target is meant to be a URL."""
    return isinstance(what, str) and _URL.match(what) is not None


def kind_of(subject: Subject) -> TargetKind:
    """What kind of target it is, as far as that can be said without asking it."""
    from contract_kit.targets import describe, import_object

    if subject.command:
        return "command"
    if subject.options.as_ is not None:
        return subject.options.as_
    if is_url(subject.what):
        return "url"
    found = subject.what
    if isinstance(found, str):
        found = import_object(found, cwd=str(subject.cwd))
    return describe(found, name=subject.what if isinstance(subject.what, str) else "the target")


def open_subject(subject: Subject) -> Target:
    """Open it. ``TargetError`` where it cannot be reached, ``UsageError`` for what is no target."""
    from contract_kit.targets import CommandTarget, UrlTarget, open_python_target

    options = subject.options
    if subject.command:
        return CommandTarget(
            subject.command,
            timeout=options.timeout or 2.0,
            reject_exits=options.reject_exits or (1,),
            cwd=str(subject.cwd),
        )
    if is_url(subject.what):
        return UrlTarget(
            subject.what,
            headers=options.headers or (),
            workers=options.workers or 8,
            timeout=options.timeout or 15.0,
            rate=options.rate,
            insecure=bool(options.insecure),
            allow_remote=bool(options.allow_remote),
        )
    return open_python_target(
        subject.what,
        as_=options.as_,
        input_=options.input or "bytes",
        rejects=subject.rejects or options.rejects or ("builtins:ValueError",),
        isolate=subject.isolate and hasattr(os, "fork"),
        timeout=options.timeout,
        cwd=str(subject.cwd),
        path=options.path,
    )


class Bench:
    """A consumer with its judge. ``name`` is how reports call it; ``terms`` are its contract."""

    def __init__(
        self, name: str, subject: Subject, terms: Terms, settings: Settings, like: Bench | None = None
    ) -> None:
        self.name, self.subject, self.terms, self.settings = name, subject, terms, settings
        self._like = like
        self.given: Any = subject.what
        self._target: Target | None = None
        self._run: Run | None = None
        self._gone: str | None = None
        self._context: Context | None = None

    @property
    def target(self) -> Target:
        """The open target."""
        if self._target is None:
            self._target = open_subject(self.subject)
        return self._target

    @property
    def context(self) -> Context:
        """What it takes to run a case again."""
        if self._context is None:
            self._context = self._made_context()
        return self._context

    def _made_context(self) -> Context:
        from contract_kit.config import words_of
        from contract_kit.report import Context, Redactor

        options, secret, kind = self.subject.options, self.subject.secret, self.target.kind
        refusals = tuple(map(_name_of, self.subject.rejects or options.rejects or ()))
        redactor = Redactor((secret,) if secret else ())
        # The words are put on record, which credentials must not be.
        shown = replace(options, rejects=refusals, headers=redactor.covered(options.headers or ()))
        return Context(
            target=self.target.name,
            kind=kind,
            command=self.subject.command,
            options=tuple(words_of(shown, kind)),
            rejects=refusals,
            input=options.input or "bytes",
            headers=options.headers or (),
            secret=secret is not None and kind in ENDPOINTS,
            sign=options.sign or "svix",  # type: ignore[arg-type]
            insecure=bool(options.insecure),
            redactor=redactor,
        )

    def examine(self, case: Case) -> Verdict:
        """The verdict on one case. ``TargetError`` once where the target cannot be reached, then ``NotJudged``."""
        if self._gone is not None:
            raise NotJudged(self._gone)
        try:
            run = self._ready()
            verdict = self._delivered(run, case) if case.steps else self._judged(run, self._expected(case))
        except (TargetError, UsageError) as error:
            self._gone = f"{error} (see the first failure)"
            raise
        if verdict.reply.outcome == "not_judged":
            raise NotJudged(verdict.reply.detail or "the consumer asked to wait, and asked again")
        return verdict

    def _ready(self) -> Run:
        """The run behind it, which has learnt from sound bodies how results look."""
        if self._run is None:
            from contract_kit.runner import Progress, Run
            from contract_kit.values import base_values

            run = Run(self.terms, self.target, self.settings, self.context, Progress())
            known = self._like.learnt if self._like is not None else None
            if known is not None:
                run.judge.comparison = known
            else:
                first = run.judge.calibrate(base_values(self.terms, _CALIBRATION))[0]
                if self.target.kind in ENDPOINTS and first.status in _CLOSED:
                    said = f"answers the first sound delivery with {first.status}: {_CLOSED[first.status]}"
                    raise TargetError(f"{self.target.name} {said}")
            self._run = run
        return self._run

    @property
    def learnt(self) -> Any:
        """How the consumer's results correspond to bodies, once that is known: alike for its likes."""
        return None if self._run is None else self._run.judge.comparison

    @staticmethod
    def _judged(run: Run, case: Case) -> Verdict:
        if run.pace.is_hopeless(case):
            raise NotJudged("cases of this cause have hung often enough")
        reply = run.judge.ask(case.body, case)
        run.pace.note(case, reply)
        return run.judge.settled(case, reply) if reply.outcome != "not_judged" else _unjudged(case, reply)

    @staticmethod
    def _delivered(run: Run, case: Case) -> Verdict:
        """A case of deliveries, signed and framed as it says."""
        from contract_kit.model import Reply
        from contract_kit.runner._deliver import _alone as give_alone

        before = run.tally.not_judged
        run.judged.pop(case.id, None)
        give_alone(run, case)
        verdict = run.judged.get(case.id)
        if verdict is None:
            verdict = _unjudged(
                case, Reply(outcome="not_judged" if run.tally.not_judged > before else case_outcome(case))
            )
        return verdict

    def _expected(self, case: Case) -> Case:
        """Endpoints must take other events, which parsers need not: what a target is may show late."""
        if case.kind == "foreign" and case.expect == "either" and self.target.kind in ENDPOINTS:
            told = any(fnmatchcase(case.id, rule.match) for rule in self.settings.expectations)
            return case if told else replace(case, expect="accept")
        return case

    def violation(self, verdict: Verdict, more: str = "", *, again: bool = True) -> ContractViolation:
        """What to raise for a verdict with a finding; what random search made no other command makes ``again``."""
        from contract_kit.runner import message

        lines = message(verdict, self.context).splitlines()
        shown = [line for line in lines if again or not line.startswith("  again ")]
        return ContractViolation(
            "\n".join([*shown, more]).rstrip(),
            finding=verdict.finding or "",
            case_id=verdict.case.id,
            verdict=verdict,
        )

    def close(self) -> None:
        """Close the target, if it was opened; a later case opens it again."""
        target, self._target, self._run = self._target, None, None
        if target is not None:
            target.close()


def _unjudged(case: Case, reply: Reply) -> Verdict:
    from contract_kit.model import Verdict

    return Verdict(case=case, reply=reply)


def case_outcome(case: Case) -> Outcome:
    """The outcome of a case that went as it should."""
    return "rejected" if case.expect == "reject" else "accepted"


def _name_of(refusal: type[BaseException] | str) -> str:
    return refusal if isinstance(refusal, str) else f"{refusal.__module__}:{refusal.__qualname__}"
