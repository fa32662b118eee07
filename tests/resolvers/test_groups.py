"""Rows of an ordered list as they are read: which are held back, and what is found wrong."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, timedelta
from itertools import accumulate, count, pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import MalformedError
from providers.timestamps import micros, moment_of
from providers.views import Record, identity, moment
from resolvers.groups import GroupedStream, OrderBreachError
from resolvers.ranks import Rank, by_creation
from resolvers.ranks import identity as own
from resolvers.rows import Numbered
from resolvers.streams import Entry, Neighboured, Walk
from tests.providers.reading import origin
from tests.resolvers.model import EPOCH, Upstream, rows_of, source

DOWN = Walk(by_creation, down=True, backwards=False)


Pair = tuple[int | str, Any]


class Wire(msgspec.Struct):
    """A row of an answer."""

    id: int | str
    made: str | None


class Sale(Record):
    """A record that has an id and a time."""

    provider_id = identity("id")
    created_at = moment("made")


class Batches(GroupedStream):
    """A list that comes in the given batches."""

    def __init__(self, batches: Sequence[Numbered], walk: Walk, start: Entry) -> None:
        super().__init__(rows_of(source("alpha", Upstream([]))), walk, start)
        self._batches = list(batches)

    async def _read(self, need: int) -> Numbered:
        return self._batches.pop(0)

    def _is_last(self, position: int) -> bool:
        return not self._batches


def batches(*found: Sequence[Pair]) -> list[Numbered]:
    """Batches of rows with these ids and times, minutes or as they are written."""
    places, read = count(), list[Numbered]()
    of = origin(rows="sales")
    for rows in found:
        wires = [Wire(number, written(time)) for number, time in rows]
        read.append([(at, Sale(wire, of, at)) for wire, at in zip(wires, places, strict=False)])
    return read


def written(time: Any) -> Any:
    if not isinstance(time, int):
        return time
    return (EPOCH + timedelta(minutes=time)).isoformat(timespec="milliseconds")


async def ids(stream: GroupedStream, need: int = 1000) -> list[str]:
    """All that comes."""
    found: list[str] = []
    while not stream.ended or stream.ready:
        await stream.fill(need)
        found += [row[1].provider_id for row in stream.take(1000)]
    return found


def key(minute: int) -> int:
    return micros(EPOCH + timedelta(minutes=minute))


times = st.lists(st.one_of(st.none(), st.integers(0, 9), st.integers(0, 10_000)), min_size=1)
periods = st.tuples(*[st.none() | st.integers(0, 9) | st.integers(0, 10_000)] * 2).filter(
    lambda period: None in period or period[0] < period[1]
)
ends = st.lists(st.integers(1, 7), min_size=60, max_size=60)


@given(times, ends, st.randoms(use_true_random=False), st.booleans(), st.data())
def test_rows_come_in_final_order_where_they_are_wanted(
    minutes: list[int | None], sizes: list[int], draw: Any, down: bool, data: st.DataObject
) -> None:
    """However they come in batches; of no page it matters that all its times are of one shape."""
    minutes.sort(key=lambda minute: -1 if minute is None else minute, reverse=down)
    numbers = list(range(1, len(minutes) + 1))
    draw.shuffle(numbers)
    rows: list[Pair] = list(zip(numbers, minutes, strict=True))
    every = sorted(rows, key=lambda row: (-1 if row[1] is None else row[1], row[0]), reverse=down)
    at = data.draw(st.integers(0, len(rows)))
    place = every[at - 1] if at else None
    start = Entry()
    if place is not None:
        minute = -(2**63) if place[1] is None else key(place[1])
        start = Entry(Rank(minute, "alpha", own(str(place[0]))))
    cuts = [0, *accumulate(sizes), len(rows)]
    found = [rows[one:other] for one, other in pairwise(cuts) if rows[one:other]]
    floor, ceiling = (None if minute is None else key(minute) for minute in data.draw(periods))
    matches = data.draw(st.sampled_from([None, lambda sale: int(sale.provider_id) % 3 > 0]))
    stream = Batches(
        batches(*found), Walk(by_creation, down, False, matches, floor, ceiling), start
    )
    stream.rows.source.ties = True
    wanted = [
        str(number)
        for number, minute in every[at:]
        if (matches is None or int(number) % 3 > 0)
        and (floor is None or (minute is not None and key(minute) >= floor))
        and (ceiling is None or minute is None or key(minute) < ceiling)
    ]
    assert asyncio.run(ids(stream)) == wanted


async def test_rows_that_are_alone_are_ready_as_they_came() -> None:
    (rows,) = batches([(9, 30), (8, 20), (7, 10), (6, 0)])
    stream = Batches([rows, ()], DOWN, Entry())
    await stream.fill(1)
    assert stream.ready == rows[:3]
    assert not stream.ended
    sales: list[Any] = [sale for _, sale in rows]
    times = [EPOCH + timedelta(minutes=minute) for minute in (30, 20, 10, 0)]
    assert [sale.created_at for sale in sales] == times


async def test_those_of_one_time_know_their_neighbours() -> None:
    (rows,) = batches([(9, 30), (7, 20), (8, 20), (6, 0)])
    stream = Batches([rows], DOWN, Entry())
    await stream.fill(9)
    (_, nine), (_, seven), (_, eight), (_, six) = rows
    assert stream.ready == [
        (0, nine),
        Neighboured(2, eight, 1, 0),
        Neighboured(1, seven, 0, 1),
        Neighboured(3, six),
    ]
    assert stream.rows.source.ties


BAD = {
    "no time": ([(2, 5), (1, "yesterday")], "made", 1),
    "no id": ([(2, 5), ("", 4)], "id", 1),
    "no id, then no time": ([(3, 6), ("", 4), (1, "yesterday")], "id", 1),
    "no time, then no id": ([(3, "yesterday"), ("", 4)], "made", 0),
    "out of order, and no time": ([(3, 1), (2, 7), (1, "2026-13-01T00:00:00.000Z")], "made", 2),
    "out of order, and no id": ([(3, 1), (2, 7), ("", 0)], "id", 2),
}


@pytest.mark.parametrize("case", BAD.values(), ids=BAD.keys())
async def test_the_first_row_without_an_id_or_a_time_is_named(
    case: tuple[list[Pair], str, int],
) -> None:
    rows, name, at = case
    with pytest.raises(MalformedError, match=rf"^main: sales\[{at}\]\.{name} is "):
        await Batches(batches(rows), DOWN, Entry()).fill(1)


@pytest.mark.parametrize("second", [10, None, "2026-01-01T00:00:00Z"])
async def test_rows_out_of_order_are_noticed(second: Any) -> None:
    for rows in ([[(3, second), (2, 11), (1, 0)]], [[(4, 20), (3, second)], [(2, 11)]]):
        with pytest.raises(OrderBreachError):
            await ids(Batches(batches(*rows), DOWN, Entry()))


async def test_behind_a_bound_rows_are_let_go_as_they_came() -> None:
    bound = Rank(key(20), "alpha", own("5"))
    (rows,) = batches([(9, 30), (4, 20), (8, 19), (7, 10), (6, 0)])
    stream = Batches([rows], DOWN, Entry(bound))
    await stream.fill(9)
    assert stream.ready == [
        *(Neighboured(*row) for row in rows[1:3]),
        rows[3],
        Neighboured(*rows[4]),
    ]
    assert moment_of(stream.key(0)) == (EPOCH + timedelta(minutes=20)).astimezone(UTC)
