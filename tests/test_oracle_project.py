"""Whatever a consumer returns becomes a plain tree that equals the JSON it was made of, and never breaks the run."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import ipaddress
import marshal
import pathlib
import timeit
import types
import uuid
from collections.abc import Mapping

import attrs
import cattrs
import msgspec
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_kit.oracle import LEAF, SET, leaf, leaf_kind, project

WIRE = {
    "id": "cust_1",
    "tags": ["a", "b"],
    "address": {"city": "Pune", "zip": None},
    "score": 1.5,
    "ok": True,
}


@dataclasses.dataclass
class DataAddress:
    city: str
    zip: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Data:
    id: str
    tags: list
    address: DataAddress
    score: float
    ok: bool


@attrs.frozen
class AttrsAddress:
    city: str
    zip: str | None


@attrs.define
class Attrs:
    id: str
    tags: list[str]
    address: AttrsAddress
    score: float
    ok: bool


class ModelAddress(pydantic.BaseModel):
    city: str
    zip: str | None


class Model(pydantic.BaseModel):
    id: str
    tags: list[str]
    address: ModelAddress
    score: float
    ok: bool


@pydantic.dataclasses.dataclass
class PydanticData:
    id: str
    tags: list[str]
    address: DataAddress
    score: float
    ok: bool


class StructAddress(msgspec.Struct):
    city: str
    zip: str | None


class Struct(msgspec.Struct, frozen=True):
    id: str
    tags: tuple[str, ...]
    address: StructAddress
    score: float
    ok: bool


class Loose:
    def __init__(self, value):
        for name, item in value.items():
            setattr(self, name, Loose(item) if isinstance(item, dict) else item)


class Slotted:
    __slots__ = ("_hidden", "address", "id", "never", "ok", "score", "tags")

    def __init__(self, value):
        self._hidden = 1
        for name, item in value.items():
            setattr(self, name, item)


class Guarded:
    """Private attributes behind properties, one of which raises."""

    def __init__(self, value):
        self._value = value

    id = property(lambda self: self._value["id"])
    tags = property(lambda self: self._value["tags"])
    address = property(lambda self: self._value["address"])
    score = property(lambda self: self._value["score"])
    ok = property(lambda self: self._value["ok"])
    broken = property(lambda self: 1 / 0)


class Held(Mapping):
    def __init__(self, value):
        self._value = value

    def __getitem__(self, key):
        return self._value[key]

    def __iter__(self):
        return iter(self._value)

    def __len__(self):
        return len(self._value)


class Text(str):
    __slots__ = ()


def strange_bases(value):
    return collections.OrderedDict(
        {Text(k): Text(v) if isinstance(v, str) else v for k, v in value.items()},
        tags=collections.deque(value["tags"]),
    )


MAKERS = {
    "dict": lambda v: v,
    "dataclass": lambda v: Data(**{**v, "address": DataAddress(**v["address"])}),
    "attrs by cattrs": lambda v: cattrs.structure(v, Attrs),
    "pydantic": Model.model_validate,
    "msgspec": lambda v: msgspec.convert(v, Struct),
    "attributes": Loose,
    "slots": Slotted,
    "properties": Guarded,
    "namespace": lambda v: types.SimpleNamespace(**v),
    "named tuple": lambda v: collections.namedtuple("Named", v)(**v),  # noqa: PYI024 - consumers use it
    "mapping": Held,
    "mapping proxy": types.MappingProxyType,
    "user dict": collections.UserDict,
    "subclasses": strange_bases,
    "pydantic dataclass": lambda v: PydanticData(**v),
    "pydantic root model": pydantic.RootModel[dict],
}


@pytest.mark.parametrize("name", MAKERS)
def test_the_projection_of_every_library_equals_the_json(name):
    """The same payload held by any library projects to the JSON value, of exact types, and can be marshalled."""
    plain = project(MAKERS[name](WIRE))
    assert plain == WIRE
    assert marshal.loads(marshal.dumps(plain)) == WIRE


class Colour(enum.Enum):
    RED = "red"
    BLUE = 2


class Precise(dt.datetime):
    nanosecond = 789


class Whole:
    """A clock of its own, with all nanoseconds of the second, as some libraries have."""

    minute = 4
    nanosecond = 123456789

    def isoformat(self):
        return "2026-01-02T03:04:05.123456789Z[Europe/Berlin]"


UTC = dt.UTC
LEAVES = [
    (dt.datetime(2026, 1, 2, 3, 4, 5, 600, UTC), ("datetime", "2026-01-02T03:04:05.000600+00:00")),
    (dt.datetime(2026, 1, 2), ("datetime", "2026-01-02T00:00:00")),  # noqa: DTZ001 - naive on purpose
    (Precise(2026, 1, 2, 3, 4, 5, 123456, UTC), ("datetime", "2026-01-02T03:04:05.123456789+00:00")),
    (Whole(), ("datetime", "2026-01-02T03:04:05.123456789Z")),
    (dt.date(2026, 1, 2), ("date", "2026-01-02")),
    (dt.time(3, 4), ("time", "03:04:00")),
    (dt.timedelta(days=1, microseconds=5), ("timedelta", "86400.000005")),
    (decimal.Decimal("1.50"), ("decimal", "1.50")),
    (uuid.UUID(int=7), ("uuid", "00000000-0000-0000-0000-000000000007")),
    (b"a\xff", ("bytes", "a\udcff")),
    (memoryview(b"ab"), ("bytes", "ab")),
    (Colour.BLUE, ("enum", "BLUE")),
    (ipaddress.ip_address("::1"), ("text", "::1")),
    (pathlib.PurePosixPath("a/b"), ("text", "a/b")),
    (
        pydantic.TypeAdapter(pydantic.HttpUrl).validate_python("http://a.example/x"),
        ("text", "http://a.example/x"),
    ),
    (pydantic.SecretStr("s3cret"), ("opaque", "SecretStr")),
    (object(), ("opaque", "object")),
    (print, ("opaque", "builtin_function_or_method")),
    (int, ("opaque", "type")),
    ((x for x in ()), ("opaque", "generator")),
    (ValueError("x"), ("opaque", "ValueError")),
]


@pytest.mark.parametrize(("value", "expected"), LEAVES, ids=lambda each: type(each).__name__)
def test_what_json_has_no_type_for_becomes_a_marked_leaf(value, expected):
    """A leaf names its kind and keeps every digit; what says nothing of the payload is opaque."""
    plain = project(value)
    assert plain == leaf(*expected)
    assert plain[0] == LEAF
    assert leaf_kind(plain) == expected[0]


def test_enums_and_sets_and_names_on_the_wire():
    """Text enums give their text, sets lose no item, aliases give the names of the wire, unset fields are left out."""

    class Aliased(pydantic.BaseModel):
        model_config = {"extra": "allow"}
        kind: str = pydantic.Field(alias="eventType")

    class Camel(msgspec.Struct, rename="camel"):
        external_id: str
        left_out: str | msgspec.UnsetType = msgspec.UNSET

    assert project(Colour.RED) == "red"
    assert project({3, 1, 2}) == (SET, [1, 2, 3])
    assert project(Aliased(eventType="x", more=1)) == {"eventType": "x", "more": 1}
    assert project(Camel("e")) == {"externalId": "e"}
    assert project({1.5: "a", None: "b", True: "c", uuid.UUID(int=0): "d"}).keys() == {
        "1.5",
        "true",
        "null",
        "00000000-0000-0000-0000-000000000000",
    }


class Hostile:
    """Everything raises."""

    def __getattribute__(self, name):
        raise RuntimeError(name)


class HostileDict(dict):
    def items(self):
        raise RuntimeError

    def __iter__(self):
        raise RuntimeError


def test_hostile_objects_never_break_the_projection():
    """Objects whose own code raises give what can be read without it, else an opaque leaf."""
    assert leaf_kind(project(Hostile())) == "opaque"
    assert project(HostileDict(a=1)) == {"a": 1}
    assert leaf_kind(project({"x": Hostile()})["x"]) == "opaque"


def test_cycles_depth_and_size_are_bounded():
    """Rings, a hundred thousand levels, and graphs that share without end come to an end that marshals."""
    ring: dict = {}
    ring["ring"] = ring
    assert project(ring) == {"ring": leaf("cycle", "")}
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    marshal.dumps(project(deep))
    shared: list = [0] * 10
    for _ in range(40):
        shared = [shared, shared]
    marshal.dumps(project(shared))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_json_values_project_to_themselves(value):
    """What is JSON already comes out as it is."""
    assert project(value) == value


def test_a_payload_takes_microseconds():
    """A 3 kB payload is projected in well under a millisecond, since it happens once a case."""
    payload = {"customer": {f"field_{i}": "some text of a field " * 2 for i in range(60)}}
    assert min(timeit.repeat(lambda: project(payload), number=100, repeat=5)) / 100 < 0.001
