"""Lists in the order of their sort key: how few calls they take, and what is not relied on."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from math import ceil, log2
from typing import Any, NamedTuple, cast, overload

import pytest

from providers.errors import ReadLimitError, UnorderedError
from providers.queries import Direction
from providers.records import InvoiceStatus, OutcomeStatus, SourceState
from resolvers.connections import Connection
from resolvers.errors import AllSourcesError
from tests.resolvers.model import EPOCH, Graph, Row, Upstream, keys, shown, source

DIRECTIONS = pytest.mark.parametrize("native", list(Direction), ids=lambda each: each.value)
VIEWS = pytest.mark.parametrize("descending", [True, False], ids=["newest first", "oldest first"])


def steady(length: int) -> list[Row]:
    """A row every ten minutes, numbered in the order of their times."""
    return [Row(10 * number, number) for number in range(length)]


def of_one(upstream: Upstream, **limits: int) -> Graph:
    return Graph({"alpha": upstream}, **limits)


def arranged(rows: Sequence[Row], order: Direction, **limits: int) -> Graph:
    """An upstream that is said to list in this order, and lists as the rows are given."""
    graph = of_one(Upstream(cast("list[Row]", rows), direction=None), **limits)
    graph.sources = [source("alpha", graph.upstreams["alpha"], order=order)]
    return graph


async def asked(graph: Graph, **page: Any) -> tuple[Connection, int]:
    """A page, and how many calls it took."""
    (upstream,) = graph.upstreams.values()
    upstream.requests.clear()
    found = await graph.page(**page)
    return found, len(upstream.requests)


def numbers(page: Connection) -> list[int]:
    return [number for _, number in shown(page)]


def galloped(rows: int) -> float:
    """How many calls a page may take that lies so many rows away: see test_windows for the looks.

    A first window shows that the page is not there, then come the looks and the page itself, which
    may lie on two of the upstream's.
    """
    return 1 + (4 + 1.5 * log2(3 * rows / 100)) + 2


# The table of calls.md


@DIRECTIONS
async def test_first_and_next_pages_along_the_upstreams_order_are_one_call_each(
    native: Direction,
) -> None:
    graph = of_one(Upstream(steady(1_000), native))
    along = native is Direction.DESCENDING
    first, calls = await asked(graph, first=20, descending=along)
    assert calls == 1
    following, calls = await asked(graph, first=20, descending=along, after=first.end_cursor)
    assert calls == 1
    assert not set(numbers(first)) & set(numbers(following))


@DIRECTIONS
async def test_the_other_end_takes_one_call_more_to_learn_the_length(native: Direction) -> None:
    graph = of_one(Upstream(steady(1_000), native))
    against = native is Direction.ASCENDING
    first, calls = await asked(graph, first=20, descending=against)
    assert calls <= 2
    _, calls = await asked(graph, first=20, descending=against, after=first.end_cursor)
    assert calls == 1
    last, calls = await asked(graph, last=20, descending=not against)
    assert calls <= 2
    assert numbers(last) == numbers(first)[::-1]


async def test_pages_as_long_as_the_upstreams_take_two_calls_from_the_second_on() -> None:
    graph = of_one(Upstream(steady(1_000)))
    page, calls = await asked(graph, first=100)
    assert calls == 1
    for _ in range(3):
        page, calls = await asked(graph, first=100, after=page.end_cursor)
        assert (calls, len(page.nodes)) == (2, 100)


@pytest.mark.parametrize("size", [1, 7, 20, 25, 33, 49])
async def test_a_page_of_less_than_half_the_upstreams_is_seldom_more_than_one_call(
    size: int,
) -> None:
    graph = of_one(Upstream(steady(1_000)))
    cursor, costs = None, []
    for _ in range(18):
        page, calls = await asked(graph, first=size, after=cursor)
        cursor = page.end_cursor
        costs.append(calls)
    assert max(costs) <= 2
    assert sum(costs) <= len(costs) + 2


@VIEWS
@DIRECTIONS
async def test_last_is_at_most_two_calls(native: Direction, descending: bool) -> None:
    graph = of_one(Upstream(steady(1_000), native))
    page, calls = await asked(graph, last=20, descending=descending)
    assert calls <= 2
    ends = range(980, 1_000) if not descending else range(19, -1, -1)
    assert numbers(page) == list(ends)
    before, calls = await asked(graph, last=20, descending=descending, before=page.start_cursor)
    assert (calls, len(before.nodes)) == (1, 20)


class Sequel(Sequence[Row]):
    """A list too long to be held: its rows are made when asked for, newest first."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __len__(self) -> int:
        return self._length

    def _row(self, at: int) -> Row:
        return Row(self._length - at, self._length - at)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        if isinstance(at, slice):
            return [self._row(each) for each in range(*at.indices(self._length))]
        return self._row(at)


async def test_a_page_at_row_100_000_of_a_million_costs_as_the_second() -> None:
    graph = arranged(Sequel(1_000_000), Direction.DESCENDING)
    deep = {"created_to": EPOCH + timedelta(minutes=900_000)}
    page, calls = await asked(graph, first=20, restrictions=deep)
    assert numbers(page) == list(range(899_999, 899_979, -1))
    assert calls <= galloped(100_000)
    for _ in range(5):
        start = numbers(page)[-1]
        page, calls = await asked(graph, first=20, restrictions=deep, after=page.end_cursor)
        assert numbers(page) == list(range(start - 1, start - 21, -1))
        assert calls == 1


async def test_the_far_end_of_a_million_rows_is_two_calls_away() -> None:
    graph = arranged(Sequel(1_000_000), Direction.DESCENDING)
    page, calls = await asked(graph, last=20)
    assert (numbers(page), calls) == (list(range(20, 0, -1)), 2)
    page, calls = await asked(graph, last=20, before=page.start_cursor)
    assert (numbers(page), calls) == (list(range(40, 20, -1)), 1)


async def test_the_whole_length_is_walked_without_a_call_too_many() -> None:
    """Each window begins with a row of the one before: 99 new rows a call at the best."""
    graph = of_one(Upstream(steady(1_000)))
    cursor, total = None, 0
    for _ in range(50):
        page, calls = await asked(graph, first=20, after=cursor)
        cursor, total = page.end_cursor, total + calls
    assert not page.has_next_page
    assert total <= 50 + 50 // 4


# Rows that came and went before the anchor


class Place(NamedTuple):
    """A place in a list of 7,000 rows: its cursor, and what the next page is and costs there."""

    cursor: str
    rows: Sequence[int]
    calls: int


LENGTH = 7_000
LONG = steady(LENGTH)


def sorted_by(rows: Sequence[Row], native: Direction, **limits: int) -> Graph:
    """An upstream that has its rows in order once and for all."""
    ordered = sorted(rows, reverse=native is Direction.DESCENDING)
    return arranged(ordered, native, **limits)


@cache
def place(native: Direction, descending: bool, at: int) -> Place:
    async def find() -> Place:
        graph = sorted_by(LONG, native, max_page_size=LENGTH)
        cursor = (await graph.page(first=at, descending=descending)).end_cursor
        assert cursor is not None
        page, calls = await asked(graph, first=20, descending=descending, after=cursor)
        return Place(cursor, numbers(page), calls)

    return asyncio.run(find())


def changed(what: str, moved: int, at: int, *, descending: bool) -> list[Row]:
    """The rows after `moved` of them came or went shortly before the anchor.

    `hidden`: as many went or came at the end of the list, so that its length tells nothing.
    """
    rows = LONG[::-1] if descending else LONG[:]
    anchor = rows[at - 1]
    came = anchor.order[0] + (5 if descending else -5)
    fresh = [Row(int(came), LENGTH + number) for number in range(moved)]
    if what.startswith("inserted"):
        return fresh + (rows[:-moved] if "hidden" in what else rows)
    last = at if "itself" in what else at - 1
    del rows[last - moved : last]
    if "hidden" in what:
        end = -5 if descending else 10 * LENGTH
        rows += [Row(end, LENGTH + number) for number in range(moved)]
    return rows


CHANGES = [
    "inserted",
    "deleted",
    "deleted with the anchor itself",
    "inserted, hidden",
    "deleted, hidden",
]


@pytest.mark.parametrize("at", [3_417, 3_400, 3_401], ids=["within", "at the end", "at the start"])
@pytest.mark.parametrize("moved", [1, 3, 10, 50, 100, 500, 3_000])
@pytest.mark.parametrize("what", CHANGES)
@VIEWS
@DIRECTIONS
def test_an_anchor_that_moved_is_found_in_few_more_calls(
    native: Direction, descending: bool, what: str, moved: int, at: int
) -> None:
    """At most ⌈log₂ of how far it moved⌉ + 1 more, wherever in a page of the upstream it was."""
    before = place(native, descending, at)
    graph = sorted_by(changed(what, moved, at, descending=descending), native)
    page, calls = asyncio.run(asked(graph, first=20, descending=descending, after=before.cursor))
    assert numbers(page) == before.rows
    assert calls - before.calls <= ceil(log2(moved)) + 1


@VIEWS
@DIRECTIONS
async def test_what_changes_behind_the_page_costs_no_call(
    native: Direction, descending: bool
) -> None:
    before = place(native, descending, 3_417)
    rows = LONG[::-1] if descending else LONG[:]
    end = -5 if descending else 10 * LENGTH
    for behind in (rows[:-500], [*rows, *(Row(end, LENGTH + more) for more in range(500))]):
        graph = of_one(Upstream(behind, native))
        page, calls = await asked(graph, first=20, descending=descending, after=before.cursor)
        assert numbers(page) == before.rows
        assert calls <= before.calls + 1
    # Along the upstream's order the rows behind stand behind the window too.
    if (native is Direction.DESCENDING) == descending:
        assert calls == before.calls


# Rows of equal sort key


async def test_rows_of_one_time_are_held_back_until_they_are_complete_and_sorted() -> None:
    rows = [Row(9, 50), *(Row(5, number) for number in (3, 1, 4, 2)), Row(1, 60)]
    graph = of_one(Upstream(rows))
    page = await graph.page(first=3)
    assert numbers(page) == [50, 4, 3]
    assert numbers(await graph.page(first=3, after=page.end_cursor)) == [2, 1, 60]
    assert numbers(await graph.page(first=6, descending=False)) == [60, 1, 2, 3, 4, 50]


async def test_a_group_longer_than_the_upstreams_page_comes_whole() -> None:
    rows = [Row(5, number) for number in (7, 1, 5, 3, 9, 2, 8, 6, 4)]
    graph = of_one(Upstream([Row(8, 20), *rows, Row(2, 30)], limit=2))
    assert numbers(await graph.page(first=4)) == [20, 9, 8, 7]
    assert numbers(await graph.page(last=4)) == [3, 2, 1, 30]
    assert graph.sources[0].ties


@pytest.mark.parametrize("before", [0, 1, 30])
async def test_a_page_that_goes_on_within_a_group_is_one_call(before: int) -> None:
    """Also where the group is the first of the list, and has no row before it."""
    newest = [Row(20_000 - number, 3_000 + number) for number in range(before)]
    group = [Row(10_000, 2_000 + number) for number in range(4)]
    graph = of_one(Upstream([*newest, *group, *steady(500)]))
    page = await graph.page(first=before + 2)
    following, calls = await asked(graph, first=4, after=page.end_cursor)
    assert (numbers(following), calls) == ([2_001, 2_000, 499, 498], 1)


async def test_a_row_is_let_go_early_at_the_end_of_the_upstreams_page() -> None:
    graph = of_one(Upstream(steady(500)))
    page, calls = await asked(graph, first=100)
    assert (calls, len(page.nodes)) == (1, 100)
    assert not graph.sources[0].ties


async def test_no_row_is_let_go_early_where_its_neighbour_comes_along() -> None:
    rows = [Row(1_000 - number, number) for number in range(19)]
    graph = of_one(Upstream([*rows, Row(5, 100), Row(5, 200), Row(1, 300)]))
    page, calls = await asked(graph, first=20)
    assert (numbers(page)[-1], calls) == (200, 2)
    assert graph.sources[0].ties


@pytest.mark.parametrize("size", [1, 5, 20])
@pytest.mark.parametrize("rows", [10, 50, 90])
async def test_a_group_that_fits_one_page_of_the_upstream_costs_one_call_more(
    size: int, rows: int
) -> None:
    graph = of_one(Upstream([Row(500, number) for number in range(rows)] + [Row(1, 1_000)]))
    page, calls = await asked(graph, first=size)
    assert numbers(page) == [*range(rows - 1, -1, -1), 1_000][:size]
    assert calls <= 2


async def test_the_rest_of_a_group_follows_a_row_that_was_let_go_early() -> None:
    """Row 100 of the upstream's first page is the first of three of one time."""
    rows = [Row(1_000 - number, number) for number in range(99)]
    graph = of_one(Upstream([*rows, Row(5, 500), Row(5, 700), Row(5, 600), Row(1, 900)]))
    page, calls = await asked(graph, first=100)
    assert (numbers(page)[-1], calls) == (500, 1)
    following = await graph.page(first=100, after=page.end_cursor)
    assert numbers(following) == [700, 600, 900]


async def test_where_ties_are_known_a_group_costs_the_call_that_completes_it() -> None:
    rows = [Row(1_000 - number, number) for number in range(99)]
    graph = of_one(Upstream([*rows, Row(5, 500), Row(5, 700), Row(5, 600), Row(1, 900)]))
    graph.sources[0].ties = True
    page, calls = await asked(graph, first=100)
    assert numbers(page)[-1] == 700
    assert calls <= 2


async def test_rows_without_a_time_are_earlier_than_any() -> None:
    rows = [Row(5, 1), Row(0, 2), Row(None, 4), Row(None, 3)]
    graph = of_one(Upstream(rows))
    assert numbers(await graph.page(first=9)) == [1, 2, 4, 3]
    assert numbers(await graph.page(first=9, descending=False)) == [3, 4, 2, 1]


# Upstreams that do not keep their order


@VIEWS
async def test_a_breach_on_the_first_page_turns_to_reading_and_sorting(descending: bool) -> None:
    rows = steady(150)[::-1]
    rows[3], rows[8] = rows[8], rows[3]
    graph = arranged(rows, Direction.DESCENDING, max_page_size=150)
    page = await graph.page(first=10, descending=descending)
    if not descending:
        assert not graph.sources[0].disordered  # the breach is at the other end
        page = await graph.page(first=147, descending=False)
    model = keys(graph.model(descending=descending))
    assert list(shown(page)) == model[: len(page.nodes)]
    assert graph.sources[0].disordered == {"invoices"}
    assert graph.sources[0].state is SourceState.DEGRADED
    assert [outcome.status for outcome in page.sources] == [OutcomeStatus.OK]


async def test_the_walk_of_a_sorted_list_goes_on_sorted() -> None:
    rows = steady(60)
    graph = arranged([*rows[1::2], *rows[::2]], Direction.DESCENDING)
    cursor, found = None, list[tuple[str, int]]()
    for _ in range(6):
        page = await graph.page(first=10, after=cursor)
        cursor = page.end_cursor
        found += shown(page)
    assert found == keys(graph.model())


async def test_the_walk_of_a_sorted_list_goes_on_after_a_restart() -> None:
    """The cursor remembers it; the new process believes the order until then."""
    rows = steady(60)
    graph = arranged([*rows[1::2], *rows[::2]], Direction.DESCENDING)
    page = await graph.page(first=10)
    graph.sources = [source("alpha", graph.upstreams["alpha"], order=Direction.DESCENDING)]
    following = await graph.page(first=10, after=page.end_cursor)
    assert list(shown(page)) + list(shown(following)) == keys(graph.model())[:20]


async def test_a_breach_first_found_when_resuming_fails_the_source() -> None:
    rows = steady(60)[::-1]
    graph = arranged(rows, Direction.DESCENDING)
    page = await graph.page(first=10)
    rows[14], rows[17] = rows[17], rows[14]
    with pytest.raises(AllSourcesError, match="start again from the first page") as failure:
        await graph.page(first=10, after=page.end_cursor)
    (error,) = failure.value.errors
    assert isinstance(error, UnorderedError)
    assert (error.source, error.provider) == ("alpha", "YUME")
    assert graph.sources[0].disordered == {"invoices"}
    again = await graph.page(first=20)
    assert list(shown(again)) == keys(graph.model())[:20]


async def test_a_breach_in_one_source_leaves_the_others_in_order() -> None:
    graph = Graph({"alpha": Upstream(steady(30), None), "beta": Upstream(steady(30))})
    graph.sources[0] = source("alpha", graph.upstreams["alpha"], order=Direction.DESCENDING)
    page = await graph.page(first=40)
    assert list(shown(page)) == keys(graph.model())[:40]
    assert [each.disordered for each in graph.sources] == [{"invoices"}, set()]


async def test_a_long_list_that_breaks_its_order_fails() -> None:
    rows = steady(500)[::-1]
    rows[3], rows[8] = rows[8], rows[3]
    with pytest.raises(AllSourcesError) as failure:
        await arranged(rows, Direction.DESCENDING, max_rows_read=400).page(first=10)
    assert [error.code for error in failure.value.errors] == ["UPSTREAM_UNORDERED"]


async def test_a_breach_that_the_page_does_not_reach_is_not_noticed() -> None:
    rows = steady(500)[::-1]
    rows[300], rows[400] = rows[400], rows[300]
    graph = arranged(rows, Direction.DESCENDING)
    page, calls = await asked(graph, first=10)
    assert (numbers(page), calls) == (list(range(499, 489, -1)), 1)
    assert not graph.sources[0].disordered


# Filters that the upstream does not apply


def sprinkled(length: int, every: int) -> list[Row]:
    """A refund in every so many rows."""
    return [
        Row(10 * number, number, "refunded" if number % every == 0 else "confirmed")
        for number in range(length)
    ]


REFUNDED = {"statuses": [InvoiceStatus.REFUNDED]}


async def test_a_filter_reads_only_until_the_page_is_full() -> None:
    graph = of_one(Upstream(sprinkled(1_000, 10)))
    page, calls = await asked(graph, first=5, restrictions=REFUNDED)
    assert (numbers(page), calls) == ([990, 980, 970, 960, 950], 1)
    page, calls = await asked(graph, first=25, restrictions=REFUNDED)
    assert (len(page.nodes), calls) == (25, 3)


@VIEWS
async def test_a_walk_through_a_filter_gives_every_row_once(descending: bool) -> None:
    graph = of_one(Upstream(sprinkled(700, 9)))
    cursor, found = None, list[int]()
    while True:
        page = await graph.page(first=7, descending=descending, restrictions=REFUNDED, after=cursor)
        found += numbers(page)
        cursor = page.end_cursor
        if not page.has_next_page:
            break
    assert found == sorted(range(0, 700, 9), reverse=descending)


async def test_filtering_past_the_budget_fails_and_says_what_to_narrow() -> None:
    graph = of_one(Upstream(sprinkled(1_000, 1_000)), max_rows_read=250)
    with pytest.raises(AllSourcesError, match="createdFrom") as failure:
        await asked(graph, first=1, restrictions=REFUNDED)
    (error,) = failure.value.errors
    assert isinstance(error, ReadLimitError)
    assert (error.source, error.code) == ("alpha", "READ_LIMIT_EXCEEDED")
    assert len(graph.upstreams["alpha"].requests) == 3


async def test_rows_outside_the_period_spend_no_budget() -> None:
    graph = of_one(Upstream(sprinkled(5_000, 2)), max_rows_read=250)
    early = {"created_to": EPOCH + timedelta(minutes=2_000), **REFUNDED}
    page = await graph.page(first=20, restrictions=early)
    assert numbers(page) == list(range(198, 158, -2))


# Periods


def between(start: int | None, stop: int | None) -> dict[str, Any]:
    """The period from one row of `steady` up to another."""
    bounds = {"created_from": start, "created_to": stop}
    return {
        name: EPOCH + timedelta(minutes=10 * row) for name, row in bounds.items() if row is not None
    }


PERIODS = [(2_000, 2_050), (0, 10), (4_990, 5_000), (None, 700), (4_500, None), (2_999, 3_001)]


@pytest.mark.parametrize("period", PERIODS)
@VIEWS
@DIRECTIONS
async def test_a_period_is_galloped_to_and_left_at_its_end(
    native: Direction, descending: bool, period: tuple[int | None, int | None]
) -> None:
    graph = of_one(Upstream(steady(5_000), native))
    start, stop = period
    page, calls = await asked(
        graph, first=100, descending=descending, restrictions=between(start, stop)
    )
    rows = list(range(start or 0, 5_000 if stop is None else stop))
    expected = rows[::-1] if descending else rows
    assert numbers(page) == expected[:100]
    assert page.has_next_page == (len(expected) > 100)
    assert calls <= galloped(5_000)


async def test_a_period_at_the_near_end_takes_one_call() -> None:
    graph = of_one(Upstream(steady(5_000)))
    page, calls = await asked(graph, first=50, restrictions=between(4_970, None))
    assert (numbers(page), calls) == (list(range(4_999, 4_969, -1)), 1)


@pytest.mark.parametrize("period", [(2_000, 2_050), (None, 700)])
async def test_the_next_page_of_a_period_takes_one_call(
    period: tuple[int | None, int | None],
) -> None:
    graph = of_one(Upstream(steady(5_000)))
    page = await graph.page(first=20, restrictions=between(*period))
    _, calls = await asked(graph, first=20, restrictions=between(*period), after=page.end_cursor)
    assert calls == 1


async def test_bounds_are_inclusive_and_exclusive_to_the_microsecond() -> None:
    graph = of_one(Upstream([Row(minute, minute) for minute in range(5)]))
    tick = timedelta(microseconds=1)
    moment = EPOCH + timedelta(minutes=2)
    for bounds, expected in [
        ({"created_from": moment}, [4, 3, 2]),
        ({"created_from": moment + tick}, [4, 3]),
        ({"created_to": moment}, [1, 0]),
        ({"created_to": moment + tick}, [2, 1, 0]),
        ({"created_from": moment, "created_to": moment + tick}, [2]),
    ]:
        assert numbers(await graph.page(first=9, restrictions=bounds)) == expected


async def test_a_row_without_a_time_is_in_no_period() -> None:
    graph = of_one(Upstream([Row(3, 3), Row(1, 1), Row(None, 0)]))
    for bounds in ({"created_to": EPOCH + timedelta(days=1)}, {"created_from": EPOCH}):
        assert numbers(await graph.page(first=9, restrictions=bounds)) == [3, 1]
        page = await graph.page(last=9, restrictions=bounds, descending=False)
        assert numbers(page) == [1, 3]


async def test_an_empty_stretch_of_time_gives_no_rows() -> None:
    rows = [*steady(300), *(Row(900_000 + number, 1_000 + number) for number in range(300))]
    graph = of_one(Upstream(rows))
    gap = {
        "created_from": EPOCH + timedelta(minutes=100_000),
        "created_to": EPOCH + timedelta(minutes=200_000),
    }
    for descending in (True, False):
        page, calls = await asked(graph, first=5, descending=descending, restrictions=gap)
        assert (numbers(page), page.has_next_page) == ([], False)
        assert calls <= galloped(600)


@VIEWS
@DIRECTIONS
async def test_backwards_and_forwards_meet(native: Direction, descending: bool) -> None:
    """What `last` shows, `first` shows from the other end, page by page."""
    graph = of_one(Upstream(steady(500), native))
    page = await graph.page(first=30, descending=descending)
    following = await graph.page(first=30, descending=descending, after=page.end_cursor)
    back = await graph.page(last=30, descending=descending, before=following.start_cursor)
    assert numbers(back) == numbers(page)
    assert not back.has_previous_page
    assert back.has_next_page
