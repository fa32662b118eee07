"""Rows by their index: held against a dict."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from resolvers.runs import Runs

INDEX = st.integers(0, 30)
PUTS = st.lists(st.tuples(INDEX, st.integers(0, 8)))


@given(PUTS, INDEX, INDEX)
def test_it_is_as_a_dict_by_index(puts: list[tuple[int, int]], start: int, stop: int) -> None:
    runs, known = Runs(), dict[int, Any]()
    for turn, (at, count) in enumerate(puts):
        rows: list[Any] = [(turn, number) for number in range(count)]
        runs.put(at, rows)
        known.update(enumerate(rows, at))
        assert rows == [(turn, number) for number in range(count)], "what is put is left as it is"
    assert len(runs) == len(known)
    assert runs.holds(start, stop) == all(at in known for at in range(start, stop))
    assert list(runs.between(start, stop)) == [
        (at, known[at]) for at in range(start, stop) if at in known
    ]


@given(PUTS)
def test_no_run_touches_another_one(puts: list[tuple[int, int]]) -> None:
    runs = Runs()
    for at, count in puts:
        runs.put(at, [object()] * count)  # type: ignore[list-item]
    ends = {at + len(run) for at, run in runs._runs.items()}
    assert ends.isdisjoint(runs._runs)


def test_nothing_is_known_once_it_is_cleared() -> None:
    runs = Runs()
    runs.put(3, [object()])  # type: ignore[list-item]
    runs.clear()
    assert (len(runs), runs.holds(3, 4), list(runs.between(0, 9))) == (0, False, [])
