"""Reads of one upstream list: which calls they become, and what everyone is given."""

import asyncio
import gc
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.base import Listing, Page
from providers.errors import MalformedError, ReadLimitError, UnavailableError, UnorderedError
from providers.origin import Origin
from providers.paginators import Sizes
from providers.queries import Direction
from providers.views import Record
from providers.wire import Request, Response
from providers.yume import LIST, YUME
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from resolvers.invoices import list_invoices
from resolvers.rows import Budget, Rows
from tests.resolvers import model
from tests.resolvers.model import ALL_FIELDS, Row, Upstream, source

INVOICES = YUME.listings["invoices"]


def silent(response: Response, origin: Origin) -> Page:
    """An answer of which the upstream says neither the list's length nor whether more follows."""
    return INVOICES.page(response, origin)._replace(total=None, more=None)


UNCOUNTED = replace(INVOICES, page=silent)


def upstream(length: int, limit: int = 100) -> Upstream:
    return Upstream([Row(minute, minute) for minute in range(length)], Direction.ASCENDING, limit)


def rows_of(listed: Upstream, *, most: int = 10_000, listing: Listing = INVOICES) -> Rows:
    account = source("alpha", listed)
    account.spec = replace(YUME, listings={"invoices": listing})
    return model.rows_of(account, most=most)


def numbers(rows: Sequence[tuple[int, Record]]) -> list[int]:
    assert [at for at, _ in rows] == sorted({at for at, _ in rows})
    return [int(record.provider_id) for _, record in rows]


# Reads that become calls


@pytest.mark.parametrize(
    "spans",
    [
        [(0, 10), (0, 10)],
        [(0, 10), (0, 10), (0, 30)],
        [(5, 30), (0, 20)],
        [(0, 1), (90, 100), (40, 41)],
    ],
    ids=["equal", "one within another", "overlapping", "apart on one page"],
)
async def test_reads_of_one_turn_are_one_call(spans: Sequence[tuple[int, int]]) -> None:
    listed = upstream(500)
    rows = rows_of(listed)
    found = await asyncio.gather(*(rows.read(*span) for span in spans))
    assert [numbers(each) for each in found] == [list(range(*span)) for span in spans]
    assert len(listed.requests) == 1


async def test_one_list_under_three_aliases_is_one_call() -> None:
    listed = upstream(500)
    context = Context([source("alpha", listed)], Limits(), CursorCodec(b"secret"))
    first, second, third = await asyncio.gather(
        *(
            list_invoices(
                context,
                restrictions={},
                descending=False,
                page={"first": size},
                fields=ALL_FIELDS | {"totalCount"},
            )
            for size in (10, 10, 30)
        )
    )
    assert [len(each.nodes) for each in (first, second, third)] == [10, 10, 30]
    assert third.total_count == 500
    assert len(listed.requests) == 1


async def test_what_is_known_is_not_asked_again() -> None:
    listed = upstream(500)
    rows = rows_of(listed)
    await rows.read(0, 50)
    assert numbers(await rows.read(10, 20)) == list(range(10, 20))
    assert numbers(await rows.read(0, 50)) == list(range(50))
    assert numbers(await rows.read(20, 20)) == []
    assert await rows.length() == 500
    assert len(listed.requests) == 1


async def test_no_page_is_asked_twice_where_a_read_goes_on_from_a_known_one() -> None:
    listed = upstream(500)
    rows = rows_of(listed)
    await rows.read(0, 100)
    assert numbers(await rows.read(0, 200)) == list(range(200))
    assert numbers(await rows.read(50, 260)) == list(range(50, 260))
    assert len(set(listed.requests)) == len(listed.requests)


async def test_a_spare_row_is_given_where_it_came_along() -> None:
    listed = upstream(500)
    rows = rows_of(listed)
    assert numbers(await rows.read(20, 40, spare=40)) == list(range(20, 41))
    assert numbers(await rows.read(100, 200, spare=99)) == list(range(100, 200))
    assert numbers(await rows.read(0, 10, spare=-1)) == list(range(10))
    assert len(listed.requests) == 2


async def test_a_range_across_the_end_gives_what_there_is() -> None:
    listed = upstream(42)
    rows = rows_of(listed)
    assert numbers(await rows.read(30, 90)) == list(range(30, 42))
    assert numbers(await rows.read(42, 50)) == []
    assert await rows.length() == 42
    assert len(listed.requests) == 1


@pytest.mark.parametrize("listing", [INVOICES, UNCOUNTED], ids=["counted", "uncounted"])
async def test_a_range_behind_the_end_is_empty(listing: Listing) -> None:
    rows = rows_of(upstream(42), listing=listing)
    assert numbers(await rows.read(1_000, 1_010)) == []
    assert numbers(await rows.read(40, 50)) == [40, 41]
    assert rows.total == 42


async def test_an_empty_list_is_known_to_be_empty_after_one_call() -> None:
    for listing in (INVOICES, UNCOUNTED):
        listed = upstream(0)
        rows = rows_of(listed, listing=listing)
        assert (await rows.read(0, 10), await rows.read(5, 10), await rows.length()) == ([], [], 0)
        assert len(listed.requests) == 1


async def test_the_length_of_an_uncounted_list_is_known_at_its_end() -> None:
    listed = upstream(42)
    rows = rows_of(listed, listing=UNCOUNTED)
    assert await rows.length() is None
    await rows.read(0, 50)
    assert await rows.length() == 42
    assert listed.requests == [(0, 1), (0, 50), (1, 42)], "the last tells whether it is cut to 42"


@pytest.mark.parametrize("limit", [5, 7, 30, 100])
async def test_a_short_page_of_an_uncounted_list_may_be_a_cut_one(limit: int) -> None:
    listed = upstream(42, limit=limit)
    rows = rows_of(listed, listing=UNCOUNTED)
    assert numbers(await rows.read(0, 25)) == list(range(25))
    assert numbers(await rows.all()) == list(range(42))


spans = st.builds(
    lambda start, count, spare: (start, start + count, spare and start + count * (spare > 0) - 1),
    st.integers(0, 130),
    st.integers(1, 60),
    st.sampled_from([None, -1, 1]),
).map(lambda span: (span[0], span[1], span[1] if span[2] else None))


@given(
    st.integers(0, 120),
    st.integers(1, 40),
    st.lists(st.lists(spans, min_size=1, max_size=4), max_size=5),
    st.sampled_from([INVOICES, UNCOUNTED]),
)
@settings(max_examples=150, deadline=None)
def test_any_reads_give_just_their_rows_and_no_call_is_made_twice(
    length: int,
    limit: int,
    turns: Sequence[Sequence[tuple[int, int, int | None]]],
    listing: Listing,
) -> None:
    listed = upstream(length, limit if listing is INVOICES else 100)
    rows = rows_of(listed, listing=listing)

    async def read_all() -> None:
        for turn in turns:
            found = await asyncio.gather(*(rows.read(*span) for span in turn))
            for (start, stop, spare), each in zip(turn, found, strict=True):
                got = numbers(each)
                assert [number for number in got if number != spare] == [*range(length)][start:stop]

    asyncio.run(read_all())
    assert len(set(listed.requests)) == len(listed.requests)


# What is learnt of page sizes


async def test_the_largest_page_is_learnt_on_the_first() -> None:
    listed = upstream(100, limit=20)
    rows = rows_of(listed)
    assert numbers(await rows.read(0, 50)) == list(range(50))
    assert rows.source.sizes == Sizes(1, 20)
    assert (listed.requests[0], len(listed.requests)) == ((0, 50), 4)


async def test_the_largest_page_is_learnt_on_a_later_one() -> None:
    """Cut to 20 rows, a page of another number begins elsewhere: its rows are not to be used."""
    listed = upstream(500, limit=20)
    rows = rows_of(listed)
    assert numbers(await rows.read(150, 190)) == list(range(150, 190))
    assert rows.source.sizes == Sizes(1, 20)
    assert numbers(await rows.read(60, 80)) == list(range(60, 80))


async def test_what_was_learnt_holds_for_the_next_operation() -> None:
    listed = upstream(100, limit=20)
    account = source("alpha", listed)
    await model.rows_of(account).read(0, 50)
    listed.requests.clear()
    await model.rows_of(account).read(0, 50)
    assert len(listed.requests) == 3
    assert all(size <= 20 for _, size in listed.requests)


async def test_the_end_of_the_list_is_not_taken_for_the_largest_page() -> None:
    for length in (7, 42, 142):
        rows = rows_of(upstream(length))
        await rows.read(0, 100)
        await rows.read(100, 200)
        assert rows.source.sizes == Sizes(1, 100)


@dataclass
class Stubborn(Upstream):
    """Gives 30 rows a page, whatever size is asked for."""

    async def send(self, request: Request, _: float = 0) -> Response:
        asked = dict(request.query)
        query = (("page", asked["page"]), ("pageSize", "30"))
        return await super().send(replace(request, query=query))


@pytest.mark.parametrize("span", [(0, 10), (0, 30), (35, 45), (0, 100), (70, 75)])
async def test_an_upstream_that_ignores_the_size_is_read_by_its_own(span: tuple[int, int]) -> None:
    listed = Stubborn([Row(minute, minute) for minute in range(72)], Direction.ASCENDING)
    rows = rows_of(listed)
    start, stop = span
    assert numbers(await rows.read(start, stop)) == list(range(start, min(stop, 72)))
    assert numbers(await rows.read(0, 72)) == list(range(72))
    assert 30 in rows.source.sizes


# Lists that change while they are read


@dataclass
class Restless(Upstream):
    """Gets a new first row after each of the first `changes` answers."""

    changes: int = 0

    async def send(self, request: Request, _: float = 0) -> Response:
        answer = await super().send(request)
        if self.changes > 0:
            self.changes -= 1
            self.rows.append(Row(-len(self.rows), -len(self.rows)))
        return answer


@pytest.mark.parametrize("changes", [1, 3, 5])
async def test_pages_of_one_read_are_of_one_state_of_the_list(changes: int) -> None:
    listed = Restless(
        [Row(minute, minute) for minute in range(500)], Direction.ASCENDING, changes=changes
    )
    found = numbers(await rows_of(listed).read(0, 250))
    assert found == [row.number for row in listed.listed][:250]
    assert 3 < len(listed.requests) <= 15


async def test_a_list_that_never_rests_is_given_up_on() -> None:
    listed = Restless(
        [Row(minute, minute) for minute in range(500)], Direction.ASCENDING, changes=1_000
    )
    await rows_of(listed).read(0, 250)
    assert len(listed.requests) <= 20


async def test_a_change_that_a_later_read_reveals_discards_what_was_known() -> None:
    listed = upstream(500)
    rows = rows_of(listed)
    await rows.read(0, 10)
    listed.rows.insert(0, Row(-1, -1))
    assert numbers(await rows.read(100, 110)) == list(range(99, 109))
    assert numbers(await rows.read(0, 3)) == [-1, 0, 1]


@dataclass
class Gated(Restless):
    """Answers the first `held` requests when their gates are opened, the others at once."""

    held: int = 1
    gates: list[asyncio.Event] = field(default_factory=list)
    asked: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def send(self, request: Request, _: float = 0) -> Response:
        gate = asyncio.Event()
        self.gates.append(gate)
        self.asked.release()
        if len(self.gates) <= self.held:
            await gate.wait()
        return await super().send(request)


def gated(**settings: Any) -> Gated:
    return Gated([Row(minute, minute) for minute in range(500)], Direction.ASCENDING, **settings)


async def test_a_change_that_another_read_sees_takes_no_rows_from_this_one() -> None:
    """Two calls are under way, the list changes between them, both answers come at once."""
    listed = gated(held=2, changes=1)
    rows = rows_of(listed)
    first, one = (asyncio.create_task(rows.read(0, 10)) for _ in range(2))
    await listed.asked.acquire()
    other = asyncio.create_task(rows.read(300, 310))
    await listed.asked.acquire()
    for gate in listed.gates:
        gate.set()
    assert numbers(await first) == list(range(10)), "who read it has it before the other answer"
    assert numbers(await one) == [-500, *range(9)]
    assert numbers(await other) == list(range(299, 309))


async def test_what_is_being_asked_is_not_asked_beside_it() -> None:
    listed = gated()
    rows = rows_of(listed)
    one = asyncio.create_task(rows.read(0, 10))
    await listed.asked.acquire()
    others = [asyncio.create_task(rows.read(0, stop)) for stop in (10, 10, 30)]
    await listed.asked.acquire()
    listed.gates[0].set()
    await asyncio.gather(one, *others)
    assert sorted(listed.requests) == [(0, 10), (0, 30)]


# Failures


async def test_a_failure_is_everyones_and_is_not_asked_for_again() -> None:
    listed = upstream(500)
    listed.down = True
    rows = rows_of(listed)
    found = await asyncio.gather(
        *(rows.read(start, start + 10) for start in (0, 0, 50)), return_exceptions=True
    )
    assert all(isinstance(each, UnavailableError) for each in found)
    assert len(listed.requests) == 1
    listed.down = False
    for again in (rows.read(0, 10), rows.read(400, 410), rows.length(), rows.all()):
        with pytest.raises(UnavailableError) as failure:
            await again
        assert failure.value.source == "alpha"
    assert len(listed.requests) == 1


async def test_what_was_read_before_a_failure_stays() -> None:
    listed = upstream(500)
    rows = rows_of(listed)
    await rows.read(0, 10)
    listed.down = True
    with pytest.raises(UnavailableError):
        await rows.read(100, 110)
    assert numbers(await rows.read(0, 10)) == list(range(10))


async def test_the_next_operation_asks_again_after_a_failure() -> None:
    listed = upstream(500)
    account = source("alpha", listed)
    listed.down = True
    with pytest.raises(UnavailableError):
        await model.rows_of(account).read(0, 10)
    listed.down = False
    assert len(await model.rows_of(account).read(0, 10)) == 10


@dataclass
class Halting(Upstream):
    """Is down for every page but the first."""

    async def send(self, request: Request, _: float = 0) -> Response:
        self.down = dict(request.query)["page"] != "1"
        return await super().send(request)


async def test_one_failing_page_of_several_fails_the_read() -> None:
    listed = Halting([Row(minute, minute) for minute in range(500)])
    with pytest.raises(UnavailableError):
        await rows_of(listed).read(0, 250)
    assert len(listed.requests) == 3


async def test_one_waiter_that_is_cancelled_hurts_no_other() -> None:
    listed = gated()
    rows = rows_of(listed)
    first, second, third = (asyncio.create_task(rows.read(0, 10)) for _ in range(3))
    await listed.asked.acquire()
    first.cancel()
    listed.gates[0].set()
    assert numbers(await second) == numbers(await third) == list(range(10))
    with pytest.raises(asyncio.CancelledError):
        await first
    assert listed.requests == [(0, 10)]


@pytest.mark.parametrize("asked", [False, True])
async def test_another_reads_for_all_where_the_first_is_cancelled(asked: bool) -> None:
    listed = gated()
    rows = rows_of(listed)
    first, *others = (asyncio.create_task(rows.read(0, stop)) for stop in (30, 10, 20))
    await (listed.asked.acquire() if asked else asyncio.sleep(0))
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await (asyncio.sleep(0) if asked else listed.asked.acquire())
    listed.gates[0].set()
    assert [numbers(await each) for each in others] == [list(range(10)), list(range(20))]
    assert listed.requests == [(0, 30)], "what somebody wished for is asked for once"


@dataclass
class Broken(Gated):
    """Fails with what no upstream should fail with."""

    async def send(self, request: Request, _: float = 0) -> Response:
        await super().send(request)
        raise ZeroDivisionError


@pytest.mark.parametrize("down", [True, False], ids=["refused", "broken"])
async def test_a_failure_that_nobody_waits_for_any_more_makes_no_noise(down: bool) -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: complaints.append(what))
    listed = Broken([], Direction.ASCENDING, down=down)
    rows = rows_of(listed)
    waiters = [asyncio.create_task(rows.read(0, 10)) for _ in range(2)]
    await listed.asked.acquire()
    for waiter in waiters:
        waiter.cancel()
    await asyncio.wait(waiters)
    listed.gates[0].set()
    with pytest.raises(UnavailableError if down else ZeroDivisionError):
        await rows.read(0, 10)
    del rows, waiters
    gc.collect()
    assert complaints == []


async def test_a_defect_is_everyones_as_it_is() -> None:
    listed = Broken([], held=0)
    rows = rows_of(listed)
    found = await asyncio.gather(rows.read(0, 1), rows.read(0, 2), return_exceptions=True)
    assert [type(each) for each in found] == [ZeroDivisionError] * 2


@dataclass
class Hiding(Upstream):
    """Gives a row fewer than asked on each page, whatever the size."""

    async def send(self, request: Request, _: float = 0) -> Response:
        asked = dict(request.query)
        size = str(max(int(asked["pageSize"]) - 1, 1))
        return await super().send(
            replace(request, query=(("page", asked["page"]), ("pageSize", size)))
        )


async def test_an_upstream_that_never_gives_what_is_asked_fails_soon() -> None:
    listed = Hiding([Row(minute, minute) for minute in range(500)])
    with pytest.raises(MalformedError, match=r"^alpha: .* no steady size"):
        await rows_of(listed).read(0, 90)
    assert len(listed.requests) < 40


# Reading the whole list, and reading to filter


@pytest.mark.parametrize("listing", [INVOICES, UNCOUNTED], ids=["counted", "uncounted"])
@pytest.mark.parametrize("length", [0, 1, 99, 100, 101, 250, 300])
async def test_the_whole_list(length: int, listing: Listing) -> None:
    listed = upstream(length)
    rows = rows_of(listed, most=300, listing=listing)
    assert numbers(await rows.all()) == list(range(length))
    assert len(set(listed.requests)) == len(listed.requests)
    if listing is INVOICES:
        assert len(listed.requests) == max(-(-length // 100), 1)
    before = len(listed.requests)
    await rows.all()
    assert len(listed.requests) == before


@pytest.mark.parametrize(
    ("listing", "calls"), [(INVOICES, 1), (UNCOUNTED, 4)], ids=["counted", "uncounted"]
)
async def test_a_list_too_long_to_sort_is_not_read(listing: Listing, calls: int) -> None:
    listed = upstream(5_000)
    with pytest.raises(UnorderedError) as failure:
        await rows_of(listed, most=300, listing=listing).all()
    assert (failure.value.source, failure.value.provider) == ("alpha", "YUME")
    assert "300 rows" in str(failure.value)
    assert len(listed.requests) <= calls


async def test_rows_that_are_filtered_here_spend_the_budget_once() -> None:
    rows = rows_of(upstream(500), most=100)
    rows.examine(await rows.read(0, 60))
    rows.examine(await rows.read(20, 60))
    rows.examine(await rows.read(60, 100))
    assert rows._budget.spent == 100
    with pytest.raises(ReadLimitError) as failure:
        rows.examine(await rows.read(100, 101))
    assert (failure.value.source, failure.value.provider) == ("alpha", "YUME")
    assert "createdFrom" in str(failure.value)


async def test_lists_of_one_source_share_its_budget() -> None:
    listed = upstream(500)
    account = source("alpha", listed)
    context = Context([account], Limits(max_rows_read=100), CursorCodec(b"secret"))
    lanes = LIST, LIST.asking(status="paid")
    one, other = (context.rows(account, "invoices", lane, account.order) for lane in lanes)
    one.examine(await one.read(0, 60))
    with pytest.raises(ReadLimitError):
        other.examine(await other.read(0, 60))


def test_a_budget_is_spent_to_the_last_row() -> None:
    budget = Budget(10)
    assert [budget.spend(4), budget.spend(6), budget.spend(0), budget.spend(1)] == [
        True,
        True,
        True,
        False,
    ]
