"""Cases made of what a run learns of its target: constants, states, and pairs around what behaved differently."""

from __future__ import annotations

import ast
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from contract_kit.jsonio import MISSING, get, strict_loads
from contract_kit.model import Reply
from contract_kit.oracle import Comparison, Places
from contract_kit.oracle._bound import UNRELATED, Table
from contract_kit.report import Context
from contract_kit.runner import Settings, run
from contract_kit.runner._around import Odd, around_cases
from contract_kit.runner._constants import constant_cases
from contract_kit.runner._contexts import context_cases
from contract_kit.runner._edits import Edits
from contract_kit.runner._near import near
from contract_kit.runner._run import Run
from contract_kit.runner._settings import Progress
from contract_kit.schema import validator_for
from contract_kit.spec import load_terms
from contract_kit.targets import constants, open_python_target
from contract_kit.targets._constants import _constants

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from contract_kit.model import Case, Finding

TERMS = load_terms()
HEAD = """
from tests.consumers.correct.handwritten import BadWebhook, Parser

class Mine(Parser):
    pass

def parse(body):
    event = Parser().parse(body)
    c = event.get("customer", {})
"""


def found(folder: Path, code: str, **settings: Any) -> tuple[Finding, ...]:
    """The findings of a run over the correct consumer with some more lines, which know the customer as ``c``."""
    (folder / "shop.py").write_text(
        HEAD + textwrap.indent(textwrap.dedent(code), "    ") + "    return event\n"
    )
    refusal = "tests.consumers.correct.handwritten:BadWebhook"
    with open_python_target("shop:parse", rejects=(refusal,), cwd=str(folder), timeout=2.0) as target:  # type: ignore[attr-defined]
        options: dict[str, Any] = {"max_examples": 1, "kinds": frozenset({"valid", "invalid"}), **settings}
        return run(TERMS, target, Settings(**options), Context(target="shop:parse", kind="parser")).findings


@pytest.fixture
def edits() -> Edits:
    with open_python_target("json:loads", isolate=False) as target:  # type: ignore[attr-defined]
        settings, context = Settings(), Context(target="json:loads", kind="parser")
        return Edits(Run(TERMS, target, settings, context, Progress()))


def mined(*together: Any) -> Any:
    strings = tuple(dict.fromkeys(v for _, values in together for v in values if isinstance(v, str)))
    numbers = tuple(dict.fromkeys(v for _, values in together for v in values if isinstance(v, int)))
    return strings, numbers, together


def values_at(cases: Iterable[Case], at: str) -> list[Any]:
    return [get(strict_loads(case.body), at) for case in cases if case.at == at]


# -- what stands in the source ----------------------------------------------------------------


def test_statements_tell_which_constant_is_meant_for_which_property(tmp_path: Path) -> None:
    """Names, attributes and keys of one statement; those of the statements inside of it are their own."""
    source = """
        LIMITS = {"a": 1}
        def parse(body, kind="x"):
            c = body["customer"]
            if c.get("address_country") == "US" and c["size"] > 73:
                status = c.status
                return "inner"
            match c["tier"]:
                case "gold" | "silver":
                    return 1
            return None
    """
    (tmp_path / "shop.py").write_text(textwrap.dedent(source))
    with open_python_target("shop:parse", cwd=str(tmp_path)) as target:  # type: ignore[attr-defined]
        _, _, together = constants(target)
    told = {tuple(sorted(map(str, values))): set(names) for names, values in together}
    assert {"c", "get", "address_country"} <= told["73", "US", "address_country", "size"]
    assert told["gold", "silver", "tier"] >= {"c", "tier", "gold"}
    assert not any("inner" in values and "US" in values for _, values in together)


def test_a_name_may_be_the_end_of_a_property_s(edits: Edits) -> None:
    """``country == "US"`` speaks of ``address_country``; a constant that is a property's name is no value."""
    together = ((("country",), ("US", "status")), (("id",), ("x",)))
    told = [(site.node.pointer, value) for site, value in near(edits, together)]
    assert told == [
        ("/customer/address_country", "US"),
        ("/customer/id", "x"),
        ("/customer/integrations/*/id", "x"),
    ]


def test_constants_come_to_the_place_beside_whose_name_they_stand_first(edits: Edits) -> None:
    cases = list(constant_cases(edits, mined((("name",), ("test-",)))))
    assert cases[0].at == "/customer/name"
    assert values_at(cases, "/customer/name")[0] == "test-"
    assert any("test-" in value for value in values_at(cases, "/customer/metadata")), "as a key, too"


def test_each_learned_case_is_what_it_says(edits: Edits) -> None:
    """Valid ones satisfy the schema, broken ones break it at their place; ids are unique."""
    words = mined((("status", "name"), ("US", "gold", 73)), (("x",), ("credit_limit", "vip")))
    cases = [*constant_cases(edits, words), *context_cases(edits, words[2])]
    judge = validator_for(TERMS.schema)
    assert len({case.id for case in cases}) == len(cases) > 300
    for case in cases:
        broken = {violation.pointer for violation in judge.violations(strict_loads(case.body))}
        assert broken == ({case.at} if case.kind == "invalid" else set()), case.id


def test_numbers_are_sizes_that_size_and_one_more(edits: Edits) -> None:
    cases = list(constant_cases(edits, mined((("x",), (73,)))))
    assert [len(text) for text in values_at(cases, "/customer/name")] == [73, 74]
    assert [len(items) for items in values_at(cases, "/customer/integrations")] == [73, 74]
    assert [len(entries) for entries in values_at(cases, "/customer/metadata")] == [73, 74]


def test_a_line_break_is_asked_of_those_who_write_a_dollar(edits: Edits) -> None:
    assert not any("\\n" in case.body.decode() for case in constant_cases(edits, mined((("x",), ("^a",)))))
    cases = list(constant_cases(edits, mined((("x",), (r"\d+$",)))))
    assert "/customer/created_at" in {case.at for case in cases if case.variant == "line-feed-after"}


def test_there_is_a_bound(edits: Edits) -> None:
    """However large a source is, a run stays short."""
    many = mined(*((("name",), (f"word {n}", n)) for n in range(300)))
    assert len(list(constant_cases(edits, many))) <= 2_100
    assert len(list(context_cases(edits, many[2]))) <= 14 * 60 * 3


# -- around what behaved differently ----------------------------------------------------------


def noted(edits: Edits, replies: dict[str, Any]) -> Odd:
    """What is noted when texts at the name get these replies: an outcome, or a value for ``zone``."""
    odd = Odd()
    table = Table()
    table.put(("zone",), UNRELATED)
    comparison = Comparison(table, Places())
    for text, said in replies.items():
        case = edits.one("/customer/name", text, f"v-{text}", "words")
        assert case is not None
        accepted = said not in ("rejected", "crashed")
        reply = Reply(outcome="accepted", value={"zone": said}) if accepted else Reply(outcome=said)
        odd.note(case, reply, comparison)
    return odd


def test_a_case_for_each_way_of_behaving_is_noted(edits: Edits) -> None:
    odd = noted(edits, {"a": "EU", "b": "EU", "c": "US", "d": "rejected", "e": "rejected"})
    assert [case.variant for case in odd.cases()] == ["v-d", "v-c"]


def test_a_field_that_follows_the_body_is_no_trace_of_a_branch(edits: Edits) -> None:
    """A digest, a slug, a size is another one for each body."""
    assert noted(edits, {f"n{n}": f"digest {n}" for n in range(30)}).cases() == []


def test_pairs_are_made_around_it(edits: Edits) -> None:
    """What behaved differently meets each other place, absent and empty; all are sound, and not too many."""
    cases = list(around_cases(edits, noted(edits, {"a": "EU", "c": "US"})))
    bodies = [strict_loads(case.body) for case in cases]
    assert 20 < len(cases) <= 600
    assert all(body["customer"].get("name") == "c" for body in bodies if "customer" in body)
    assert any(get(body, "/customer/email") is MISSING for body in bodies)
    assert {case.expect for case in cases} <= {"accept", "either"}


# -- faults that need it ----------------------------------------------------------------------


CREDIT = 'crashes with ZeroDivisionError when customer.metadata.credit_limit is "" (and in 1 more place)'


@pytest.mark.parametrize(
    ("code", "finding", "title"),
    [
        (
            'if c.get("name", "").startswith("test-"):\n    raise KeyError("sandbox")',
            "crash",
            'crashes with KeyError when customer.name is "test-"',
        ),
        (
            'float(c.get("metadata", {}).get("credit_limit", "0") or 1 / 0)',
            "crash",
            CREDIT,
        ),
        (
            'if len(c.get("external_id", "")) == 73:\n    raise BadWebhook',
            "false_reject",
            'refuses customer.external_id of 73 characters ("Lorem ipsum dol…")',
        ),
        (
            'if c.get("address_country") == "US" and not c.get("address_state"):\n    raise LookupError',
            "crash",
            'crashes with LookupError when customer.address_country is "US" and customer.address_state is ""',
        ),
        (
            'if c.get("locale", {}).get("lang") == "x":\n    pass',
            "crash",
            "crashes with AttributeError when an unknown field, customer.locale, is 0",
        ),
    ],
    ids=["prefix", "key", "size", "state", "unknown property"],
)
def test_a_fault_that_only_its_source_gives_away_is_found(
    tmp_path: Path, code: str, finding: str, title: str
) -> None:
    [one] = found(tmp_path, code + "\n")
    assert (one.finding, one.title) == (finding, title)


def test_a_check_that_hangs_on_a_state_is_found_without_the_source(tmp_path: Path) -> None:
    """Members of short enums are states of every target, a program's too."""
    code = """
        raw = __import__("json").loads(body)
        if raw.get("customer", {}).get("status") != "deleted" and not isinstance(raw["customer"].get("name", ""), str):
            raise BadWebhook
    """
    source = HEAD.replace("event = Parser().parse(body)", "event = Loose().parse(body)").replace(
        "    pass",
        "    pass\n\nclass Loose(Parser):\n    def text(self, value, at):\n"
        '        return value if at == "/customer/name" else super().text(value, at)',
    )
    (tmp_path / "shop.py").write_text(
        source + textwrap.indent(textwrap.dedent(code), "    ") + "    return event\n"
    )
    refusals = ("tests.consumers.correct.handwritten:BadWebhook", "builtins:KeyError")
    with open_python_target("shop:parse", rejects=refusals, cwd=str(tmp_path)) as target:  # type: ignore[attr-defined]
        settings = Settings(max_examples=1, kinds=frozenset({"invalid"}))
        [one] = run(TERMS, target, settings, Context(target="shop:parse", kind="parser")).findings
    assert one.title == 'accepts customer.name 42 where customer.status is "deleted" (must be a string)'
    assert one.finding == "false_accept"


def test_rules_in_annotations_are_looked_at_and_mere_types_are_not() -> None:
    """Models have their patterns and limits there."""
    tree = ast.parse(
        'class A:\n    x: Annotated[str, Field(pattern="^a$", max_length=77)] = "d"\n    y: Literal["b"] = "e"\n'
    )
    assert list(_constants(tree)) == ["^a$", 77, "d", "e"]
