"""Objects of answers are written like dicts with the same keys, in the same order."""

import gc
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import objects
from server.objects import selected

KEYS = st.from_regex(r"[_A-Za-z][_0-9A-Za-z]{0,12}", fullmatch=True)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=12))
def test_written_as_a_dict_is(values: dict[str, Any]) -> None:
    made = selected(tuple(values))(*values.values())
    assert msgspec.json.encode(made) == msgspec.json.encode(values)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5), st.data())
def test_values_can_be_got_and_come_late(values: dict[str, Any], data: st.DataObject) -> None:
    made: Any = selected(tuple(values))(*values.values())
    late = data.draw(st.sampled_from(sorted(values)))
    assert made[late] == values[late]
    made[late] = values[late] = "late"
    assert msgspec.json.encode(made) == msgspec.json.encode(values)


@pytest.mark.parametrize("key", ["attributes", "value0", "__typename", "class", "__class__"])
def test_no_name_of_python_is_in_the_way(key: str) -> None:
    made: Any = selected(("other", key))(1, 2)
    assert made[key] == 2
    assert msgspec.json.encode(made) == b'{"other":1,"%s":2}' % key.encode()


def test_a_class_that_nobody_uses_any_more_is_not_kept() -> None:
    for number in range(50):
        selected((f"gone{number}", "x"))
    gc.collect()
    assert not [keys for keys in objects._known if "x" in keys and keys[0].startswith("gone")]


def test_there_is_one_class_for_the_same_keys() -> None:
    assert selected(("a", "b")) is selected(("a", "b"))
    assert selected(("a", "b")) is not selected(("b", "a"))
