"""Reading documents: every way they are published, and every way they can be bad."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from contract_kit.errors import SpecError
from contract_kit.spec import bundled_document, events, load_document
from contract_kit.spec._load import parse_text
from contract_kit.spec._yaml import MAX_DEPTH, read_yaml

SMALL = """\
openapi: 3.1.0
info: {title: Shop, version: '1'}
webhooks:
  order.created:
    post:
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {id: {type: string}}}
"""


def saved(tmp_path: Path, text: str | bytes, name: str = "api.yaml") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(SpecError) as caught:
        load_document(path)
    text = str(caught.value)
    assert "\n" not in text
    assert caught.value.exit_code == 2
    return text.removeprefix(f"{path}: ")


def test_yaml_and_json_and_a_page_of_each_are_the_same_document(tmp_path):
    as_json = json.dumps(read_yaml(SMALL))
    texts = {
        "a.yaml": SMALL,
        "a.yml": SMALL,
        "a.json": as_json,
        "a": as_json,
        "b": SMALL,
        "c.yaml": as_json,
        "bom.yaml": "\ufeff" + SMALL,
        "crlf.yaml": SMALL.replace("\n", "\r\n"),
        "a.md": f"# Page\n\n````yaml /api-reference/openapi.json post /webhook-events/x\n{SMALL}````\n",
        "b.mdx": f"text\n~~~json\n{as_json}\n~~~\n",
        "c.markdown": f"```\n{SMALL}",
        "page.txt": f"see\n\n```yaml\n{SMALL}```\n",
    }
    for name, text in texts.items():
        document = load_document(saved(tmp_path, text, name))
        assert document.data == read_yaml(SMALL), name
        assert document.minor == 1
        assert events(document) == ("order.created",)
    utf16 = load_document(saved(tmp_path, SMALL.encode("utf-16"), "utf16.yaml"))
    assert utf16.data == read_yaml(SMALL)


def test_an_indented_fence_loses_its_own_indentation_only(tmp_path):
    inner = "".join(f"    {line}\n" for line in SMALL.splitlines())
    page = f"1. Item\n\n    ```yaml\n{inner}    ```\n\n2. Other\n"
    assert load_document(saved(tmp_path, page, "a.md")).data == read_yaml(SMALL)


def test_a_fence_inside_a_longer_fence_is_text(tmp_path):
    text = (
        SMALL.replace("title: Shop", "title: Shop, description: 'x'")
        + "x-note: |\n  ```\n  openapi: 1\n  ```\n"
    )
    page = f"````yaml\n{text}````\n"
    assert load_document(saved(tmp_path, page, "a.md")).data["x-note"] == "```\nopenapi: 1\n```\n"


def test_of_several_fences_the_openapi_one_is_taken(tmp_path):
    page = f'```json\n{{"id": 1}}\n```\n```yaml\n{SMALL}```\n```bash\ncurl openapi: x\n```\n'
    assert load_document(saved(tmp_path, page, "a.md")).title == "Shop"


def test_two_openapi_fences_are_refused_with_their_lines(tmp_path):
    page = f"```yaml\n{SMALL}```\n```yaml\n{SMALL}```\n"
    assert refusal(saved(tmp_path, page, "a.md")) == (
        "has 2 fenced OpenAPI documents (lines 2, 13); keep one to a page"
    )


def test_an_error_in_a_fence_names_the_line_of_the_page(tmp_path):
    page = "# A\n\n```yaml\nopenapi: 3.0.0\nopenapi: 3.0.1\n```\n"
    assert refusal(saved(tmp_path, page, "a.md")) == "line 5: the key 'openapi' stands twice"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.yaml", "", "is empty"),
        ("a.yaml", "  \n", "is empty"),
        ("a.yaml", "# only a comment\n", "is empty"),
        ("a.json", "{", "line 1: is not JSON: Expecting property name enclosed in double quotes (column 2)"),
        (
            "a.json",
            '{"openapi": "3.0.0", "openapi": "3.1.0"}',
            "the key 'openapi' stands twice in one object",
        ),
        ("a.json", '{"openapi": NaN}', "NaN is no JSON number"),
        ("a.json", '{"openapi": 1e999}', "the number '1e999' is too large for a JSON reader"),
        ("a.json", '{"openapi": ' + "1" * 5000 + "}", "has a number with too many digits"),
        ("a.yaml", "a: [1, 2", "line 2: is not YAML: did not find expected ',' or ']'"),
        ("a.yaml", "a: 1\na: 2\n", "line 2: the key 'a' stands twice"),
        ("a.yaml", "a: .nan\n", "line 1: .nan is no JSON number"),
        ("a.yaml", "a: 1\nb: -.inf\n", "line 2: -.inf is no JSON number"),
        ("a.yaml", "a: 1e999\n", "line 1: the number '1e999' is too large for a JSON reader"),
        ("a.yaml", "a: *x\n", "line 1: the alias *x has no anchor"),
        ("a.yaml", "a: &x [*x]\n", "line 1: the alias *x contains itself"),
        ("a.yaml", "? [a]\n: 1\n", "line 1: a key must be a scalar"),
        ("a.yaml", "a: 1\n--- \nb: 1\n", "line 2: holds more than one YAML document"),
        ("a.yaml", "<<: 1\n", "line 1: '<<' merges objects only"),
        (
            "a.yaml",
            "a:\n  b: !!python/object/apply:os.system [ls]\n",
            "line 2: the YAML tag '!!python/object/apply:os.system' is refused: a document holds plain values only",
        ),
        (
            "a.yaml",
            "a: !secret x\n",
            "line 1: the YAML tag '!secret' is refused: a document holds plain values only",
        ),
        (
            "a.yaml",
            "a: !!binary aGk=\n",
            "line 1: the YAML tag '!!binary' is refused: a document holds plain values only",
        ),
        ("a.yaml", "swagger: '2.0'\n", "is Swagger 2.0; convert it to OpenAPI 3.0 or 3.1 first"),
        ("a.yaml", "asyncapi: 3.0.0\n", "is an AsyncAPI document, not an OpenAPI document"),
        (
            "a.json",
            '{"type": "object", "properties": {}}',
            "is a bare JSON Schema, not an OpenAPI document; put it under 'webhooks' of one",
        ),
        ("a.yaml", "hello: world\n", "is not an OpenAPI document: it has no 'openapi' key"),
        ("a.yaml", "just text\n", "is not an OpenAPI document: it is the text 'just text'"),
        ("a.json", "[]", "is not an OpenAPI document: it is a list"),
        ("a.yaml", "openapi: 2.0.0\n", "OpenAPI version '2.0.0' is not supported; 3.0 and 3.1 are"),
        ("a.yaml", "openapi: 4\n", "OpenAPI version '4' is not supported; 3.0 and 3.1 are"),
        ("a.yaml", "openapi: 3.0.0\npaths: []\n", "/paths: must be an object, not a list"),
        ("a.md", "# nothing\n", "has no fenced OpenAPI document"),
        ("a.md", "```yaml\nswagger: '2.0'\n```\n", "is Swagger 2.0; convert it to OpenAPI 3.0 or 3.1 first"),
    ],
)
def test_a_bad_document_is_refused_in_one_line(tmp_path, name, text, said):
    assert refusal(saved(tmp_path, text, name)) == said


def test_bytes_that_are_no_text_are_refused(tmp_path):
    assert refusal(saved(tmp_path, b"openapi: \xff")) == "is not UTF-8 text (byte 9)"


def test_files_that_cannot_be_read_are_refused(tmp_path):
    assert refusal(tmp_path / "nothing.yaml") == "no such file"
    assert refusal(tmp_path) == "is a directory, not a document"
    with pytest.raises(SpecError, match="is an address; documents are read from files"):
        load_document("https://example.com/openapi.json")


def test_a_file_larger_than_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("contract_kit.spec._load.MAX_BYTES", 1024 * 1024)
    assert refusal(saved(tmp_path, SMALL + "#" * 1024 * 1024)) == "is larger than 1 MB"


def test_control_characters_of_a_document_do_not_reach_the_terminal(tmp_path):
    text = refusal(saved(tmp_path, '{"openapi": "\\u001b[31m3\\n"}', "a.json"))
    assert text.isprintable()


# -- YAML 1.2 ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[on, off, yes, no, y, n, On, NO]", ["on", "off", "yes", "no", "y", "n", "On", "NO"]),
        ("[true, True, FALSE]", [True, True, False]),
        ("[null, ~, Null, '', nil]", [None, None, None, "", "nil"]),
        ("[2026-01-01, 2026-01-01T00:00:00Z]", ["2026-01-01", "2026-01-01T00:00:00Z"]),
        ("[12:30:45, 1_000, 012, 0o14, 0x1F, 0b1]", ["12:30:45", "1_000", 12, 12, 31, "0b1"]),
        ("[1.0, 1e3, .5, 1., -1, +1, 3.0.1]", [1.0, 1000.0, 0.5, 1.0, -1, 1, "3.0.1"]),
        ("[=, '=', '1', \"2\", '<<']", ["=", "=", "1", "2", "<<"]),
        ("{on: 1, 200: 2, null: 3, 1.0: 4}", {"on": 1, "200": 2, "null": 3, "1.0": 4}),
        ("{a: &x {b: 1}, c: *x}", {"a": {"b": 1}, "c": {"b": 1}}),
        ("{a: &x {b: 1, c: 2}, d: {<<: *x, c: 3}}", {"a": {"b": 1, "c": 2}, "d": {"c": 3, "b": 1}}),
        ("!!str 12", "12"),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
        ("? a\n: 1\n", {"a": 1}),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text, value):
    found = read_yaml(text)
    assert found == value
    assert json.dumps(found) == json.dumps(value)  # 1 and 1.0 and true apart


def test_pure_python_yaml_reads_the_same(monkeypatch):
    import yaml

    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert read_yaml(SMALL)["openapi"] == "3.1.0"


# -- hostile documents ---------------------------------------------------------------------------


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (bomb(12), "its aliases expand to more than 500,000 nodes"),
        ("[" * 200_000, f"nested deeper than {MAX_DEPTH} levels"),
        ("{a: " * 200_000, f"nested deeper than {MAX_DEPTH} levels"),
        ("- " * 100_000, f"nested deeper than {MAX_DEPTH} levels"),
        ("\n".join(f"{' ' * i}a:" for i in range(500)), f"nested deeper than {MAX_DEPTH} levels"),
        (
            "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 300)),
            f"nested deeper than {MAX_DEPTH} levels",
        ),
        ('{"a":' * 200_000, f"nested deeper than {MAX_DEPTH} levels"),
        ('{"a":' * 200 + "1" + "}" * 200, f"nested deeper than {MAX_DEPTH} levels"),
    ],
    ids=[
        "aliases",
        "flow-lists",
        "flow-objects",
        "block-lists",
        "block-objects",
        "alias-chain",
        "json",
        "json-200",
    ],
)
def test_a_bomb_ends_in_an_error_soon(text, said):
    for suffix in (".yaml", ".json") if text.startswith('{"') else (".yaml",):
        start = time.process_time()
        with pytest.raises(SpecError, match=said):
            parse_text(text, "bomb", suffix)
        assert time.process_time() - start < 10


def test_a_hundred_levels_are_read():
    depth = MAX_DEPTH
    assert read_yaml("[" * depth + "]" * depth)
    assert parse_text("[" * depth + "]" * depth, "x", ".json")


# -- the bundled document ------------------------------------------------------------------------


def test_the_bundled_document_is_the_published_page():
    document = bundled_document()
    assert document.title == "Flexprice API"
    assert events(document) == ("customer.created",)
    assert document.source == "flexprice.openapi.yaml"
    assert len(document.sha256) == 64


def test_the_bundled_files_are_found_inside_a_wheel_too(tmp_path, monkeypatch):
    from contract_kit.spec import _places

    package = tmp_path / "contract_kit"
    (package / "_specs").mkdir(parents=True)
    (package / "_specs" / "x.yaml").write_text("here")
    monkeypatch.setattr(_places, "__file__", str(package / "spec" / "_places.py"))
    assert _places.bundled("x.yaml") == b"here"
    assert _places.bundled_names() == ("x.yaml",)
    with pytest.raises(SpecError, match="the installation is not complete"):
        _places.bundled("y.yaml")
