"""The fixtures; each imports what it needs when a test first asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from contract_kit.delivery import Family
    from contract_kit.model import Case

    from ._payload import ContractDelivery, PayloadMaker

__all__ = [
    "contract_case",
    "contract_payload",
    "contract_secret",
    "customer_created",
    "customer_created_delivery",
    "make_contract_delivery",
    "make_contract_payload",
    "make_customer_created",
]

_DEFAULT = "customer.created"


class MakesEvent(Protocol):
    """What ``make_customer_created`` is."""

    def __call__(
        self,
        /,
        *changes: Mapping[str, Any],
        without: Iterable[str] | str = (),
        era: str | None = None,
        valid: bool = True,
        **fields: Any,
    ) -> Any: ...


class MakesPayload(Protocol):
    """What ``make_contract_payload`` is."""

    def __call__(
        self,
        event: str | None = None,
        /,
        *changes: Mapping[str, Any],
        spec: Path | str | None = None,
        without: Iterable[str] | str = (),
        era: str | None = None,
        valid: bool = True,
        **fields: Any,
    ) -> Any: ...


class MakesDelivery(Protocol):
    """What ``make_contract_delivery`` is."""

    def __call__(
        self, payload: Any = None, /, *, secret: str | None = None, family: Family = "svix"
    ) -> ContractDelivery: ...


@pytest.fixture(scope="session")
def contract_secret(pytestconfig: pytest.Config) -> str:
    """The secret that deliveries are signed with: --contract-secret, CONTRACT_KIT_SECRET, or one for tests.

    Override it to return the secret that your receiver is set up with.
    """
    from ._payload import default_secret
    from ._session import session_of

    return session_of(pytestconfig).chosen.secret or default_secret()


@pytest.fixture
def _contract_default(request: pytest.FixtureRequest) -> PayloadMaker:
    return _maker(request, _DEFAULT, None)


@pytest.fixture
def _contract_marked(request: pytest.FixtureRequest) -> PayloadMaker:
    from ._marker import words_of
    from ._session import session_of

    options = session_of(request.config).chosen.options
    words = words_of(request.node)
    return _maker(request, words.event or options.event or _DEFAULT, words.spec or options.spec)


def _maker(request: pytest.FixtureRequest, event: str, spec: Path | str | None) -> PayloadMaker:
    from ._payload import PayloadMaker
    from ._session import session_of

    session = session_of(request.config)
    return PayloadMaker(request.node.nodeid, session.chosen.seed or 0, event, spec, session.document)


@pytest.fixture
def customer_created(_contract_default: PayloadMaker) -> Any:
    """One realistic customer.created payload, the same for the same test id."""
    return _contract_default.first()


@pytest.fixture
def make_customer_created(_contract_default: PayloadMaker) -> MakesEvent:
    """Make customer.created payloads, with changes of the test's own.

    make_customer_created(customer={"name": "…"}, without=["/customer/email"])

    Keywords and mappings are merged into a realistic payload; without= takes JSON pointers to leave out
    (first), era= the name of one of the provider's body shapes. What breaks the contract is refused, unless
    valid=False. Each call gives another payload, the same in every run.
    """
    from contract_kit.errors import ContractKitError

    def make(
        *changes: Mapping[str, Any],
        without: Iterable[str] | str = (),
        era: str | None = None,
        valid: bool = True,
        **fields: Any,
    ) -> Any:
        __tracebackhide__ = True
        try:
            return _contract_default.named(None, (*changes, fields), without=without, era=era, valid=valid)
        except ContractKitError as error:
            raise error.with_traceback(None) from None  # the test's own line says enough

    return make


@pytest.fixture
def contract_payload(_contract_marked: PayloadMaker) -> Any:
    """One realistic payload of the event that the contract marker names (customer.created without one)."""
    from contract_kit.errors import ContractKitError

    wrong = ""
    try:
        return _contract_marked.first()
    except ContractKitError as error:
        wrong = str(error)
    pytest.fail(wrong, pytrace=False)


@pytest.fixture
def make_contract_payload(_contract_marked: PayloadMaker) -> MakesPayload:
    """Make payloads of any event of any document.

    make_contract_payload("invoice.paid", spec=PATH, data={…})

    See make_customer_created for the keywords.
    """
    from contract_kit.errors import ContractKitError

    def make(
        event: str | None = None,
        /,
        *changes: Mapping[str, Any],
        spec: Path | str | None = None,
        without: Iterable[str] | str = (),
        era: str | None = None,
        valid: bool = True,
        **fields: Any,
    ) -> Any:
        __tracebackhide__ = True
        try:
            return _contract_marked.named(
                event, (*changes, fields), spec=spec, without=without, era=era, valid=valid
            )
        except ContractKitError as error:
            raise error.with_traceback(None) from None

    return make


@pytest.fixture
def make_contract_delivery(_contract_marked: PayloadMaker, contract_secret: str) -> MakesDelivery:
    """Make signed deliveries of any payload.

    make_contract_delivery(payload, secret="whsec_…", family="webhook")

    A delivery has body (bytes), headers, payload and secret. Without a payload it takes contract_payload's.
    """
    from contract_kit.errors import ContractKitError

    def make(
        payload: Any = None, /, *, secret: str | None = None, family: Family = "svix"
    ) -> ContractDelivery:
        __tracebackhide__ = True
        try:
            given = _contract_marked.first() if payload is None else payload
            return _contract_marked.signed(given, secret or contract_secret, family)
        except ContractKitError as error:
            raise error.with_traceback(None) from None

    return make


@pytest.fixture
def customer_created_delivery(
    _contract_default: PayloadMaker, customer_created: Any, contract_secret: str
) -> ContractDelivery:
    """The test's customer_created as it arrives: body (bytes), headers (signed now), payload, secret."""
    return _contract_default.signed(customer_created, contract_secret)


@pytest.fixture
def contract_case() -> Case:
    """One case of the catalogue: a test that asks for it runs once a case, chosen by the contract marker."""
    raise pytest.UsageError("contract_case belongs in a test's own arguments, where it is parametrized")
