"""Paging arguments: what each mix of them means, and which are refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.arguments import Paging, paging
from resolvers.context import Limits
from resolvers.errors import UserInputError

GIVEN: list[tuple[dict[str, Any], Paging]] = [
    ({}, Paging(25)),
    ({"first": 10}, Paging(10)),
    ({"first": 0}, Paging(0)),
    ({"first": 100}, Paging(100)),
    ({"after": "x"}, Paging(25, cursor="x")),
    ({"first": 10, "after": "x"}, Paging(10, cursor="x")),
    ({"after": ""}, Paging(25, cursor="")),
    ({"last": 10}, Paging(10, backwards=True)),
    ({"last": 0}, Paging(0, backwards=True)),
    ({"before": "x"}, Paging(25, backwards=True, cursor="x")),
    ({"last": 100, "before": "x"}, Paging(100, backwards=True, cursor="x")),
]
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"first": -1}, "first: must be from 0 to 100, not -1"),
    ({"first": 101}, "first: must be from 0 to 100, not 101"),
    ({"last": -1}, "last: must be from 0 to 100, not -1"),
    ({"last": 101, "before": "x"}, "last: must be from 0 to 100, not 101"),
    ({"first": 10, "last": 10}, "not both at once"),
    ({"first": 10, "before": "x"}, "not both at once"),
    ({"last": 10, "after": "x"}, "not both at once"),
    ({"after": "x", "before": "y"}, "not both at once"),
    ({"first": 10, "after": "x", "last": 10, "before": "y"}, "not both at once"),
]


@pytest.mark.parametrize(("given", "meant"), GIVEN, ids=str)
def test_what_is_given_is_meant(given: dict[str, Any], meant: Paging) -> None:
    assert paging(given, Limits()) == meant


@pytest.mark.parametrize(("given", "complaint"), REFUSED, ids=str)
def test_what_cannot_be_meant_is_refused(given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(UserInputError) as refusal:
        paging(given, Limits())
    assert complaint in str(refusal.value)


numbers = st.integers(-200, 200)
texts = st.text(max_size=3)


@given(st.fixed_dictionaries({}, optional={"first": numbers, "last": numbers}), st.data())
def test_nothing_is_clamped(given: dict[str, int], data: st.DataObject) -> None:
    """A size is what was asked for or the default, whatever else is said; else it is refused."""
    cursors = st.fixed_dictionaries({}, optional={"after": texts, "before": texts})
    page = {**given, **data.draw(cursors)}
    forwards, backwards = page.keys() & {"first", "after"}, page.keys() & {"last", "before"}
    try:
        meant = paging(page, Limits())
    except UserInputError:
        assert (forwards and backwards) or any(size not in range(101) for size in given.values())
        return
    assert meant.size == next(iter(given.values()), 25)
    assert meant.backwards == bool(backwards)
    assert meant.cursor == page.get("before" if backwards else "after")
    assert not (forwards and backwards)
