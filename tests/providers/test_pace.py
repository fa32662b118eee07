"""Requests get their turns at equal distances, or none in time."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import pace
from providers.pace import LocalPace


async def test_turns_come_at_equal_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "monotonic", lambda: 50.0)
    turns = LocalPace(4)
    assert [await turns.turn(10) for _ in range(4)] == [0, 0.25, 0.5, 0.75]


async def test_a_turn_that_comes_too_late_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "monotonic", lambda: 50.0)
    turns = LocalPace(1)
    assert [await turns.turn(1.5) for _ in range(4)] == [0, 1, None, None]
    assert await turns.turn(2) == 2


@given(
    rate=st.floats(0.1, 50),
    arrivals=st.lists(st.floats(0, 5), min_size=1, max_size=50),
)
async def test_no_two_requests_are_closer_than_the_pace(rate: float, arrivals: list[float]) -> None:
    now = 0.0
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pace, "monotonic", lambda: now)
        turns = LocalPace(rate)
        starts = []
        for gap in arrivals:
            now += gap
            wait = await turns.turn(3)
            assert wait is None or 0 <= wait <= 3
            starts += [] if wait is None else [now + wait]
    assert starts == sorted(starts)
    assert all(later - earlier >= 1 / rate - 1e-6 for earlier, later in pairwise(starts))
