"""``fuzz``, ``replay`` and baselines, as a user calls them: exit codes, what goes where, files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from xml.etree import ElementTree as ET

import pytest
from cli_makers import SMALL_RUN, Done, command, run, workplace

from contract_kit.cli import main
from contract_kit.report import report_schema
from contract_kit.schema import validator_for

ENUM = ("--only", "invalid:/status:enum:*")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A directory of its own with the small document and the consumers."""
    monkeypatch.delenv("CONTRACT_KIT_SECRET", raising=False)
    monkeypatch.chdir(workplace(tmp_path))
    return tmp_path


@pytest.fixture
def cli(place, capsys):
    def call(*words: str) -> Done:
        code = main(words)
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return call


def test_a_sound_consumer_ends_with_0_and_leaves_no_file(cli, place):
    before = sorted(place.iterdir())
    done = cli("fuzz", "shop:sound", *SMALL_RUN)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0].startswith("order.paid → shop:sound (parser)")
    assert "nothing found" in done.out
    assert [path for path in sorted(place.iterdir()) if path.name != "__pycache__"] == before


def test_a_fault_ends_with_1_and_every_report_tells_it(cli, place):
    reports = [word for name in ("r.json", "r.xml", "r.html") for word in ("--report", name)]
    done = cli("fuzz", "shop:faulty", *SMALL_RUN, *reports)
    assert (done.code, done.err) == (1, "")
    report = json.loads((place / "r.json").read_text("utf-8"))
    assert list(validator_for(report_schema()).violations(report)) == []
    assert [one["finding"] for one in report["findings"]] == ["false_accept"]
    assert report["findings"][0]["pointer"] == "/status"
    assert report["policy"] == "schema"
    assert report["summary"]["stopped"] is None
    assert ET.parse(place / "r.xml").getroot().tag in ("testsuites", "testsuite")
    assert "/status" in (place / "r.html").read_text("utf-8")


def test_the_line_under_a_finding_can_be_pasted_and_shows_it_again(cli, place):
    done = cli("fuzz", "shop:faulty", *SMALL_RUN, *ENUM)
    (line,) = [line for line in done.out.splitlines() if line.strip().startswith("replay ")]
    words = line.split()[2:]
    assert words[0] == "replay"
    again = cli(*words)
    assert again.code == 1
    assert again.out.splitlines()[-1] == "1 of 1 still fail"
    sound = cli(*[word.replace("shop:faulty", "shop:sound") for word in words])
    assert (sound.code, sound.out.splitlines()[-1]) == (0, "all 1 pass now")


def test_kept_failures_stay_out_of_version_control(cli, place):
    cli("fuzz", "shop:faulty", *SMALL_RUN, *ENUM)
    assert "*" in (place / ".contract_kit" / ".gitignore").read_text().splitlines()
    (kept,) = (place / ".contract_kit" / "failures").iterdir()
    assert json.loads(kept.read_text())["case"]["id"].startswith("invalid:/status:enum:")


def test_what_failed_last_time_is_tried_first_and_forgotten_when_it_passes(cli, place):
    cli("fuzz", "shop:faulty", *SMALL_RUN, *ENUM)
    (kept,) = (place / ".contract_kit" / "failures").iterdir()
    told = json.loads(kept.read_text())
    told["case"]["body"]["text"] = '{"event":"order.paid","status":"OPEN","note":"in no catalogue"}'
    told["case"]["id"] = "invalid:/status:enum:found-by-chance"
    kept.write_text(json.dumps(told))
    cli("fuzz", "shop:faulty", *SMALL_RUN, "--only", "*:found-by-chance", "--report", "r.json")
    (finding,) = json.loads((place / "r.json").read_text())["findings"]
    assert "in no catalogue" in finding["body"]["text"]
    shop = (place / "shop.py").read_text()
    (place / "shop.py").write_text(shop.replace('data["status"].lower()', 'data["status"]'))
    assert cli("fuzz", "shop:faulty", *SMALL_RUN).code == 0
    assert list((place / ".contract_kit" / "failures").iterdir()) == []


def test_a_kept_file_that_is_no_longer_one_is_passed_over(cli, place):
    folder = place / ".contract_kit" / "failures"
    folder.mkdir(parents=True)
    (folder / "a.json").write_text("not JSON")
    (folder / "b.json").write_text('{"version": 1, "target": "shop:sound"}')
    assert cli("fuzz", "shop:sound", *SMALL_RUN).code == 0
    assert cli("replay", ".contract_kit/failures/b.json", "shop:sound").code == 2


def test_a_report_is_replayed_whole(cli, place):
    cli("fuzz", "shop:faulty", *SMALL_RUN, "--report", "r.json")
    again = cli("replay", "r.json", "shop:faulty", "--rejects", "shop:BadWebhook")
    assert (again.code, again.err) == (1, "")
    assert again.out.splitlines()[0].startswith("still fails   false_accept  ")
    mended = cli("replay", "r.json", "shop:sound", "--rejects", "shop:BadWebhook")
    assert mended.code == 0
    assert mended.out.splitlines()[0].startswith("passes now    false_accept  ")
    (place / "small.yaml").rename(place / "moved.yaml")
    lost = cli("replay", "r.json", "shop:sound", "--rejects", "shop:BadWebhook")
    assert lost.code == 2
    assert "say where it is with --spec" in lost.err
    assert (
        cli("replay", "r.json", "shop:sound", "--rejects", "shop:BadWebhook", "--spec", "moved.yaml").code
        == 0
    )


def test_a_baseline_keeps_known_findings_in_sight_and_fails_no_run(cli, place):
    made = cli("fuzz", "shop:faulty", *SMALL_RUN, "--baseline", "base.json", "--update-baseline")
    assert (made.code, made.errors) == (0, ["base.json: 1 added, 0 removed, 1 known findings"])
    (entry,) = json.loads((place / "base.json").read_text())["findings"]
    assert entry["id"].startswith("false_accept-")
    known = cli("fuzz", "shop:faulty", *SMALL_RUN, "--baseline", "base.json", "--report", "r.json")
    assert (known.code, known.err) == (0, "")
    assert "(known)" in known.out
    assert [one["known"] for one in json.loads((place / "r.json").read_text())["findings"]] == [True]


def test_what_has_vanished_from_a_baseline_is_told_by_whole_runs_only(cli, place):
    cli("fuzz", "shop:faulty", *SMALL_RUN, "--baseline", "base.json", "--update-baseline")
    part = cli("fuzz", "shop:sound", *SMALL_RUN, "--kinds", "valid", "--baseline", "base.json")
    assert (part.code, part.err) == (0, "")
    whole = cli("fuzz", "shop:sound", *SMALL_RUN, "--baseline", "base.json")
    assert whole.code == 0
    assert whole.err.startswith("gone: false_accept-")
    cli("fuzz", "shop:sound", *SMALL_RUN, "--baseline", "base.json", "--update-baseline")
    assert json.loads((place / "base.json").read_text())["findings"] == []


def test_a_new_finding_fails_a_run_in_spite_of_the_baseline(cli, place):
    (place / "base.json").write_text('{"version": 1, "findings": []}')
    assert cli("fuzz", "shop:faulty", *SMALL_RUN, *ENUM, "--baseline", "base.json").code == 1


CONFIG = """
[tool.contract_kit]
spec = "small.yaml"
event = "order.paid"
max_examples = 0
rejects = ["shop:BadWebhook"]
[[tool.contract_kit.targets]]
name = "good"
target = "shop:sound"
[[tool.contract_kit.targets]]
name = "bad"
target = "shop:faulty"
"""
EXPECT = """
[[tool.contract_kit.expect]]
match = "invalid:/status:enum:*"
expect = "either"
because = "we read any case"
"""


def test_without_a_target_the_configured_ones_run_each_with_its_report(cli, place):
    (place / "pyproject.toml").write_text(CONFIG)
    done = cli("fuzz", "--report", "r.json")
    assert (done.code, done.err) == (1, "")
    assert "→ shop:sound (parser)" in done.out
    assert "→ shop:faulty (parser)" in done.out
    assert json.loads((place / "r.good.json").read_text())["findings"] == []
    assert len(json.loads((place / "r.bad.json").read_text())["findings"]) == 1


def test_a_configured_target_is_run_alone_by_its_name(cli, place):
    (place / "pyproject.toml").write_text(CONFIG)
    assert cli("fuzz", "good").code == 0
    assert cli("fuzz", "bad").code == 1


def test_a_target_that_cannot_be_had_does_not_stop_the_others(cli, place):
    (place / "pyproject.toml").write_text(CONFIG + '[[tool.contract_kit.targets]]\ntarget = "broken:parse"\n')
    done = cli("fuzz")
    assert (done.code, done.errors) == (3, ["Error: broken:parse: broken.py:3: RuntimeError: no database"])
    assert "→ shop:faulty (parser)" in done.out


def test_the_user_s_own_word_on_cases_counts(cli, place):
    (place / "pyproject.toml").write_text(CONFIG + EXPECT)
    assert cli("fuzz", "bad").code == 0


def test_what_a_command_line_says_goes_before_the_file(cli, place):
    (place / "pyproject.toml").write_text(CONFIG.replace("order.paid", "order.gone"))
    assert cli("fuzz", "good").code == 2
    assert cli("fuzz", "good", "--event", "order.paid").code == 0


def test_the_policy_can_be_chosen(cli):
    assert cli("fuzz", "shop:faulty", *SMALL_RUN, *ENUM, "--policy", "tolerant").code == 0


def test_max_findings_stops_a_run(cli, place):
    cli("fuzz", "shop:faulty", *SMALL_RUN, "-x", "--report", "r.json")
    assert json.loads((place / "r.json").read_text())["summary"]["stopped"] == "--max-findings"


def test_max_time_stops_a_run(cli, place):
    done = cli("fuzz", "shop:slow", *SMALL_RUN, "--max-time", "0.5", "--report", "r.json")
    assert done.code == 0
    assert json.loads((place / "r.json").read_text())["summary"]["stopped"] == "--max-time"


def test_quiet_says_less_and_verbose_more(cli):
    sizes = [
        len(cli("fuzz", "shop:faulty", *SMALL_RUN, *ENUM, *flags).out) for flags in (("-q",), (), ("-v",))
    ]
    assert sizes == sorted(set(sizes))


def test_a_command_after_two_dashes_is_a_target(cli, place):
    (place / "reader.py").write_text(
        "import sys, shop\n"
        "try: shop.sound(sys.stdin.buffer.read())\n"
        "except shop.BadWebhook as error: sys.exit(str(error))\n"
    )
    small = ("--spec", "small.yaml", "--event", "order.paid", "--max-examples", "0")
    done = cli("fuzz", *small, "--only", "invalid:/status:enum:*", "--", sys.executable, "reader.py")
    assert (done.code, done.err) == (0, "")
    assert "(command)" in done.out.splitlines()[0]


def test_a_class_is_a_model_and_a_value_taker_gets_values(cli, place):
    (place / "models.py").write_text(
        "from typing import Literal\nfrom pydantic import BaseModel\n"
        "class Paid(BaseModel, strict=True):\n"
        "    event: Literal['order.paid']\n    status: Literal['open', 'closed']\n"
        "def take(value):\n    Paid.model_validate(value)\n"
    )
    small = ("--spec", "small.yaml", "--event", "order.paid", "--max-examples", "0")
    assert cli("fuzz", "models:Paid", *small, "--kinds", "valid,invalid").code == 0
    assert cli("fuzz", "models:take", *small, "--input", "value").code == 0


def test_a_consumer_that_ends_its_process_is_a_finding_and_the_run_goes_on(cli, place):
    (place / "exits.py").write_text(
        "import os, shop\ndef parse(body):\n    if b'closed' in body: os._exit(3)\n    return shop.sound(body)\n"
    )
    done = cli("fuzz", "exits:parse", *SMALL_RUN, "--kinds", "valid")
    assert done.code == 1
    assert "crash" in done.out


def test_no_progress_goes_to_a_stderr_that_is_no_terminal(place):
    done = run("fuzz", "shop:sound", *SMALL_RUN, "--kinds", "valid", cwd=place)
    assert (done.code, done.err) == (0, "")


def test_interrupted_runs_show_what_they_found_and_write_whole_reports(place):
    words = ("fuzz", "shop:slow", *SMALL_RUN, "--timeout", "5", "--report", "r.json")
    process = subprocess.Popen(
        command(*words),
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    while not (place / "started").exists():  # then it has well begun, and some twenty seconds are ahead
        assert process.poll() is None
        time.sleep(0.01)
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to the whole group
    out, err = process.communicate(timeout=20)
    assert time.monotonic() - began < 15
    assert process.returncode == 130, err
    assert err == "interrupted: the findings so far are shown\n"
    assert out.startswith("order.paid → shop:slow (parser)")
    assert json.loads((place / "r.json").read_text())["summary"]["stopped"] == "interrupted"


def test_an_interruption_in_a_finalizer_is_not_forgotten(place):
    """Python prints what is raised there and goes on; it comes a moment later instead."""
    (place / "finalized.py").write_text(
        "import os, shop, signal\n"
        "class Last:\n"
        "    def __del__(self): os.kill(os.getpid(), signal.SIGINT)\n"
        "waiting = [Last()]\n"
        "def parse(body):\n"
        "    waiting.clear()\n"
        "    return shop.sound(body)\n"
    )
    done = run("fuzz", "finalized:parse", "--no-isolate", *SMALL_RUN, cwd=place)
    assert (done.code, done.err) == (130, "interrupted: the findings so far are shown\n")


def test_a_reader_that_goes_away_changes_nothing_about_the_verdict(place):
    process = subprocess.Popen(
        command("fuzz", "shop:faulty", *SMALL_RUN, *ENUM),
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (1, b"")
