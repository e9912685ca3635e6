"""Schemathesis beside our own cases: its requests, our signatures, our judgement.

In a test of your own::

    from contract_kit.bridges import schemathesis as bridge

    schema = bridge.load_schema(url="http://127.0.0.1:8000/webhooks", secret=SECRET)
    checks = bridge.checks(secrets=[SECRET])

    @schema.parametrize()
    def test_receiver(case):
        case.call_and_validate(checks=checks)

``contract-kit fuzz URL --engine schemathesis`` (or ``both``) uses :func:`search`: Schemathesis makes requests and
hands them to us; they are signed, sent and judged like the cases of the catalogue, and end in the same report.

Schemathesis is the extra ``contract-kit[schemathesis]`` and is imported when something here is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from contract_kit.errors import UsageError
from contract_kit.model import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import ModuleType

    from contract_kit.delivery import Family
    from contract_kit.model import FindingName, Outcome, Policy, Verdict
    from contract_kit.runner import Run

    Check = Callable[[Any, Any, Any], bool | None]

__all__ = ["CHECKS", "checks", "load_schema", "required", "search", "signing"]

CHECKS: tuple[FindingName, ...] = ("crash", "false_accept", "false_reject", "leak")
"""The names of our checks, as they stand in a report of Schemathesis."""
_WAITS = frozenset({408, 429})


def load_schema(
    event: str = "customer.created",
    spec: Path | str | None = None,
    *,
    url: str,
    secret: str | None = None,
    family: Family = "svix",
    pin: bool = True,
    config: Any = None,
) -> Any:
    """The contract of one event as a schema of Schemathesis, whose one operation is the receiver at ``url``.

    With ``secret`` every request is signed. ``pin`` false lets other event names be made. ``config`` is a
    ``schemathesis.Config``; without it the one that Schemathesis discovers. Redirects are not followed, for
    senders of webhooks do not, unless the configuration asks for it. Raises :class:`SpecError` for the
    document, :class:`UsageError` for a URL that is none and where the extra is missing.
    """
    from contract_kit.spec import bundled_document, load_document, receiver_document

    schemathesis = required()
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise UsageError(f"url={url!r}: it should look like http://127.0.0.1:8000/webhooks, without a query")
    document = bundled_document() if spec is None else load_document(spec)
    server = f"{parts.scheme}://{parts.netloc}"
    made = receiver_document(document, event, pin=pin, path=parts.path or "/", server=server)
    settings = schemathesis.Config.discover() if config is None else config
    schema = schemathesis.openapi.from_dict(made, config=settings)
    schema.config.update(base_url=server)
    if schema.config.max_redirects is None:
        schema.config.max_redirects = 0
    if secret is not None:
        schema.auth.set_from_requests(signing(secret, family))
    return schema


def signing(secret: str, family: Family = "svix") -> Any:
    """An auth of ``requests`` that signs each request's body, byte for byte: a fresh id, the time now.

    For ``schema.auth.set_from_requests(...)``. Bodies are known where they go over HTTP: serve an app
    (a WSGI app called in process is shown to an auth without its body). Raises :class:`SigningError`.
    """
    from contract_kit.bridges._signing import auth_of

    required()
    return auth_of(secret, family)


def checks(
    event: str = "customer.created",
    spec: Path | str | None = None,
    *,
    policy: Policy | None = None,
    secrets: Sequence[str] = (),
) -> list[Check]:
    """Our oracle as checks for ``case.call_and_validate(checks=…)``.

    ``crash``: 5xx, 3xx. ``false_accept``: 2xx for a body that breaks the contract. ``false_reject``: 4xx for one
    that keeps it. ``leak``: one of ``secrets`` or a stack trace in a reply. What is expected of a body is read
    from the body, by ``policy``; what Schemathesis meant by it does not count.
    """
    from contract_kit.bridges._labels import Labels
    from contract_kit.spec import load_terms

    required()
    terms = load_terms(event, spec)
    labels = Labels(terms, policy or terms.usual_policy, "url", "schemathesis")
    return [_check(name, labels, tuple(secrets)) for name in CHECKS]


def search(run: Run) -> None:
    """An engine for :func:`contract_kit.runner.run`: Schemathesis makes the requests of ``run``.

    Its coverage and its random phase, both with valid and broken data; the seed and the number of examples are
    those of the run. What fails is tried again with one difference at a time, so that each fault is found at
    its own place. Works for every endpoint, in process too.
    """
    from contract_kit.bridges._schemathesis_engine import drive

    required()
    drive(run)


def required() -> ModuleType:
    """Schemathesis itself, or a :class:`UsageError` that says how to get it."""
    try:
        import schemathesis
    except ImportError:
        raise UsageError("Schemathesis is not installed: pip install contract-kit[schemathesis]") from None
    if not hasattr(schemathesis, "Config") or not hasattr(schemathesis, "openapi"):
        version = getattr(schemathesis, "__version__", "of unknown version")
        raise UsageError(f"Schemathesis {version} is too old: pip install -U contract-kit[schemathesis]")
    return schemathesis


# -- checks -----------------------------------------------------------------------------------


def _check(name: FindingName, labels: Any, secrets: tuple[str, ...]) -> Check:
    def check(_ctx: Any, response: Any, _case: Any) -> None:
        verdict = _verdict(labels, response, secrets)
        if verdict.finding == name:
            raise AssertionError(_message(verdict))

    check.__name__ = check.__qualname__ = name
    check.__doc__ = f"The finding {name} of contract_kit."
    return check


def _verdict(labels: Any, response: Any, secrets: tuple[str, ...]) -> Verdict:
    """The verdict on a response of Schemathesis and the request that it answers."""
    from contract_kit.oracle import find_leaks, judge

    request = response.request
    sent = request.body
    body = sent if isinstance(sent, bytes) else str(sent or "").encode("utf-8", "surrogatepass")
    kind = request.headers.get("Content-Type")
    kind = kind.decode("latin-1") if isinstance(kind, bytes) else kind
    case = labels.case(body, method=str(request.method), content_type=kind)
    pairs = tuple((name, value) for name, values in response.headers.items() for value in values)
    status = int(response.status_code)
    outcome = _outcome(status, waits=any(name.lower() == "retry-after" for name, _ in pairs))
    if status == 501 and case.method != "POST":
        outcome = "rejected"
    reply = Reply(
        outcome=outcome, status=status, headers=pairs, body=response.content, elapsed=response.elapsed
    )
    return judge(case, reply, leak=find_leaks(reply, secrets, sent=body))


def _outcome(status: int, *, waits: bool) -> Outcome:
    """What a status means to a sender of webhooks."""
    if status in _WAITS or (status == 503 and waits):
        return "not_judged"
    if 200 <= status <= 299:
        return "accepted"
    return "rejected" if 400 <= status <= 499 else "crashed"


def _message(verdict: Verdict) -> str:
    lines = [
        f"{verdict.finding}: {verdict.case.description}",
        f"  case      {verdict.case.id}",
        f"  changed   {_visible(verdict.case.changed)}",
        f"  expected  {_visible(verdict.expected)}",
        f"  observed  {_visible(verdict.observed)}",
    ]
    return "\n".join(lines)


def _visible(text: str) -> str:
    from contract_kit.report import visible

    return visible(text, 300)
