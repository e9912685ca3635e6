"""``check``: one case, one target, one readable assertion."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from contract_kit.cases import expectation_of
from contract_kit.config import Options, load_config, words_of
from contract_kit.delivery import signed
from contract_kit.errors import ContractViolation, UsageError
from contract_kit.jsonio import strict_loads
from contract_kit.model import Policy
from contract_kit.report import Context, reproduce, title
from contract_kit.spec import BUNDLED
from contract_kit.targets import UrlTarget, is_found_here, open_python_target

from ._judging import Judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contract_kit.delivery import Family
    from contract_kit.model import Case, Delivery, Headers, InputKind, Terms, Verdict
    from contract_kit.targets import Target

__all__ = ["check", "message"]

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
    path: str | None = None,
    headers: Mapping[str, str] | None = None,
    secret: str | None = None,
    sign: Family = "svix",
) -> None:
    """Give ``case`` to ``target`` and raise ``ContractViolation`` where the contract is broken.

    ``target`` is a callable (``bytes``, ``str`` or the decoded value in, by ``input``), a model class or an
    app, called in this process, or the URL of a receiver. ``rejects`` are the exceptions that are a refusal.
    Endpoints: ``path`` is where an app takes webhooks, ``headers`` go with every delivery, and ``secret``
    signs it, in the header family ``sign``. ``UsageError`` for a case of several deliveries, which
    ``contract_tests`` and the command line give.

    >>> import contract_kit, json
    >>> contract = contract_kit.load("customer.created")
    >>> contract_kit.check(json.loads, contract.cases(kinds=["valid"])[0])
    """
    __tracebackhide__ = True  # pytest shows the user's own line, not ours
    if case.steps:
        raise UsageError(f"{case.id} is a case of several deliveries: contract_tests(…, only=…) gives it")
    way = _Way(
        rejects=(rejects,) if isinstance(rejects, str | type) else tuple(rejects),
        input=input,
        lossless=lossless,
        path=path,
        headers=tuple((headers or {}).items()),
        secret=secret,
        sign=sign,
    )
    judge = _judge_for(target, case, way)
    reply = judge.ask(case.body, case)
    verdict = judge.settled(case, reply)
    if verdict.finding is not None:
        raise ContractViolation(
            message(verdict, _context(judge, way, case)),
            finding=verdict.finding,
            case_id=case.id,
            verdict=verdict,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How a target is given cases; one target may be checked in several ways."""

    rejects: tuple[Rejects, ...]
    input: InputKind
    lossless: bool
    path: str | None
    headers: Headers
    secret: str | None
    sign: Family

    def prepare(self, delivery: Delivery) -> Delivery:
        """A delivery as it goes out: with the user's headers, and signed afresh."""
        delivery = replace(delivery, headers=(*delivery.headers, *self.headers))
        return delivery if self.secret is None else signed(delivery, self.secret, self.sign)

    def open(self, target: Any) -> Target:
        """The target, which stays open: it is checked with many cases."""
        if isinstance(target, str) and target.startswith(("http://", "https://")):
            return UrlTarget(target)
        return open_python_target(
            target, input_=self.input, rejects=self.rejects, isolate=False, path=self.path
        )


def _context(judge: Judge, way: _Way, case: Case) -> Context:
    """How the command line gives the same case: what it does unasked is not said."""
    names = [one if isinstance(one, str) else f"{one.__module__}:{one.__qualname__}" for one in way.rejects]
    names = [] if names == ["builtins:ValueError"] else names
    target, terms = judge.target, case.terms
    assert terms is not None
    options = Options(
        event=terms.event,
        spec=None if terms.source == BUNDLED else Path(terms.source),
        input=way.input,
        rejects=tuple(names),
        policy=_policy_of(case, terms),
        lossless=way.lossless,
    )
    return Context(
        target=target.name,
        kind=target.kind,
        options=tuple(words_of(options, target.kind)),
        rejects=tuple(names),
        input=way.input,
    )


def _policy_of(case: Case, terms: Terms) -> Policy | None:
    """The policy that the case was made under, which it does not say itself; ``None`` for the command line's own.

    It shows in what is expected of the body. An expectation of the user's own is no policy's.
    """
    try:
        usual = load_config().options.policy or terms.usual_policy
    except UsageError:  # a table that cannot be read is told of where it is used
        usual = terms.usual_policy
    if case.kind not in ("valid", "invalid"):
        return None
    value = strict_loads(case.body)
    for policy in (usual, terms.usual_policy, *get_args(Policy)):
        if expectation_of(terms, policy, value).expect == case.expect:
            return None if policy == usual else policy
    return None


def _judge_for(target: Any, case: Case, way: _Way) -> Judge:
    """The judge of a target: calibrated once, for a target is checked with many cases."""
    if case.terms is None:
        raise UsageError(
            f"case {case.id} belongs to no contract; take cases from Contract.cases(), or make them with "
            "terms=contract.terms"
        )
    terms: Terms = case.terms
    key = (id(target), way, id(terms))
    if key not in _judges:
        from contract_kit.values import base_values

        secrets = () if way.secret is None else (way.secret,)
        judge = Judge(terms, way.open(target), way.prepare, lossless=way.lossless, secrets=secrets)
        judge.calibrate(base_values(terms, _CALIBRATION))
        _judges[key] = ((target, terms), judge)
    return _judges[key][1]


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
    if again and context.kind in ("parser", "model") and is_found_here(context.target):
        lines.append(f"  again     {again}")
    return "\n".join(lines)


def _title(verdict: Verdict) -> str:
    assert verdict.finding is not None
    places = (verdict.pointer,) if verdict.pointer else ()
    return title(verdict.finding, verdict.case, verdict.reply, places, changed=verdict.changed)


def _visible(text: str) -> str:
    from contract_kit.report import visible

    return visible(text, 300)
