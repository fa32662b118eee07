"""The one order of all rows."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.ranks import MISSING, Rank, by_creation, identity

ids = st.one_of(st.integers(0, 10**30).map(str), st.text(max_size=20))


@pytest.mark.parametrize(
    "provider_ids",
    [
        ["7", "9", "10", "700"],
        ["0", "00", "01", "1", "2"],
        ["99", "A", "B10", "B9", "a"],
        ["5", "", " 5", "-5", "5.0", "٣"],
        [str(10**20), str(10**20 + 1), "a"],
    ],
    ids=["numbers", "leading zeros", "words after numbers", "what is no number", "long numbers"],
)
def test_ids_sort_as_numbers_where_they_are_numbers(provider_ids: list[str]) -> None:
    for shuffled in permutations(provider_ids):
        assert sorted(shuffled, key=identity) == provider_ids


@given(ids, ids)
def test_different_ids_never_tie(one: str, other: str) -> None:
    assert (identity(one) == identity(other)) == (one == other)


@given(st.integers(0, 10**30), st.integers(0, 10**30))
def test_numbers_are_ordered_as_numbers(one: int, other: int) -> None:
    assert (identity(str(one)) < identity(str(other))) == (one < other)


def test_no_number_is_too_long() -> None:
    """An upstream may send what it likes: Python itself reads no number of 5,000 digits."""
    assert identity("1" * 5_000) != identity("2" * 5_000)


def test_the_sort_key_comes_first_then_the_source_then_the_id() -> None:
    ranks = [
        Rank(1, "b", identity("9")),
        Rank(2, "a", identity("9")),
        Rank(2, "a", identity("10")),
        Rank(2, "b", identity("1")),
    ]
    for shuffled in permutations(ranks):
        assert sorted(shuffled) == ranks


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_records_are_ordered_by_their_instants(one: datetime, other: datetime) -> None:
    keys = [by_creation(SimpleNamespace(created_at=moment)) for moment in (one, other)]
    assert (keys[0] < keys[1]) == (one < other)
    assert (keys[0] == keys[1]) == (one == other)


def test_one_instant_is_one_key_whatever_its_offset() -> None:
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
    elsewhere = moment.astimezone(timezone(timedelta(hours=3)))
    assert by_creation(SimpleNamespace(created_at=moment)) == by_creation(
        SimpleNamespace(created_at=elsewhere)
    )


def test_a_missing_time_is_earlier_than_any() -> None:
    earliest = datetime.min.replace(tzinfo=timezone(timedelta(hours=23, minutes=59)))
    assert by_creation(SimpleNamespace(created_at=None)) == MISSING
    assert by_creation(SimpleNamespace(created_at=earliest)) > MISSING
