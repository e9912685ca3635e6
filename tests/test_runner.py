"""A run: what it judges, how it groups, when it stops, and what it says of itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from contract_kit.jsonio import strict_loads
from contract_kit.report import Context, to_json
from contract_kit.runner import Expectation, Progress, Settings, run
from contract_kit.spec import load_terms
from contract_kit.targets import CommandTarget, open_python_target

if TYPE_CHECKING:
    from contract_kit.model import Finding, RunResult

TERMS = load_terms()
REFUSAL = "tests.consumers.correct.handwritten:BadWebhook"


def fuzz(name: str, *, timeout: float = 1.0, progress: Progress | None = None, **settings: Any) -> RunResult:
    options: dict[str, Any] = {"max_examples": 0, **settings}
    target = open_python_target(f"tests.runner_targets:{name}", rejects=(REFUSAL,), timeout=timeout)
    with target:  # type: ignore[attr-defined]
        context = Context(target=f"tests.runner_targets:{name}", kind=target.kind)
        return run(TERMS, target, Settings(**options), context, progress=progress)


def only(result: RunResult) -> Finding:
    assert len(result.findings) == 1, [finding.title for finding in result.findings]
    return result.findings[0]


def test_one_crash_is_one_finding_with_the_absence_that_causes_it() -> None:
    found = only(fuzz("needs_email", only=("valid:*", "invalid:*email*")))
    assert (found.finding, found.pointer, found.case.id) == (
        "crash",
        "/customer/email",
        "valid:/customer/email::absent",
    )
    assert found.reply.exception == "KeyError"
    assert found.reply.where is not None
    assert found.reply.where.startswith("tests/runner_targets.py:")


def test_the_shown_example_is_small_and_still_what_it_claims_to_be() -> None:
    found = only(fuzz("needs_email", only=("valid:/customer/*",)))
    value = strict_loads(found.case.body)
    assert "integrations" not in value["customer"]
    assert "email" not in value["customer"]
    assert TERMS.schema
    assert found.reply.outcome == "crashed"


def test_a_reader_that_checks_nothing_has_one_finding_that_says_so() -> None:
    result = fuzz("passer", kinds=frozenset({"invalid"}))
    (found,) = result.findings
    assert found.finding == "false_accept"
    assert found.title.startswith("checks next to nothing: accepts customer.status")
    assert found.count > 2000
    assert result.coverage.violated == result.coverage.constraints == 44


def test_cases_about_one_field_say_nothing_of_the_others() -> None:
    (found,) = fuzz("passer", only=("invalid:/customer/status:*",)).findings
    assert found.title.startswith("accepts customer.status ")
    assert found.locations == ("/customer/status",)


def test_a_subtree_that_nobody_looks_at_is_one_finding() -> None:
    (found,) = fuzz("blind_to_integrations", kinds=frozenset({"invalid"})).findings
    assert found.finding == "false_accept"
    assert found.title.startswith("checks nothing below customer.integrations: accepts")
    assert found.locations[0] == "/customer/integrations"
    assert "/customer/integrations/*/status" in found.locations


def test_a_state_that_is_kept_is_told_from_a_refusal() -> None:
    found = only(fuzz("refuses_every_seventh", only=("valid:/customer/name*",)))
    assert found.finding == "inconsistent"


def test_a_refusal_of_sound_text_names_the_text() -> None:
    found = only(fuzz("no_pipes", only=("valid:/customer/name:*", "valid:::*")))
    assert found.finding == "false_reject"
    assert "|" in found.case.body.decode()


def test_a_hang_is_cut_off_and_the_run_goes_on() -> None:
    result = fuzz("hangs", only=("valid:/customer/address_c*",), timeout=0.3)
    found = only(result)
    assert found.finding == "timeout"
    assert result.summary.cases > 300


def test_after_some_hangs_of_one_cause_its_other_cases_are_skipped_and_counted() -> None:
    started = time.monotonic()
    result = fuzz("hangs_on_every_text", only=("valid:/customer/address_city*",), timeout=0.2)
    assert only(result).finding == "timeout"
    assert result.summary.skipped > 50
    assert time.monotonic() - started < 90


def test_what_a_consumer_keeps_between_calls_shows() -> None:
    result = fuzz("remembers_name", only=("valid:/customer/name*", "valid:::*"))
    assert {finding.finding for finding in result.findings} <= {"altered", "inconsistent"}
    assert result.findings


def test_a_case_that_takes_far_longer_than_its_size_explains_is_slow() -> None:
    result = fuzz("slow_on_many", only=("valid:/customer/metadata*", "valid:/customer/email*"))
    assert only(result).finding == "slow"


def test_a_consumer_that_returns_nothing_is_told_that_values_were_not_compared() -> None:
    result = fuzz("nothing", only=("valid:/customer/email*",))
    assert result.findings == ()
    assert any("not compared" in note for note in result.notes)


def test_a_command_that_is_started_for_each_body_is_told_of_the_quicker_way(monkeypatch) -> None:
    monkeypatch.setattr("contract_kit.runner._run._MANY_STARTS", 10)
    settings = Settings(only=("valid:/customer/name*",), max_examples=0)
    with CommandTarget(["cat"]) as target:
        result = run(TERMS, target, settings, Context(target="cat", kind="command"))
    assert result.findings == ()
    assert [note for note in result.notes if "once a body" in note and "docs/worker-protocol.md" in note]


def test_an_undeclared_refusal_is_hinted_at() -> None:
    target = open_python_target(
        "tests.runner_targets:needs_email", rejects=("builtins:LookupError",), timeout=1.0
    )
    with target:  # type: ignore[attr-defined]
        settings = Settings(only=("invalid:/customer/status:*",), max_examples=0)
        result = run(TERMS, target, settings, Context(target="x", kind="parser"))
        declared = Context(target="x", kind="parser", rejects=("builtins:LookupError",))
        besides = run(TERMS, target, settings, declared)
    hint = "if that is how the target refuses, say --rejects tests.consumers.correct.handwritten:BadWebhook"
    assert [note.partition(": ")[2] for note in result.notes if "--rejects" in note] == [hint]
    assert [note.partition(": ")[2] for note in besides.notes if "--rejects" in note] == [f"{hint} too"]
    summary = result.summary
    assert summary.cases_per_s == pytest.approx(summary.cases / summary.duration_s, rel=0.02)


def test_the_users_own_word_overrides_the_policy_and_is_shown() -> None:
    told = (Expectation("invalid:*:enum:*", "either", "we read unknown statuses as published"),)
    result = fuzz("passer", kinds=frozenset({"invalid"}), expectations=told)
    assert "enum" not in {finding.keyword for finding in result.findings}


@pytest.mark.parametrize(
    ("settings", "stopped"),
    [({"max_findings": 1}, "--max-findings"), ({"max_time": 0.05}, "--max-time")],
)
def test_a_run_stops_when_it_is_told_to(settings: dict[str, Any], stopped: str) -> None:
    result = fuzz("passer", kinds=frozenset({"invalid"}), **settings)
    assert result.summary.stopped == stopped
    assert result.summary.cases < 2500


def test_an_interrupted_run_says_what_it_had_found() -> None:
    class Impatient(Progress):
        def found(self, title: str) -> None:
            raise KeyboardInterrupt

    result = fuzz("passer", kinds=frozenset({"invalid"}), progress=Impatient())
    assert result.summary.stopped == "interrupted"


def test_the_same_run_twice_says_the_same() -> None:
    first, second = (fuzz("no_pipes", only=("valid:/customer/name:*",), max_examples=30) for _ in range(2))

    def told(result: RunResult) -> Any:
        tree = to_json(result)
        tree["summary"].pop("duration_s"), tree["summary"].pop("cases_per_s")
        return tree

    assert told(first) == told(second)


def test_random_search_finds_what_the_catalogue_was_kept_from() -> None:
    """The ids of random bodies end in ``random``: the globs leave nothing of the catalogue with strange letters."""
    skip = ("valid:*[!m]", "valid:*:unicode-*")
    (found,) = fuzz("dies_of_letters", skip=skip, kinds=frozenset({"valid"}), max_examples=200).findings
    assert found.case.id.endswith(":random")
    assert (found.finding, found.pointer) == ("crash", "/customer/name")


def test_a_body_that_cannot_be_written_back_is_shown_as_it_is() -> None:
    """Its number is beyond doubles: Python reads an infinity, which no JSON can say."""
    found = only(fuzz("dies_of_infinity", only=("valid:*beyond*",)))
    assert found.finding == "crash"
    assert b"1e400" in found.case.body


def test_a_number_beyond_doubles_that_is_refused_makes_no_pairs_with_others() -> None:
    """It is read as infinity, which nobody can write into another body."""
    result = fuzz("no_infinity", kinds=frozenset({"valid"}), max_examples=1)
    assert not result.findings
    assert result.summary.stopped is None


def test_what_is_absent_makes_pairs_like_what_is_there() -> None:
    assert not fuzz("links_counted", kinds=frozenset({"valid"}), max_examples=1).findings


def test_a_sound_body_that_fails_for_one_thing_in_it_says_for_which() -> None:
    """Everything fails but what has another postal code: then it is that."""
    found = only(fuzz("numeric_postal_code"))
    assert found.title == 'refuses a sound body, because customer.address_postal_code is "72-685"'
    assert (found.pointer, found.case.id) == ("/customer/address_postal_code", "valid:::full")


@pytest.mark.parametrize(
    ("name", "place", "words"),
    [
        ("knows_no_archived_link", "/customer/integrations/*/status", '[1].status is "archived"'),
        ("six_digits_of_a_second", "/customer/updated_at", 'updated_at is "'),
    ],
)
def test_where_nothing_tells_what_a_sound_body_is_refused_for_it_is_asked(
    name: str, place: str, words: str
) -> None:
    """Its fields are taken away as long as it is refused, and what stays is the cause."""
    found = only(fuzz(name, kinds=frozenset({"valid"})))
    assert (found.finding, found.pointer, found.case.id) == ("false_reject", place, "valid:::full")
    assert found.title.startswith("refuses a sound body, because customer.")
    assert words in found.title


def test_what_is_refused_for_what_came_before_is_one_finding_with_its_spellings() -> None:
    """Another spelling is refused, and so is its plain one: for the same reason, and not for the spelling."""
    found = only(fuzz("once_only", kinds=frozenset({"valid", "equivalent"})))
    assert (found.finding, found.pointer) == ("inconsistent", None)


def test_a_short_value_that_is_a_neighbours_each_time_is_one_put_in_its_place() -> None:
    found = only(fuzz("country_for_state", kinds=frozenset({"valid"})))
    assert (found.finding, found.pointer) == ("altered", "/customer/address_state")
    assert "the value of customer.address_country in place of customer.address_state" in found.title


def test_what_would_be_told_in_the_same_words_is_told_once() -> None:
    """Among many items that are alike the order is seen as other values: made small, it is the order again."""
    found = only(fuzz("links_by_provider", kinds=frozenset({"valid"})))
    assert found.title == "re-orders the items of customer.integrations"
    assert len(found.case_ids) == found.count


@pytest.mark.parametrize("name", ["labelled", "streamed", "stored", "providers"])
def test_what_is_a_consumers_own_affair_is_no_finding(name: str) -> None:
    """A map told in its order, rows of two tables with fields of the same names, a database's keys."""
    assert not fuzz(name, kinds=frozenset({"valid", "equivalent"})).findings


def test_spellings_of_a_body_that_is_refused_are_no_finding_of_their_own() -> None:
    """One of the sound bodies has a name of other letters: its nineteen spellings are refused for that."""
    found = only(fuzz("latin_names", kinds=frozenset({"valid", "equivalent"})))
    assert (found.finding, found.pointer) == ("false_reject", "/customer/name")
    assert any(name.startswith("equivalent:") for name in found.case_ids)


def test_what_is_refused_for_its_size_is_one_finding_with_the_limit() -> None:
    found = only(fuzz("sixty_kilobytes"))
    assert found.title.startswith("refuses bodies of 6")
    assert "bytes and more (the largest that it took has " in found.title


def test_a_long_text_is_shown_as_short_as_it_fails() -> None:
    """The catalogue has 101 letters; the limit is at 73."""
    found = only(fuzz("short_names", only=("valid:/customer/name:*",)))
    assert found.title == 'refuses customer.name of 74 characters ("xx3x5x7x9x12x15…")'
    assert len(strict_loads(found.case.body)["customer"]["name"]) == 74


def test_many_items_are_shown_as_few_as_fail() -> None:
    found = only(fuzz("few_links", only=("valid:/customer/integrations:*",)))
    assert found.title == "crashes with AssertionError when customer.integrations has 13 items"
    assert found.changed == "/customer/integrations: 3 → 13 items"
    assert len(strict_loads(found.case.body)["customer"]["integrations"]) == 13


def test_two_differences_that_fail_together_are_told_together() -> None:
    """No single one does: a pair of the covering array is taken back to the two that matter."""
    found = only(fuzz("nameless", only=("valid:::pair-*", "valid:/customer/*")))
    assert (
        found.title
        == "crashes with LookupError when customer.external_id is absent and customer.name is absent"
    )
    assert found.pointer == "/customer"


def test_what_checks_the_first_item_alone_is_said_to() -> None:
    found = only(fuzz("first_link_only", kinds=frozenset({"invalid"})))
    assert found.title.startswith("checks only the first item of customer.integrations: accepts ")


def test_absent_and_empty_are_one_wish() -> None:
    found = only(fuzz("wants_email", only=("valid:/customer/email:*",)))
    assert found.title == "refuses a body without customer.email"


def test_hangs_and_what_is_slow_beside_them_are_one_finding() -> None:
    found = only(fuzz("backtracks", only=("valid:/customer/email:*",), timeout=0.5))
    assert found.finding == "timeout"


def test_what_comes_of_state_is_not_called_a_crash() -> None:
    """Alone, each of these bodies is taken."""
    found = only(fuzz("every_thirtieth", kinds=frozenset({"valid"}), max_examples=30))
    assert found.finding == "inconsistent"
    assert found.title.startswith("crashes with ConnectionError once it has seen other bodies, e.g. ")


def test_a_counter_in_what_comes_out_is_no_state() -> None:
    assert fuzz("numbered", kinds=frozenset({"valid", "equivalent"})).findings == ()


def test_a_clock_in_what_comes_out_is_no_state() -> None:
    result = fuzz("timed", kinds=frozenset({"equivalent"}))
    assert result.findings == ()
    assert result.summary.cases > 50


def test_crashes_and_pauses_that_take_long_are_given_no_more_often_than_hangs() -> None:
    """A run stays short: what costs half a second each time is known after a few."""
    for name, finding, only_ in (
        ("dear_death", "crash", "valid:/customer/address_city*"),
        ("dear_pause", "slow", "valid:*"),
    ):
        started = time.monotonic()
        result = fuzz(name, only=(only_,), timeout=2.0)
        assert only(result).finding == finding
        assert result.summary.skipped > 15
        assert time.monotonic() - started < 90


def test_a_pair_whose_list_hides_the_difference_is_no_cause_of_its_own() -> None:
    """What a whole array differs in is taken back item by item, to the one field that matters."""
    result = fuzz("no_offsets", policy="schema", only=("valid:/customer/integrations/*", "valid:::pair*"))
    found = only(result)
    assert found.finding == "false_reject"
    assert found.pointer == "/customer/integrations/*/created_at"


def test_an_outer_name_that_is_used_in_an_inner_loop_shows() -> None:
    found = only(fuzz("outer_id", only=("valid:::full", "valid:/customer/integrations*")))
    assert found.finding == "altered"
    assert found.title.startswith("gives the value of customer.id in place of customer.integrations[0].id: ")


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("utf8_of_id", "malformed:/customer/external_id::surrogate"),
        ("zone_of_postal_code", "valid:/customer/address_postal_code::unicode-superscript-digits"),
    ],
)
def test_texts_that_few_think_of_stand_at_each_place(name: str, case: str) -> None:
    found = only(fuzz(name, only=("valid:/customer/address_*", "malformed:*")))
    assert (found.finding, found.case.id) == ("crash", case)
    assert len(found.locations) == 1


def test_a_broken_rule_beside_what_fails_says_nothing_of_the_place() -> None:
    target = open_python_target(
        "tests.consumers.faulty.crashes:email_domain", rejects=(REFUSAL,), timeout=1.0
    )
    with target:  # type: ignore[attr-defined]
        settings = Settings(
            only=("valid:/customer/email*", "valid:::with*", "invalid:*:with*"), max_examples=0
        )
        result = run(TERMS, target, settings, Context(target="x", kind=target.kind))
    assert only(result).locations == ("/customer/email",)
