"""Laws of the comparison, over any JSON value."""

from __future__ import annotations

import copy

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from contract_kit import jsonio
from contract_kit.oracle import Places, calibrate, compare, project

KEYS = st.text(st.characters(codec="utf-8", exclude_characters="*"), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=25,
)
OBJECTS = st.dictionaries(KEYS, JSON, min_size=1, max_size=5)
LAW = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@LAW
@given(JSON)
def test_what_comes_out_as_it_went_in_has_no_change(value):
    """compare(v, v) is empty for any JSON value, with nothing learned before."""
    assert compare(value, project(copy.deepcopy(value))) == []


@LAW
@given(OBJECTS, OBJECTS)
def test_a_consumer_that_hands_on_the_value_never_shows_a_change(first, second):
    """Learned from one body, an identity shows no change on any other, lossless included."""
    comparison = calibrate([(first, first)])
    assert comparison.changes(second, project(second), fresh=project(second), lossless=True) == []


@LAW
@given(OBJECTS, st.data())
def test_every_changed_text_is_found_at_its_place(value, data):
    """One text that came out as another is one change, at its pointer, where an identity was learned."""
    texts = [at for at, item in jsonio.walk(value) if isinstance(item, str) and item and at]
    assume(texts)
    pointer = data.draw(st.sampled_from(texts))
    old = jsonio.get(value, pointer)
    new = data.draw(st.text().filter(lambda text: text != old))
    comparison = calibrate([(value, value)])
    came = jsonio.replace(value, pointer, new)
    found = comparison.changes(value, came, fresh=came)
    in_list = any(
        isinstance(jsonio.get(value, pointer[: i or None] if i else ""), list)
        for i, letter in enumerate(pointer)
        if letter == "/"
    )
    assert found
    assert in_list or [change.pointer for change in found] == [pointer]


@LAW
@given(OBJECTS, JSON)
def test_comparing_anything_with_anything_never_raises(value, came):
    """Whatever comes out, the comparison comes to an end and gives changes of places of the body."""
    comparison = calibrate([(value, came)], Places.from_pointers(["/a", "/b/*"]))
    for change in comparison.changes(value, came, lossless=True) + comparison.changes(came, value):
        assert isinstance(change.pointer, str)
        assert change.how
