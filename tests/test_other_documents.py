"""Consumers of four other documents: the correct ones are left alone, one fault of each is found and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_kit.report import Context
from contract_kit.runner import Settings, run
from contract_kit.spec import load_terms
from contract_kit.targets import open_python_target

FOLDER = Path(__file__).parent / "documents"
EVENTS = {
    "billing": "invoice.settled",
    "forge": "issue-labeled",
    "sensors": "reading",
    "thread": "comment.posted",
}


def findings(document: str, name: str) -> list[tuple[str, str | None, str]]:
    target = f"tests.consumers.elsewhere:{name}"
    refusal = ("tests.consumers.elsewhere:BadWebhook",)
    terms = load_terms(EVENTS[document], FOLDER / f"{document}.yaml")
    with open_python_target(target, rejects=refusal, timeout=2.0) as opened:  # type: ignore[attr-defined]
        result = run(terms, opened, Settings(max_examples=60), Context(target=target, kind="parser"))
    assert result.policy == "schema"
    return [(found.finding, found.pointer, found.title) for found in result.findings]


@pytest.mark.parametrize("document", EVENTS)
def test_a_correct_consumer_of_another_document_is_left_alone(document: str) -> None:
    assert findings(document, document) == []


@pytest.mark.parametrize(
    ("document", "name", "finding", "pointer"),
    [
        ("billing", "any_currency", "false_accept", "/total/currency"),
        ("billing", "short_card", "altered", "/payment/last4"),
        ("forge", "stone_has_title", "crash", "/issue/milestone/title"),
        ("forge", "ghost", "crash", "/sender"),
        ("sensors", "full_battery", "false_reject", "/battery"),
    ],
)
def test_a_fault_of_another_document_s_consumer_is_found(
    document: str, name: str, finding: str, pointer: str
) -> None:
    found = findings(document, name)
    assert (finding, pointer) in {(one, at) for one, at, _ in found}
    assert len(found) <= 2, found


def test_one_fault_in_a_schema_that_stands_in_a_choice_and_elsewhere_is_one_finding() -> None:
    """Where a comment may be null its rules are a branch of ``anyOf``; elsewhere they are the comment's own."""
    ((name, pointer, said),) = findings("thread", "any_mood")
    assert (name, pointer) == ("false_accept", "/comment/mood")
    assert said.startswith("accepts values outside the enum in ")
    assert "comment.mood " in said


def test_a_field_that_is_ruled_out_is_named() -> None:
    assert findings("thread", "withdrawn") == [
        ("false_accept", None, 'accepts withdrawn "x" (no such field)')
    ]
