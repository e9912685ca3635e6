"""A contract as columns of Arrow: an object is a struct, an array a list, a free map a map.

Texts stay texts, times included: a column of timestamps would cut nanoseconds, and Spark reads none that has
them. What has no one type (a choice, any value, what nests without end) is a column of JSON text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import compact, without_surrogates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contract_kit.model import Terms
    from contract_kit.shape import Node

    Convert = Callable[[Any], Any]

__all__ = ["Columns", "columns_of"]

_DEEPEST = 12
_REST = "additional_properties"
"""The column of what stands beside the declared properties of an object, as JSON texts by name."""
_INT64 = 1 << 63


@dataclass(frozen=True, slots=True)
class Columns:
    """The schema of a table and how a row gets there."""

    schema: Any
    _row: Convert | None

    def batch(self, rows: Iterable[Any]) -> Any:
        """Rows as a record batch."""
        import pyarrow as pa

        ready = list(rows) if self._row is None else [self._row(row) for row in rows]
        try:
            return pa.RecordBatch.from_pylist(ready, schema=self.schema)
        except UnicodeEncodeError:  # half a character, which UTF-8 cannot hold
            return pa.RecordBatch.from_pylist(without_surrogates(ready), schema=self.schema)


def _of_samples(terms: Terms) -> Columns:
    import pyarrow as pa

    from contract_kit.values import beyond

    type_, convert = _column(terms.root, beyond(terms), 0)
    if not pa.types.is_struct(type_):
        # A body that is no object of known names has one column.
        return Columns(pa.schema([("value", type_)]), lambda value: {"value": convert(value)})
    return Columns(pa.schema(list(type_)), convert)


def _of_cases() -> Columns:
    import pyarrow as pa

    body = pa.struct([("text", pa.string()), ("base64", pa.string())])
    header = pa.struct([("name", pa.string()), ("value", pa.string())])
    names = ("id", "kind", "expect", "pointer", "keyword", "description", "method")
    fields = [*((name, pa.string()) for name in names), ("headers", pa.list_(header)), ("body", body)]

    def row(case: Any) -> Any:
        return {**case, "headers": [{"name": name, "value": value} for name, value in case["headers"]]}

    return Columns(pa.schema(fields), row)


def columns_of(terms: Terms, *, cases: bool = False) -> Columns:
    """The columns of a contract's realistic payloads, or of cases as the catalogue lists them."""
    return _of_cases() if cases else _of_samples(terms)


def _text(value: Any) -> str | None:
    return None if value is None else compact(value).decode("utf-8", "backslashreplace")


def _same(value: Any) -> Any:
    return value


def _column(node: Node, more: dict[str, tuple[str, ...]], depth: int) -> tuple[Any, Convert]:
    """The type of a node's column, and what makes a value of it."""
    import pyarrow as pa

    kinds = [kind for kind in node.types if kind != "null"]
    if node.choices or len(kinds) != 1 or depth > _DEEPEST or node.recursions > 0:
        return pa.string(), _text
    if kinds[0] == "object":
        return _object(node, more, depth)
    if kinds[0] == "array" and node.items is not None and not node.prefix:
        type_, convert = _column(node.items, more, depth + 1)
        return pa.list_(type_), _list(convert)
    plain = {"string": pa.string(), "number": pa.float64(), "boolean": pa.bool_()}
    if kinds[0] == "integer" and _fits(node):
        return pa.int64(), lambda value: None if value is None else int(value)
    if kinds[0] == "number":
        return pa.float64(), lambda value: None if value is None else float(value)
    return (plain[kinds[0]], _same) if kinds[0] in plain else (pa.string(), _text)


def _fits(node: Node) -> bool:
    """Whether no bound of an integer lies beyond 64 bits."""
    bounds = (node.keyword(name) for name in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"))
    return all(bound is None or abs(bound) < _INT64 for bound in bounds)


def _object(node: Node, more: dict[str, tuple[str, ...]], depth: int) -> tuple[Any, Convert]:
    import pyarrow as pa

    if not node.properties:
        if node.values is None or node.patterns:
            return pa.string(), _text
        type_, convert = _column(node.values, more, depth + 1)
        return pa.map_(pa.string(), type_), _map(convert)
    inside = {name: _column(child, more, depth + 1) for name, child in node.properties.items()}
    for name in more.get(node.pointer, ()):
        inside.setdefault(name, (pa.string(), _plain_text))
    fields = [(name, type_) for name, (type_, _) in inside.items()]
    if node.values is not None or node.patterns:
        fields.append((_REST, pa.map_(pa.string(), pa.string())))
    return pa.struct(fields), _struct({name: convert for name, (_, convert) in inside.items()})


def _plain_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else _text(value)


def _struct(inside: dict[str, Convert]) -> Convert:
    def convert(value: Any) -> Any:
        if value is None:
            return None
        row = {name: inside[name](item) for name, item in value.items() if name in inside}
        if len(row) < len(value):
            row[_REST] = [(name, _text(item)) for name, item in value.items() if name not in inside]
        return row

    return convert


def _list(inside: Convert) -> Convert:
    if inside is _same:
        return _same
    return lambda value: None if value is None else [inside(item) for item in value]


def _map(inside: Convert) -> Convert:
    return lambda value: None if value is None else [(key, inside(item)) for key, item in value.items()]
