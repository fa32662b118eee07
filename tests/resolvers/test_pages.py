"""Promises 1 to 4: walks over random upstreams against a plain sorted list."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import count, islice
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.queries import Direction
from providers.records import InvoiceStatus
from resolvers.errors import AllSourcesError
from tests.resolvers.model import EPOCH, Graph, Row, Upstream, keys, shown

NAMES = ("alpha", "beta", "gamma")
minutes = st.one_of(st.none(), st.integers(0, 12), st.integers(0, 10_000))
directions = st.sampled_from([*Direction, None])
sizes = st.lists(st.integers(1, 12), min_size=1, max_size=5)


@st.composite
def upstreams(draw: st.DrawFn) -> Upstream:
    times = draw(st.lists(minutes, max_size=40))
    numbers = draw(st.permutations(range(1, len(times) + 1)))
    rows = [
        Row(minute, number, draw(st.sampled_from(["confirmed", "rejected"])))
        for minute, number in zip(times, numbers, strict=True)
    ]
    limit = draw(st.sampled_from([1, 2, 3, 5, 10, 100]))
    return Upstream(rows, draw(directions), limit, stubborn=draw(st.booleans()))


graphs = st.lists(upstreams(), min_size=1, max_size=3).map(
    lambda found: Graph(dict(zip(NAMES, found, strict=False)))
)


async def walk(
    graph: Graph,
    counts: Sequence[int],
    *,
    descending: bool,
    backwards: bool,
    between: Callable[[], None] = lambda: None,
    restrictions: Mapping[str, Any] | None = None,
) -> Sequence[tuple[str, int]]:
    """Every row that the pages show, in the list's order; each page is full until the last."""
    cursor, turn = None, 0
    found: list[tuple[str, int]] = []
    while True:
        size = counts[turn % len(counts)]
        arguments = around(cursor, size, backwards=backwards)
        page = await graph.page(descending=descending, restrictions=restrictions, **arguments)
        rows = list(shown(page))
        found = rows + found if backwards else found + rows
        more = page.has_previous_page if backwards else page.has_next_page
        assert len(rows) == size or not more
        if not more:
            return found
        cursor, turn = (page.start_cursor if backwards else page.end_cursor), turn + 1
        assert turn < 1000
        between()


@given(graphs, sizes, st.booleans(), st.booleans())
@settings(max_examples=400, deadline=None)
def test_a_walk_gives_every_row_once_in_order(
    graph: Graph, counts: Sequence[int], descending: bool, backwards: bool
) -> None:
    for source in graph.sources:
        source.ties = True  # as after the first group of equal times that a source has shown
    found = asyncio.run(walk(graph, counts, descending=descending, backwards=backwards))
    assert found == keys(graph.model(descending=descending))


@given(graphs, sizes, st.booleans(), st.booleans())
@settings(max_examples=200, deadline=None)
def test_a_first_tie_at_the_end_of_a_page_of_the_upstream_costs_no_row(
    graph: Graph, counts: Sequence[int], descending: bool, backwards: bool
) -> None:
    """To look for more rows of that time would cost a call, so their ids may not sort."""
    found = asyncio.run(walk(graph, counts, descending=descending, backwards=backwards))
    model = graph.model(descending=descending)
    times = {(name, row.number): row.order[0] for name, row in model}
    assert sorted(found) == sorted(keys(model))
    assert [times[row] for row in found] == [row.order[0] for _, row in model]


def around(cursor: str | None, size: int, *, backwards: bool) -> dict[str, Any]:
    return {"last": size, "before": cursor} if backwards else {"first": size, "after": cursor}


bounds = st.one_of(st.none(), st.integers(0, 12), st.integers(0, 10_000))


@given(graphs, sizes, st.booleans(), st.booleans(), st.booleans(), bounds, bounds)
@settings(max_examples=400, deadline=None)
def test_a_filtered_walk_gives_just_the_rows_that_match(
    graph: Graph,
    counts: Sequence[int],
    descending: bool,
    backwards: bool,
    paid: bool,
    start: int | None,
    end: int | None,
) -> None:
    for source in graph.sources:
        source.ties = True
    moments = {"created_from": start, "created_to": end}
    restrictions: dict[str, Any] = {
        name: EPOCH + timedelta(minutes=minute)
        for name, minute in moments.items()
        if minute is not None
    }
    if paid:
        restrictions["statuses"] = [InvoiceStatus.PAID]
    found = asyncio.run(
        walk(graph, counts, descending=descending, backwards=backwards, restrictions=restrictions)
    )
    matching = [
        (name, row)
        for name, row in graph.model(descending=descending)
        if (not paid or row.status == "confirmed")
        and (start is None or (row.minute is not None and row.minute >= start))
        and (end is None or (row.minute is not None and row.minute < end))
    ]
    assert found == keys(matching)


@pytest.mark.parametrize("size", [1, 50])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("period", [(250, None), (None, 60), (100, 130)])
async def test_a_period_of_a_list_in_another_order_than_configured_is_found_all_the_same(
    period: tuple[int | None, int | None], backwards: bool, size: int
) -> None:
    rows = [Row(minute, minute) for minute in range(300)]
    graph = Graph({"alpha": Upstream(rows, Direction.ASCENDING)})
    graph.sources[0].order = Direction.DESCENDING
    start, end = period
    moments = {"created_from": start, "created_to": end}
    restrictions = {
        name: EPOCH + timedelta(minutes=minute)
        for name, minute in moments.items()
        if minute is not None
    }
    page = await graph.page(restrictions=restrictions, **around(None, size, backwards=backwards))
    within = [number for number in range(300) if (start or 0) <= number < (end or 300)][::-1]
    expected = within[-size:] if backwards else within[:size]
    assert [number for _, number in shown(page)] == expected


class Change(NamedTuple):
    """What happens at one upstream between two pages."""

    upstream: int
    inserts: Sequence[int | None]
    delete: int  # which of the rows, counted around


changes = st.lists(
    st.builds(Change, st.integers(0, 2), st.lists(minutes, max_size=4), st.integers(-1, 60)),
    max_size=8,
)


def change(graph: Graph, what: Change, fresh: Iterator[int]) -> None:
    every = list(graph.upstreams.values())
    upstream = every[what.upstream % len(every)]
    if what.delete >= 0 and upstream.rows:
        del upstream.rows[what.delete % len(upstream.rows)]
    upstream.rows.extend(Row(minute, next(fresh)) for minute in what.inserts)


@given(graphs, sizes, changes, st.booleans(), st.booleans())
@settings(max_examples=400, deadline=None)
def test_rows_that_come_and_go_make_no_other_row_skipped_or_repeated(
    graph: Graph, counts: Sequence[int], what: Sequence[Change], descending: bool, backwards: bool
) -> None:
    for source in graph.sources:
        source.ties = True
    before = keys(graph.model(descending=descending))
    fresh, pending = count(1000), iter(what)

    def between() -> None:
        for each in islice(pending, 1):
            change(graph, each, fresh)

    found = asyncio.run(
        walk(graph, counts, descending=descending, backwards=backwards, between=between)
    )
    after = set(keys(graph.model()))
    stayed = [row for row in before if row in after]
    assert [row for row in found if row in set(stayed)] == stayed
    assert len(found) == len(set(found))


@given(graphs, sizes, st.lists(st.sets(st.sampled_from(NAMES)), max_size=6), st.booleans())
@settings(max_examples=300, deadline=None)
def test_a_source_that_was_down_keeps_its_place(
    graph: Graph, counts: Sequence[int], outages: Sequence[set[str]], backwards: bool
) -> None:
    """Whatever sources are down on whatever pages, in the end each row was shown once."""
    for source in graph.sources:
        source.ties = True
    found = asyncio.run(walk_through(graph, counts, outages, backwards=backwards))
    assert sorted(found) == sorted(keys(graph.model()))


async def walk_through(
    graph: Graph, counts: Sequence[int], outages: Sequence[set[str]], *, backwards: bool
) -> Sequence[tuple[str, int]]:
    cursor, found = None, list[tuple[str, int]]()
    for turn in range(1000):
        down = outages[turn] if turn < len(outages) else set()
        for name, upstream in graph.upstreams.items():
            upstream.down = name in down
        size = counts[turn % len(counts)]
        if set(graph.upstreams) <= down:
            with pytest.raises(AllSourcesError):
                await graph.page(**around(cursor, size, backwards=backwards))
            continue
        page = await graph.page(**around(cursor, size, backwards=backwards))
        rows = list(shown(page))
        assert not {name for name, _ in rows} & down
        assert in_one_order(graph, rows)
        found.extend(rows)
        cursor = page.start_cursor if backwards else page.end_cursor
        more = page.has_previous_page if backwards else page.has_next_page
        if not more and turn >= len(outages):
            return found
    raise AssertionError("the walk does not end")


def in_one_order(graph: Graph, rows: Sequence[tuple[str, int]]) -> bool:
    model = keys(graph.model())
    places = [model.index(row) for row in rows]
    return places == sorted(places)
