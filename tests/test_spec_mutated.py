"""Documents that were changed at random: what comes out is a catalogue or one line that says what is wrong.

Nodes of the documents of ``tests/documents`` are deleted, replaced by nonsense, moved and doubled; reading, the first
cases and the warnings may raise nothing but a ``ContractKitError``, and none takes long.
"""

from __future__ import annotations

import copy
import json
import random
import time
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract_kit.cases import body_cases, left_out
from contract_kit.errors import ContractKitError
from contract_kit.spec import events, load_document, load_terms

FOLDER = Path(__file__).parent / "documents"
SEEDS, ROUNDS, SECONDS = 12, 8, 12.0
NONSENSE: tuple[Any, ...] = (
    None, True, False, 0, -1, 5, 2.5, -1e308, 10**30, "", "x", "string", "([", [], {}, [None], ["string"],
    {"type": "string"}, {"$ref": "#/nope"}, {"$ref": "#"}, {"required": ["zz"]}, "a" * 3000, [{}], {"not": {}},
    {"anyOf": []}, "^(a+)+$", ["null", "string"],
)  # fmt: skip
KEYWORDS = (
    "type", "enum", "const", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
    "multipleOf", "minItems", "maxItems", "uniqueItems", "items", "prefixItems", "contains", "minContains", "maxContains",
    "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "dependentRequired",
    "dependentSchemas", "minProperties", "maxProperties", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "$ref",
    "nullable", "discriminator", "unevaluatedProperties", "unevaluatedItems", "contentEncoding", "$schema",
)  # fmt: skip
WHOLE = [
    json.loads(json.dumps(yaml.safe_load(path.read_text()), default=str)) for path in sorted(FOLDER.iterdir())
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in below for place in places(item, (*path, key)))]


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def changed(rng: random.Random) -> Any:
    """A document with one to five changes."""
    whole = copy.deepcopy(rng.choice(WHOLE))
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
        path = rng.choice(places(whole)[1:])
        holder, key, other = at(whole, path[:-1]), path[-1], rng.choice(places(whole)[1:])
        found = copy.deepcopy(rng.choice(NONSENSE) if rng.random() < 0.5 else at(whole, other))
        what = rng.choice(("drop", "put", "put", "add", "double", "rename", "scale"))
        if what == "drop":
            del holder[key]
        elif what == "put":
            holder[key] = found
        elif what == "add" and isinstance(at(whole, other), dict):
            at(whole, other)[rng.choice(KEYWORDS)] = found
        elif what == "double" and isinstance(holder, list):
            holder.insert(rng.randrange(len(holder) + 1), copy.deepcopy(holder[key]))
        elif what == "rename" and isinstance(holder, dict):
            holder[rng.choice(KEYWORDS)] = holder.pop(key)
        elif what == "scale" and isinstance(holder[key], int | float) and not isinstance(holder[key], bool):
            holder[key] = rng.choice((holder[key] + 1, -holder[key], holder[key] * 10**9, holder[key] / 3))
    return whole


def refused(whole: Any, path: Path, rng: random.Random) -> ContractKitError | None:
    """Read a document, make the first cases of an event and the warnings; the error in which that ends, if any."""
    path.write_text(json.dumps(whole))
    try:
        document = load_document(path)
        names = events(document)
        terms = load_terms(rng.choice(names), document=document) if names else None
        for kinds in (("valid",), ("invalid",)) if terms else ():
            for case in islice(body_cases(terms, kinds=kinds), 200):
                assert case.id
                assert case.description
        if terms:
            left_out(terms)
    except ContractKitError as error:
        return error
    return None


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_changed_document_is_read_or_refused_in_one_line(seed, tmp_path):
    for number in range(ROUNDS):
        rng = random.Random(1000 * seed + number)
        whole, started = changed(rng), time.process_time()
        error = refused(whole, tmp_path / "document.json", rng)
        assert error is None or ("\n" not in str(error) and error.exit_code == 2), number
        assert time.process_time() - started < SECONDS, number
