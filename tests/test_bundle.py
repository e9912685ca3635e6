"""The bundle: what stands in the folder, that it is swapped whole, that its bytes are the same everywhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from contract_kit.bundle import check_bundle, options_of, write_bundle
from contract_kit.cases import body_cases
from contract_kit.errors import UsageError
from contract_kit.spec import load_terms
from tests.spec_makers import terms as terms_of

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
SMALL = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string"}, "Id": {"type": "boolean"}, "a:b*c?": {"type": "integer"}},
}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small") / "hooks"
    write_bundle(terms_of(SMALL), folder)
    return folder


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_bytes())


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def problems(folder):
    """What of a folder contradicts its manifest, read as somebody else would."""
    manifest = manifest_of(folder)
    schema = json.loads((folder / "manifest.schema.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    found = [error.message for error in Draft202012Validator(schema).iter_errors(manifest)]
    for case in manifest["cases"]:
        body = (folder / case["file"]).read_bytes()
        if sha256(body).hexdigest() != case["sha256"] or len(body) != case["size"]:
            found.append(case["file"])
    return found


# -- what stands in it ------------------------------------------------------------------------


def test_every_case_has_a_file_with_the_bytes_to_send(small):
    cases = {case.id: case for case in body_cases(terms_of(SMALL))}
    listed = manifest_of(small)["cases"]
    assert [entry["id"] for entry in listed] == list(cases)
    for entry in listed:
        case = cases[entry["id"]]
        assert (small / entry["file"]).read_bytes() == case.body
        assert entry["file"].startswith(f"{case.kind}/")
        assert (entry["kind"], entry["expect"]) == (case.kind, case.expect)
        assert (entry["pointer"], entry["keyword"]) == (case.pointer, case.keyword)
        assert entry["headers"] == [["content-type", "application/json"]]
    assert problems(small) == []


def test_the_manifest_says_how_it_was_made(small):
    manifest = manifest_of(small)
    assert (manifest["policy"], manifest["target"], manifest["format"]) == ("schema", "parser", 1)
    assert manifest["document"] == {"name": "api.yaml", "sha256": "0" * 64}
    assert manifest["catalogue"] == len(manifest["cases"])
    counted = Counter((case["kind"], case["expect"]) for case in manifest["cases"])
    assert {(k, e): n for k, table in manifest["counts"].items() for e, n in table.items()} == counted
    assert "All" in (small / "README.md").read_text()


def test_names_are_safe_on_every_file_system(small):
    """Lower case alone, so that none are one on Windows and macOS; no device name, nothing long."""
    names = [case["file"] for case in manifest_of(small)["cases"]]
    assert len({name.lower() for name in names}) == len(names)
    assert all(re.fullmatch(r"[a-z]+/[a-z0-9]([a-z0-9-]*)-[0-9a-f]{10}\.(json|bin)", name) for name in names)
    assert max(map(len, names)) < 80
    assert (small / ".gitattributes").read_text().endswith("* -text\n")


def test_the_index_is_the_manifest_in_short(small):
    head, *lines = (small / "index.tsv").read_text().splitlines()
    columns = head.split("\t")
    read = [dict(zip(columns, line.split("\t"), strict=True)) for line in lines]
    assert read == [{column: case[column] for column in columns} for case in manifest_of(small)["cases"]]


def test_other_spellings_name_the_plain_case():
    """In the repository's own bundle, where plain bodies are always in it."""
    manifest = manifest_of(FIXTURES)
    by_id = {case["id"]: case for case in manifest["cases"]}
    spelled = [case for case in manifest["cases"] if case["kind"] == "equivalent"]
    assert spelled
    for case in spelled:
        plain = json.loads((FIXTURES / by_id[case["same_value_as"]]["file"]).read_bytes())
        assert json.loads((FIXTURES / case["file"]).read_bytes().decode()) == plain


def test_each_keeps_some_of_every_place_and_rule(tmp_path):
    terms = terms_of(SMALL)
    whole = write_bundle(terms, tmp_path / "whole")
    some = write_bundle(terms, tmp_path / "some", each=2)
    assert some.cases < whole.cases
    rules = {
        (case["pointer"], case["keyword"])
        for case in manifest_of(tmp_path / "whole")["cases"]
        if case["kind"] == "invalid"
    }
    kept = Counter(
        (case["pointer"], case["keyword"])
        for case in manifest_of(tmp_path / "some")["cases"]
        if case["kind"] == "invalid"
    )
    assert set(kept) == rules
    assert max(kept.values()) <= 2
    assert manifest_of(tmp_path / "some")["catalogue"] == whole.cases
    assert check_bundle_of(tmp_path / "some", terms) == []


def test_a_choice_that_leaves_nothing_writes_nothing(tmp_path):
    with pytest.raises(UsageError, match="no case"):
        write_bundle(terms_of(SMALL), tmp_path / "hooks", only=["nothing:*"])
    assert list(tmp_path.iterdir()) == []


def test_delivery_cases_are_refused_with_the_reason(tmp_path):
    with pytest.raises(UsageError, match="signed when they are sent"):
        write_bundle(terms_of(SMALL), tmp_path / "hooks", kinds=["delivery"])


# -- current or not ---------------------------------------------------------------------------


def check_bundle_of(folder, terms, monkeypatch=None):
    """``check_bundle`` for terms that are in no file."""
    from contract_kit import bundle

    patch = pytest.MonkeyPatch()
    with patch.context() as patched:
        patched.setattr(bundle, "_recorded_terms", lambda *_: terms)
        return check_bundle(folder)


def test_the_fixtures_of_this_repository_are_current():
    """If this fails: ``make fixtures``."""
    assert check_bundle(FIXTURES) == []
    assert problems(FIXTURES) == []
    manifest = manifest_of(FIXTURES)
    assert (manifest["event"], manifest["target"], manifest["policy"]) == (
        "customer.created",
        "parser",
        "provider",
    )


def test_the_fixtures_of_this_repository_break_and_keep_every_rule():
    cases = manifest_of(FIXTURES)["cases"]
    broken = {(case["pointer"], case["keyword"]) for case in cases if case["kind"] == "invalid"}
    assert broken == {(r.pointer, r.keyword) for r in load_terms("customer.created").constraints}
    assert len(cases) < 3000
    assert sum(case["size"] for case in cases) < 15_000_000


def test_whatever_changes_is_named(small, tmp_path):
    folder = tmp_path / "hooks"
    shutil.copytree(small, folder)
    terms = terms_of(SMALL)
    assert check_bundle_of(folder, terms) == []
    first, second, *_ = [case["file"] for case in manifest_of(folder)["cases"]]
    (folder / first).write_bytes((folder / first).read_bytes() + b"\r\n")
    (folder / second).unlink()
    (folder / "valid" / "mine.json").write_bytes(b"{}")
    assert check_bundle_of(folder, terms) == [
        f"{first}: not as it would be written now",
        f"{second}: missing",
        "valid/mine.json: not part of the bundle any more",
    ]


def test_a_changed_document_is_named(small):
    other = terms_of({**SMALL, "properties": {"id": {"type": "string"}}})
    assert any("manifest.json" in line for line in check_bundle_of(small, other))


def test_a_bundle_of_another_document_asks_for_it(small):
    with pytest.raises(UsageError, match=r"made from api.yaml: say where it is with --spec"):
        check_bundle(small)


def test_the_options_of_a_bundle_can_be_typed_again(small, tmp_path):
    assert options_of(small) == ["--event", "e.v", "--policy", "schema", "--as", "parser"]
    write_bundle(terms_of(SMALL), tmp_path / "b", kinds=["valid"], only=["valid:*"], each=3, target="url")
    assert options_of(tmp_path / "b")[4:] == [
        "--as",
        "url",
        "--kinds",
        "valid",
        "--only",
        "valid:*",
        "--each",
        "3",
    ]


# -- never half there -------------------------------------------------------------------------


def test_an_old_bundle_is_replaced_whole(tmp_path):
    folder = tmp_path / "hooks"
    write_bundle(terms_of(SMALL), folder)
    write_bundle(terms_of(SMALL), folder, kinds=["malformed"])
    assert {case["kind"] for case in manifest_of(folder)["cases"]} == {"malformed"}
    assert not (folder / "valid").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["hooks"]


def test_what_is_no_bundle_is_never_replaced(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="is no bundle"):
        write_bundle(terms_of(SMALL), folder)
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="it is a file"):
        write_bundle(terms_of(SMALL), tmp_path / "file")
    with pytest.raises(UsageError, match="there is no directory"):
        write_bundle(terms_of(SMALL), tmp_path / "no" / "such")
    assert files_of(folder) == {"thesis.txt": b"years of work"}


def test_a_bundle_with_somebody_elses_files_is_not_replaced(small, tmp_path):
    folder = tmp_path / "hooks"
    shutil.copytree(small, folder)
    (folder / "valid" / "mine.json").write_bytes(b"{}")
    (folder / ".DS_Store").write_bytes(b"litter")
    with pytest.raises(UsageError, match=r"valid/mine\.json would be lost"):
        write_bundle(terms_of(SMALL), folder)
    (folder / "valid" / "mine.json").unlink()
    write_bundle(terms_of(SMALL), folder)


def test_a_run_that_dies_leaves_the_old_bundle_as_it_was(small, tmp_path, monkeypatch):
    folder = tmp_path / "hooks"
    shutil.copytree(small, folder)
    before = files_of(folder)

    def cases(*_args, **_more):
        yield from list(body_cases(terms_of(SMALL)))[:7]
        raise KeyboardInterrupt

    monkeypatch.setattr("contract_kit.bundle._make.body_cases", cases)
    with pytest.raises(KeyboardInterrupt):
        write_bundle(terms_of(SMALL), folder)
    assert files_of(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["hooks"]


def test_a_swap_that_fails_puts_the_old_one_back(small, tmp_path, monkeypatch):
    folder = tmp_path / "hooks"
    shutil.copytree(small, folder)
    before = files_of(folder)
    rename = Path.rename

    def failing(self, target):
        if self.name.endswith(".new"):
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(UsageError, match="no space left"):
        write_bundle(terms_of(SMALL), folder)
    assert files_of(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["hooks"]


# -- the same bytes everywhere ----------------------------------------------------------------

_ELSEWHERE = """
import sys
sys.modules["faker"] = None  # an import of Faker fails: its release cannot matter
from pathlib import Path
from contract_kit.bundle import write_bundle
from contract_kit.spec import load_terms
write_bundle(load_terms("customer.created"), Path(sys.argv[1]), each=int(sys.argv[2]))
"""


def test_another_machine_without_faker_writes_the_same_bytes(tmp_path):
    """Another process, hash seed, locale, time zone and folder, and no Faker at all."""
    each = manifest_of(FIXTURES)["choice"]["each"]
    subprocess.run(
        [sys.executable, "-I", "-c", _ELSEWHERE, str(tmp_path / "hooks"), str(each)],
        check=True,
        timeout=120,
        cwd=tmp_path,
        env={**os.environ, "PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Kathmandu"},
    )
    assert files_of(tmp_path / "hooks") == files_of(FIXTURES)


# -- readers in other languages ---------------------------------------------------------------


def _started(command, folder):
    return subprocess.Popen(
        [*command, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


READERS = {
    "node": ["node", "examples/read-bundle-node/read.mjs"],
    "java": [
        "java",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "examples/read-bundle-java/ReadBundle.java",
    ],
}


@pytest.mark.parametrize("language", READERS)
def test_a_reader_in_another_language_counts_the_same_and_finds_damage(language, small, tmp_path):
    command = READERS[language]
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]} on this machine")
    folder = tmp_path / "hooks"
    shutil.copytree(small, folder)
    hurt = manifest_of(folder)["cases"][5]["file"]
    (folder / hurt).write_bytes(b"{}")

    with _started(command, FIXTURES) as good, _started(command, folder) as bad:
        out, err = good.communicate(timeout=60)
        said = bad.communicate(timeout=60)[1]
    assert good.returncode == 0, err
    counts = manifest_of(FIXTURES)["counts"]
    wanted = {f"{kind} {expect} {n}" for kind, table in counts.items() for expect, n in table.items()}
    assert wanted <= set(out.splitlines())
    assert "0 damaged" in out
    assert (bad.returncode, said.strip()) == (1, f"damaged: {hurt}")
