"""``check``: one case, one target, one readable assertion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.errors import ContractViolation, UsageError
from contract_kit.report import Context, reproduce, title
from contract_kit.targets import UrlTarget, open_python_target

from ._judging import Judge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contract_kit.model import Case, Delivery, InputKind, Verdict
    from contract_kit.targets import Target

__all__ = ["check", "judge_for", "message"]

Rejects = type[BaseException] | str

_CALIBRATION = 4
_judges: dict[Any, tuple[Any, Judge]] = {}


def check(
    target: Any,
    case: Case,
    rejects: Rejects | Iterable[Rejects] = ValueError,
    *,
    input: InputKind = "bytes",  # noqa: A002 (the option's name everywhere)
    lossless: bool = False,
) -> None:
    """Give ``case`` to ``target`` and raise ``ContractViolation`` where the contract is broken.

    ``target`` is a callable (``bytes``, ``str`` or the decoded value in, by ``input``), a model class or an
    app, called in this process, or the URL of a receiver. ``rejects`` are the exceptions that are a refusal.

    >>> import contract_kit, json
    >>> contract = contract_kit.load("customer.created")
    >>> contract_kit.check(json.loads, contract.cases(kinds=["valid"])[0])
    """
    __tracebackhide__ = True  # pytest shows the user's own line, not ours
    refusals = _several(rejects)
    judge = judge_for(target, case, refusals, input_=input, lossless=lossless)
    reply = judge.ask(case.body, case)
    verdict = judge.settled(case, reply)
    if verdict.finding is not None:
        raise ContractViolation(
            message(verdict, _context(judge, refusals, input, lossless=lossless)),
            finding=verdict.finding,
            case_id=case.id,
            verdict=verdict,
        )


def _several(rejects: Rejects | Iterable[Rejects]) -> tuple[Rejects, ...]:
    return (rejects,) if isinstance(rejects, str | type) else tuple(rejects)


def _context(judge: Judge, refusals: tuple[Rejects, ...], input_: InputKind, *, lossless: bool) -> Context:
    """How the command line gives the same case: what it does unasked is not said."""
    names = [one if isinstance(one, str) else f"{one.__module__}:{one.__qualname__}" for one in refusals]
    names = [] if names == ["builtins:ValueError"] else names
    words = [word for name in names for word in ("--rejects", name)]
    words += ["--input", input_] if input_ != "bytes" else []
    words += ["--lossless"] if lossless else []
    target = judge.target
    return Context(
        target=target.name, kind=target.kind, options=tuple(words), rejects=tuple(names), input=input_
    )


def judge_for(
    target: Any,
    case: Case,
    rejects: Rejects | Iterable[Rejects] = ValueError,
    *,
    input_: InputKind = "bytes",
    lossless: bool = False,
) -> Judge:
    """The judge of a target: calibrated once, for a target is checked with many cases."""
    if case.terms is None:
        raise UsageError(f"case {case.id} belongs to no contract; take cases from Contract.cases()")
    refusals = _several(rejects)
    key = (id(target), refusals, input_, lossless, id(case.terms))
    if key not in _judges:
        from contract_kit.values import base_values

        opened: Target
        if isinstance(target, str) and target.startswith(("http://", "https://")):
            opened = UrlTarget(target)
        else:
            opened = open_python_target(target, input_=input_, rejects=refusals, isolate=False)
        judge = Judge(case.terms, opened, _as_it_is, lossless=lossless)
        judge.calibrate(base_values(case.terms, _CALIBRATION))
        _judges[key] = ((target, case.terms), judge)
    return _judges[key][1]


def _as_it_is(delivery: Delivery) -> Delivery:
    return delivery


def message(verdict: Verdict, context: Context) -> str:
    """A failure for people: what was sent, what was expected and why, what happened, how to see it again."""
    case = verdict.case
    name = verdict.finding
    assert name is not None
    lines = [
        f"{name}: {_title(verdict)}",
        f"  case      {case.id}",
        f"  changed   {_visible(case.changed)}",
        f"  expected  {_visible(verdict.expected)}",
        f"  observed  {_visible(verdict.observed)}",
    ]
    again = reproduce(case, context).get("cli")
    if again and context.kind in ("parser", "model") and "<" not in context.target:
        lines.append(f"  again     {again}")
    return "\n".join(lines)


def _title(verdict: Verdict) -> str:
    assert verdict.finding is not None
    places = (verdict.pointer,) if verdict.pointer else ()
    return title(verdict.finding, verdict.case, verdict.reply, places, changed=verdict.changed)


def _visible(text: str) -> str:
    from contract_kit.report import visible

    return visible(text, 300)
