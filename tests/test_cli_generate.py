"""``generate``: the same bytes however many processes make them, columns that DuckDB reads, and bad luck."""

from __future__ import annotations

import itertools
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest
from cli_makers import Done, command, workplace

from contract_kit.cli import _generate_parquet, main
from contract_kit.cli._columns import columns_of
from contract_kit.cli._generate_make import blocks, slices
from contract_kit.jsonio import compact
from contract_kit.spec import load_terms

ON_LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc who is still there")
MILLION = ("generate", "--count", "1000000")

ODD = """\
openapi: 3.1.0
info: {title: names and shapes that tables do not like, version: "1"}
paths: {}
webhooks:
  thing.made:
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
      responses: {"200": {description: taken}}
  list/of things:
    post:
      requestBody:
        content:
          application/json:
            schema: {type: array, minItems: 1, items: {type: object, required: [id], properties: {id: {type: string}}}}
      responses: {"200": {description: taken}}
components:
  schemas:
    Thing:
      type: object
      required: [event, id, choice, any, tree, labels, lines, beyond, name, NAME]
      properties:
        event: {const: thing.made}
        id: {type: string}
        count: {type: integer}
        beyond: {type: integer, minimum: 9223372036854775808}
        price: {type: number}
        sure: {type: boolean}
        any: {}
        either: {type: [string, integer]}
        maybe: {type: [string, "null"]}
        choice:
          oneOf:
            - {type: object, required: [kind, x], properties: {kind: {const: a}, x: {type: integer}}}
            - {type: object, required: [kind, y], properties: {kind: {const: b}, y: {type: string}}}
        tree: {$ref: "#/components/schemas/Node"}
        labels: {type: object, minProperties: 1, additionalProperties: {type: string}}
        mixed: {type: object, properties: {a: {type: string}}, additionalProperties: {type: integer}}
        lines:
          type: array
          minItems: 1
          items: {type: object, required: [sku, qty], properties: {sku: {type: string}, qty: {type: integer}, "we ird.name": {type: boolean}}}
        pair: {type: array, prefixItems: [{type: string}, {type: integer}], items: false, minItems: 2}
        "": {type: string}
        naïve: {type: string}
        name: {type: string}
        NAME: {type: string}
    Node:
      type: object
      required: [id]
      properties:
        id: {type: string}
        child: {$ref: "#/components/schemas/Node"}
        children: {type: array, items: {$ref: "#/components/schemas/Node"}}
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CONTRACT_KIT_SECRET", raising=False)
    monkeypatch.chdir(workplace(tmp_path))
    (tmp_path / "odd.yaml").write_text(ODD, encoding="utf-8")
    return tmp_path


@pytest.fixture
def cli(place, capsys):
    def call(*words: str) -> Done:
        code = main(words)
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return call


def made(cli, *words: str) -> bytes:
    """The file that a call writes."""
    done = cli("generate", *words)
    assert (done.code, done.out, done.err) == (0, "", "")
    return Path(words[-1]).read_bytes()


def left_behind(place: Path) -> list[str]:
    """What stands there that nobody asked for."""
    known = {"small.yaml", "odd.yaml", "shop.py", "broken.py", "__pycache__"}
    return sorted(path.name for path in place.iterdir() if path.name not in known)


# -- several processes ------------------------------------------------------------------------


@pytest.mark.parametrize("workers", ["2", "3", "5"])
@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_the_bytes_do_not_depend_on_the_number_of_processes(cli, form, workers):
    """Slices of which the last is short, that begin in the middle of a sampler's block."""
    words = ("--count", "2321", "--start", "1037", "--seed", "5", "--format", form)
    alone = made(cli, *words, "--out", "alone")
    assert made(cli, *words, "--workers", workers, "--out", "together") == alone


def test_columns_do_not_depend_on_it_either(cli, monkeypatch):
    monkeypatch.setattr(_generate_parquet, "_ROWS", 300)
    words = ("--count", "1000", "--start", "77")
    alone = made(cli, *words, "--out", "alone.parquet")
    assert made(cli, *words, "--workers", "3", "--out", "together.parquet") == alone


def test_the_parts_of_a_directory_do_not_either_and_each_holds_its_stretch(cli, place, monkeypatch):
    monkeypatch.setattr(_generate_parquet, "_ROWS", 100)
    monkeypatch.setattr(_generate_parquet, "_PART", 400)
    for workers in ("1", "3"):
        words = ("--count", "1050", "--format", "parquet", "--workers", workers, "--out", f"by{workers}")
        assert cli("generate", *words).code == 0
    folders = [place / f"by{workers}" / "contract_event=customer.created" for workers in (1, 3)]
    names = [f"part-{number:05}.parquet" for number in range(3)]
    assert [sorted(path.name for path in folder.iterdir()) for folder in folders] == [names, names]
    for name in names:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()
    sizes = [duckdb.sql(f"SELECT count(*) FROM '{folders[0] / name}'").fetchall() for name in names]
    assert sizes == [[(400,)], [(400,)], [(250,)]]


def test_cases_are_made_by_several_too(cli):
    words = ("--kinds", "invalid,malformed", "--count", "3000", "--start", "40", "--format", "ndjson")
    alone = made(cli, *words, "--out", "alone")
    assert alone.count(b"\n") == 3000
    assert made(cli, *words, "--workers", "3", "--out", "together") == alone


def test_slices_that_were_made_apart_are_the_whole(cli):
    """Wherever it is cut: within a block of the sampler, at its edges, one by one."""
    whole = made(cli, "--count", "300", "--format", "ndjson", "--out", "whole").splitlines(keepends=True)
    cuts = [0, 1, 63, 64, 65, 128, 129, 300]
    for start, end in itertools.pairwise(cuts):
        words = ("--start", str(start), "--count", str(end - start), "--format", "ndjson", "--out", "part")
        assert made(cli, *words).splitlines(keepends=True) == whole[start:end]


def test_a_slice_far_out_is_reached_at_once(cli):
    begun = time.process_time()
    first = made(cli, "--start", str(10**15), "--count", "2", "--out", "far")
    assert made(cli, "--start", str(10**15), "--count", "2", "--out", "far") == first
    assert time.process_time() - begun < 20


def test_more_processes_than_slices_are_not_started():
    assert list(slices(5, 10, 4)) == [(5, 4), (9, 4), (13, 2)]
    with blocks(_numbers, 5, 3, size=4, workers=50) as found:
        assert b"".join(found) == b"5,3;"


def _numbers(first: int, count: int) -> bytes:
    return b"%d,%d;" % (first, count)


def _fails_at_twelve(first: int, count: int) -> bytes:
    if first == 12:
        raise ValueError("no dozen")
    return _numbers(first, count)


def test_a_worker_that_fails_says_so_after_what_was_made_before():
    from contract_kit.errors import ContractKitError

    found = []
    with (
        pytest.raises(ContractKitError, match="a worker failed: ValueError: no dozen"),
        blocks(_fails_at_twelve, 0, 40, size=4, workers=3) as pieces,
    ):
        found.extend(pieces)
    assert found == [b"0,4;", b"4,4;", b"8,4;"]


# -- columns ----------------------------------------------------------------------------------


def rows_of(path: Path | str) -> list[dict[str, Any]]:
    found = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def types_of(path: Path | str) -> dict[str, str]:
    return {row[0]: row[1] for row in duckdb.sql(f"DESCRIBE SELECT * FROM '{path}'").fetchall()}


def without_absent(value: Any) -> Any:
    """A value of a table as the body had it: what is absent is null in a table."""
    if isinstance(value, dict):
        return {key: without_absent(item) for key, item in value.items() if item is not None}
    return [without_absent(item) for item in value] if isinstance(value, list) else value


def test_the_columns_of_a_customer_hold_what_the_bodies_hold(cli):
    made(cli, "--count", "500", "--out", "rows.parquet")
    bodies = json.loads(made(cli, "--count", "500", "--out", "rows.json"))
    for row, body in zip(rows_of("rows.parquet"), bodies, strict=True):
        assert without_absent(row) == body


def test_columns_of_a_customer_are_of_the_contracts_own_types(cli):
    made(cli, "--count", "5", "--out", "rows.parquet")
    found = duckdb.sql("DESCRIBE SELECT customer.* FROM 'rows.parquet'").fetchall()
    types = {row[0]: row[1] for row in found}
    assert types["metadata"] == "MAP(VARCHAR, VARCHAR)"
    assert types["integrations"].startswith("STRUCT(")
    assert types["integrations"].endswith(")[]")
    assert types["created_at"] == types["timezone"] == "VARCHAR"


def test_nested_columns_can_be_asked(cli):
    made(cli, "--count", "2000", "--out", "rows.parquet")
    bodies = json.loads(made(cli, "--count", "2000", "--out", "rows.json"))
    mappings = [one for body in bodies for one in body["customer"].get("integrations", ())]
    entries = [entry for body in bodies for entry in body["customer"].get("metadata", {}).items()]
    asked = duckdb.sql(
        "SELECT sum(len(customer.integrations)), sum(cardinality(customer.metadata)),"
        " count(*) FILTER (customer.address_country = 'DE') FROM 'rows.parquet'"
    ).fetchall()
    germans = sum(body["customer"].get("address_country") == "DE" for body in bodies)
    assert asked == [(len(mappings), len(entries), germans)]


def test_a_directory_is_partitioned_by_the_event(cli):
    for event, count in (("order.paid", 3), ("order.refunded", 4)):
        words = ("--spec", "small.yaml", "--event", event, "--format", "parquet", "--out", "lake")
        assert cli("generate", "--count", str(count), *words).code == 0
    asked = (
        "SELECT contract_event, count(*) FROM read_parquet('lake/**/*.parquet', hive_partitioning = true,"
        " union_by_name = true) GROUP BY ALL ORDER BY ALL"
    )
    assert duckdb.sql(asked).fetchall() == [("order.paid", 3), ("order.refunded", 4)]


def test_parts_of_before_go_and_strange_files_stay(cli, place, monkeypatch):
    monkeypatch.setattr(_generate_parquet, "_ROWS", 10)
    monkeypatch.setattr(_generate_parquet, "_PART", 10)
    words = ("generate", "--spec", "small.yaml", "--event", "order.paid", "--format", "parquet", "--out", "d")
    assert cli(*words, "--count", "30").code == 0
    assert cli(*words, "--count", "5").code == 0
    folder = place / "d" / "contract_event=order.paid"
    assert [path.name for path in folder.iterdir()] == ["part-00000.parquet"]
    (folder / "notes.txt").write_text("mine")
    done = cli(*words, "--count", "5")
    assert done.code == 2
    assert "notes.txt" in done.err
    assert (folder / "notes.txt").read_text() == "mine"
    assert [path.name for path in (place / "d").iterdir()] == [folder.name]


def test_other_documents_have_columns_too(cli):
    """Choices, any values, what nests without end and numbers beyond 64 bits are JSON texts; names stay."""
    words = ("--spec", "odd.yaml", "--event", "thing.made", "--count", "400")
    made(cli, *words, "--out", "odd.parquet")
    bodies = json.loads(made(cli, *words, "--out", "odd.json"))
    types = types_of("odd.parquet")
    as_text = ("beyond", "any", "either", "choice", "pair")
    assert {types[name] for name in as_text} == {"VARCHAR"}
    assert types["count"] == "BIGINT"
    assert types["price"] == "DOUBLE"
    assert types["sure"] == "BOOLEAN"
    assert types["labels"] == "MAP(VARCHAR, VARCHAR)"
    assert types["mixed"] == "STRUCT(a VARCHAR, additional_properties MAP(VARCHAR, VARCHAR))"
    assert types["lines"] == 'STRUCT(sku VARCHAR, qty BIGINT, "we ird.name" BOOLEAN)[]'
    assert types["tree"] == "STRUCT(id VARCHAR, child VARCHAR, children VARCHAR[])"
    rows = rows_of("odd.parquet")
    for row, body in zip(rows, bodies, strict=True):
        for name in as_text:
            assert row[name] == (compact(body[name]).decode() if name in body else None)
        for name in ("event", "id", "count", "price", "sure", "maybe", "naïve", "name", "labels"):
            assert row[name] == body.get(name)
        assert [without_absent(line) for line in row["lines"]] == body["lines"]
        assert row["tree"]["id"] == body["tree"]["id"]
    assert {row["choice"][:11] for row in rows} == {'{"kind":"a"', '{"kind":"b"'}


def test_a_body_that_is_no_object_has_one_column(cli):
    words = ("--spec", "odd.yaml", "--event", "list/of things", "--count", "20", "--out")
    made(cli, *words, "list.parquet")
    assert types_of("list.parquet") == {"value": "STRUCT(id VARCHAR)[]"}
    bodies = json.loads(made(cli, *words, "list.json"))
    assert [row["value"] for row in rows_of("list.parquet")] == bodies


def test_an_events_name_is_escaped_where_it_is_part_of_a_path(cli, place):
    words = ("--spec", "odd.yaml", "--event", "list/of things", "--format", "parquet", "--out", "d")
    assert cli("generate", "--count", "2", *words).code == 0
    assert [path.name for path in (place / "d").iterdir()] == ["contract_event=list%2Fof%20things"]
    asked = "SELECT DISTINCT contract_event FROM read_parquet('d/**/*.parquet', hive_partitioning = true)"
    assert duckdb.sql(asked).fetchall() == [("list/of things",)]


def test_names_beside_the_declared_ones_are_kept_as_texts(place):
    columns = columns_of(load_terms("thing.made", Path("odd.yaml")))
    body = {"event": "thing.made", "id": "x", "mixed": {"a": "b", "more": 3, "é": [4, None]}}
    (row,) = columns.batch([body]).to_pylist()
    assert row["mixed"] == {"a": "b", "additional_properties": [("more", "3"), ("é", "[4,null]")]}


def test_half_a_character_has_no_place_in_a_column_and_is_replaced(place):
    columns = columns_of(load_terms("thing.made", Path("odd.yaml")))
    rows = columns.batch([{"id": "a\ud800b", "labels": {"\udfff": "x"}}, {"id": "é"}]).to_pylist()
    assert [row["id"] for row in rows] == ["a\ufffdb", "é"]
    assert rows[0]["labels"] == [("\ufffd", "x")]


def test_cases_have_columns_of_their_own(cli):
    words = ("--kinds", "invalid,malformed", "--count", "400")
    made(cli, *words, "--out", "cases.parquet")
    listed = json.loads(made(cli, *words, "--out", "cases.json"))
    for row, case in zip(rows_of("cases.parquet"), listed, strict=True):
        assert without_absent(row["body"]) == case["body"]
        assert [[one["name"], one["value"]] for one in row["headers"]] == case["headers"]
        assert row["id"] == case["id"]


def test_nothing_is_a_table_without_rows(cli):
    made(cli, "--count", "0", "--out", "none.parquet")
    assert rows_of("none.parquet") == []
    assert "customer" in types_of("none.parquet")


def test_without_pyarrow_one_line_says_what_to_install(cli, place, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = cli("generate", "--count", "3", "--out", "rows.parquet")
    assert (done.code, done.out) == (2, "")
    assert done.errors == ["Error: Parquet needs pyarrow: pip install 'contract-kit[parquet]'"]
    assert left_behind(place) == []


def test_columns_are_no_text_for_standard_output(cli):
    done = cli("generate", "--format", "parquet")
    assert done.code == 2
    assert done.errors == ["Error: Parquet is no text: name a file or a directory with --out"]


# -- bad luck ---------------------------------------------------------------------------------


def start(place: Path, *words: str, **more: Any) -> subprocess.Popen[bytes]:
    """A real call, in a session of its own."""
    return subprocess.Popen(
        command(*words), cwd=place, stderr=subprocess.PIPE, start_new_session=True, **more
    )


def session(leader: int) -> set[int]:
    """The processes of a session that are alive."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, owner = path.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(owner) == leader and state != "Z":
            found.add(int(path.parent.name))
    return found


def wait_for(what, seconds: float = 20.0) -> Any:
    until = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < until:
        time.sleep(0.01)
    return found


def temporary(place: Path) -> list[Path]:
    return [path for path in place.rglob(".*.tmp") if path.is_dir() or path.stat().st_size > 0]


FORMS = {
    "lines": ("--out", "out.ndjson"),
    "lines by three": ("--out", "out.ndjson", "--workers", "3"),
    "columns by two": ("--out", "out.parquet", "--workers", "2"),
    "parts by two": ("--format", "parquet", "--out", "out", "--workers", "2"),
}


@ON_LINUX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("form", FORMS)
def test_an_interrupted_run_leaves_nothing(place, form, number):
    """No half of a file, no other file, no process; one word, and the code of an interruption."""
    (place / "out.ndjson").write_text("precious")
    process = start(place, *MILLION, *FORMS[form])
    assert wait_for(lambda: temporary(place))
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does
    else:
        process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, b"interrupted\n")
    assert wait_for(lambda: not session(process.pid))
    assert [name for name in left_behind(place) if name != "out"] == ["out.ndjson"]
    assert (place / "out.ndjson").read_text() == "precious"
    assert not list(place.rglob("*.parquet"))


@ON_LINUX
@pytest.mark.parametrize("form", ["lines by three", "columns by two"])
def test_a_worker_that_is_killed_is_told_in_one_line(place, form):
    process = start(place, *MILLION, *FORMS[form])
    assert wait_for(lambda: temporary(place))
    workers = session(process.pid) - {process.pid}
    os.kill(max(workers), signal.SIGKILL)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 4
    (line,) = err.decode().splitlines()
    assert line.startswith("Error: a worker process was ended by SIGKILL before it had made items ")
    assert wait_for(lambda: not session(process.pid))
    assert left_behind(place) == []


@ON_LINUX
def test_workers_end_when_the_first_process_is_killed(place):
    process = start(place, *MILLION, "--workers", "3", "--out", "out.ndjson")
    assert wait_for(lambda: temporary(place))
    process.kill()
    process.communicate()
    assert wait_for(lambda: not session(process.pid))


@ON_LINUX
@pytest.mark.parametrize("words", [(), ("--workers", "3"), ("--format", "ndjson", "--workers", "2")], ids=str)
def test_a_reader_that_has_seen_enough_ends_all_processes_quietly(place, words):
    process = start(place, *MILLION, *words, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert len(process.stdout.read(100_000)) == 100_000
    process.stdout.close()
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, b"")
    assert wait_for(lambda: not session(process.pid))


def test_what_a_reader_got_is_a_valid_prefix(place):
    """Whole lines, of which the last may be cut where the reader stopped, and nowhere else."""
    process = start(place, *MILLION, "--format", "ndjson", stdout=subprocess.PIPE)
    assert process.stdout is not None
    *lines, _ = process.stdout.read(200_000).split(b"\n")
    process.stdout.close()
    process.communicate(timeout=20)
    assert all(json.loads(line)["event_type"] == "customer.created" for line in lines)


def too_large() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))


@pytest.mark.parametrize("form", FORMS)
def test_a_disk_that_is_full_is_told_in_one_line_and_nothing_is_left(place, form):
    words = ("generate", "--count", "20000", *FORMS[form])
    process = start(place, *words, preexec_fn=too_large)
    _, err = process.communicate(timeout=60)
    out = FORMS[form][FORMS[form].index("--out") + 1]
    assert (process.returncode, err.decode()) == (2, f"Error: cannot write '{out}': file too large\n")
    assert [name for name in left_behind(place) if name != "out"] == []
    assert not list(place.rglob("*.parquet"))


def test_a_device_that_is_full_is_told_too(place):
    process = start(place, "generate", "--count", "2000", "--out", "/dev/full", "--workers", "2")
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (2, b"Error: cannot write '/dev/full': no space left on device\n")
