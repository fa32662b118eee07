"""The merge of several streams into one list."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.errors import UnavailableError
from providers.queries import Direction
from providers.wire import Request, Response
from resolvers.groups import OrderBreachError
from resolvers.merge import LostSourceError, any_more, take
from resolvers.ordered import OrderedStream
from resolvers.ranks import by_creation
from resolvers.streams import Entry, SortedStream, Stream, Walk
from tests.resolvers.model import Graph, Row, Upstream, keys, rows_of, source

NAMES = ("alpha", "beta", "gamma", "delta")


def stream(name: str, upstream: Upstream, *, down: bool) -> Stream:
    """All rows of an upstream, towards smaller ranks if `down`."""
    account = source(name, upstream)
    account.ties = True
    rows = rows_of(account)
    kind = SortedStream if upstream.direction is None else OrderedStream
    return kind(rows, Walk(by_creation, down, backwards=False), Entry())


@st.composite
def upstreams(draw: st.DrawFn) -> Upstream:
    minutes = draw(st.lists(st.one_of(st.none(), st.integers(0, 30)), max_size=30))
    numbers = draw(st.permutations(range(1, len(minutes) + 1)))
    rows = [Row(minute, number) for minute, number in zip(minutes, numbers, strict=True)]
    limit = draw(st.sampled_from([1, 2, 7, 100]))
    return Upstream(rows, draw(st.sampled_from([*Direction, None])), limit)


@given(st.lists(upstreams(), max_size=4), st.lists(st.integers(0, 20), max_size=6), st.booleans())
@settings(max_examples=100, deadline=None)
def test_streams_are_merged_as_one_sorted_list(
    found: Sequence[Upstream], counts: Sequence[int], down: bool
) -> None:
    """Whatever is taken at a time; and whether there is more is always known."""
    named = dict(zip(NAMES, found, strict=False))
    model = list(keys(Graph(named).model(descending=down)))

    async def merge() -> None:
        streams = [stream(name, upstream, down=down) for name, upstream in named.items()]
        for count in [*counts, 200]:
            taken = await take(streams, count, down=down)
            rows = [
                (owner.rows.source.name, int(row[1].provider_id))
                for row, owner in zip(taken.rows, taken.owners, strict=True)
            ]
            assert rows == model[:count]
            del model[:count]
            assert await any_more(streams) == bool(model)

    asyncio.run(merge())
    assert model == []


async def test_nothing_taken_reads_nothing() -> None:
    upstream = Upstream([Row(1, 1)])
    streams = [stream("alpha", upstream, down=True)]
    assert await take(streams, 0, down=True) == ([], [])
    assert upstream.requests == []
    assert await any_more(streams)
    assert len(upstream.requests) == 1


async def test_where_one_has_a_row_ready_no_other_is_asked_whether_it_has_more() -> None:
    upstream = Upstream([Row(2, 2), Row(1, 1)])
    streams = [stream(name, upstream, down=True) for name in ("alpha", "beta")]
    await take(streams[:1], 1, down=True)
    asked = len(upstream.requests)
    assert await any_more(streams)
    assert len(upstream.requests) == asked


async def test_no_streams_are_an_empty_list() -> None:
    assert await take([], 5, down=True) == ([], [])
    assert not await any_more([])


async def test_a_source_whose_rows_are_not_needed_is_read_no_further() -> None:
    near = Upstream([Row(1_000 + minute, minute) for minute in range(300)])
    far = Upstream([Row(minute, minute) for minute in range(300)])
    streams = [stream(name, each, down=True) for name, each in (("near", near), ("far", far))]
    await take(streams, 250, down=True)
    assert len(far.requests) == 3  # as much as it might have had to give
    assert set((await take(streams, 40, down=True)).owners) == {streams[0]}
    assert len(far.requests) == 3


@dataclass
class Meeting(Upstream):
    """Answers only when all of a party have been asked."""

    party: list["Meeting"] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, request: Request, _: float = 0) -> Response:
        self.came.set()
        for each in self.party:
            await each.came.wait()
        return await super().send(request)


async def test_all_sources_are_read_at_once() -> None:
    """Read one after the other, the first would wait for the second for ever."""
    party = [Meeting([Row(minute, minute)]) for minute in range(3)]
    for each in party:
        each.party = party
    streams = [stream(name, each, down=True) for name, each in zip(NAMES, party, strict=False)]
    taken = await asyncio.wait_for(take(streams, 3, down=True), timeout=5)
    assert len(taken.rows) == 3


async def test_a_lost_source_is_named_with_its_error() -> None:
    dead = Upstream([Row(1, 1)], down=True)
    streams = [
        stream("alpha", Upstream([Row(1, 1)]), down=True),
        stream("beta", dead, down=True),
    ]
    for waits in (take(streams, 1, down=True), any_more(streams[1:])):
        with pytest.raises(LostSourceError, match="beta") as failure:
            await waits
        assert failure.value.stream is streams[1]
        assert isinstance(failure.value.error, UnavailableError)


@dataclass
class Gated(Upstream):
    """Answers when its gate is open."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, request: Request, _: float = 0) -> Response:
        await self.gate.wait()
        return await super().send(request)


@dataclass
class Dying(Gated):
    """Opens the gate of another and fails at once."""

    async def send(self, request: Request, _: float = 0) -> Response:
        self.gate.set()
        raise UnavailableError("is down")


async def test_a_failure_waits_for_the_others_to_come_to_their_end() -> None:
    """So that nothing is still under way when the page is made anew without the source."""
    slow = Gated([Row(1, 1)])
    streams = [
        stream("slow", slow, down=True),
        stream("dead", Dying([], gate=slow.gate), down=True),
    ]
    with pytest.raises(LostSourceError, match="dead"):
        await take(streams, 1, down=True)
    assert streams[0].ready


async def test_a_breach_of_the_order_is_a_loss() -> None:
    upstream = Upstream([Row(1, 1), Row(2, 2)], direction=None)
    account = source("alpha", upstream, order=Direction.DESCENDING)
    rows = rows_of(account)
    broken = OrderedStream(rows, Walk(by_creation, down=True, backwards=False), Entry())
    with pytest.raises(LostSourceError) as failure:
        await take([broken], 2, down=True)
    assert isinstance(failure.value.error, OrderBreachError)


async def test_a_defect_is_not_taken_for_a_lost_source() -> None:
    class Broken(Upstream):
        async def send(self, request: Request, _: float = 0) -> Response:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await take([stream("alpha", Broken([]), down=True)], 1, down=True)
