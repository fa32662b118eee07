"""Equal reads are one, for as long as somebody waits for it."""

import asyncio
from typing import Any

import pytest

from providers.deadline import Deadline
from providers.errors import NoAnswerError, UnavailableError
from providers.flights import Flights


class Reads:
    """Reads that end when a test says so; `begun` of them began, `given_up` were cancelled."""

    def __init__(self) -> None:
        self.begun, self.given_up = 0, 0
        self.deadlines: list[Deadline] = []
        self.gate = asyncio.Event()
        self.error: BaseException | None = None

    async def __call__(self, deadline: Deadline) -> int:
        self.begun += 1
        number = self.begun
        self.deadlines.append(deadline)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        if self.error is not None:
            raise self.error
        return number


async def joined(
    flights: Flights[int], reads: Reads, key: str = "a", seconds: float = 10, **how: Any
) -> asyncio.Task[int]:
    """Somebody who waits already."""

    async def waiting() -> int:
        return await flights.join(key, reads, Deadline(seconds), **how)

    task = asyncio.create_task(waiting())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


async def test_equal_reads_are_one() -> None:
    flights, reads = Flights[int](), Reads()
    waiters = [await joined(flights, reads) for _ in range(5)]
    other = await joined(flights, reads, "b")
    reads.gate.set()
    assert [await waiter for waiter in waiters] == [1] * 5
    assert await other == 2
    assert (reads.begun, reads.given_up) == (2, 0)


async def test_a_read_that_ended_is_not_joined() -> None:
    flights, reads = Flights[int](), Reads()
    reads.gate.set()
    assert await flights.join("a", reads, Deadline(10)) == 1
    assert await flights.join("a", reads, Deadline(10)) == 2
    assert flights._flights == {}


async def test_an_error_is_everyones() -> None:
    flights, reads = Flights[int](), Reads()
    waiters = [await joined(flights, reads) for _ in range(3)]
    reads.error = ZeroDivisionError()
    reads.gate.set()
    ends = await asyncio.gather(*waiters, return_exceptions=True)
    assert [type(end) for end in ends] == [ZeroDivisionError] * 3
    assert flights._flights == {}


async def test_each_has_an_upstreams_error_of_its_own() -> None:
    flights, reads = Flights[int](), Reads()
    waiters = [await joined(flights, reads) for _ in range(2)]
    reads.error = UnavailableError("down", http_status=503)
    reads.gate.set()
    one, other = await asyncio.gather(*waiters, return_exceptions=True)
    assert isinstance(one, UnavailableError)
    assert isinstance(other, UnavailableError)
    assert one is not other
    assert (one.reason, one.http_status) == (other.reason, other.http_status) == ("down", 503)


async def test_a_read_that_is_cancelled_from_within_leaves_nobody_waiting() -> None:
    flights, reads = Flights[int](), Reads()
    waiters = [await joined(flights, reads) for _ in range(2)]
    reads.error = asyncio.CancelledError()
    reads.gate.set()
    await asyncio.wait(waiters, timeout=5)
    assert [waiter.cancelled() for waiter in waiters] == [True, True]
    assert flights._flights == {}


async def test_who_leaves_hurts_nobody_else() -> None:
    flights, reads = Flights[int](), Reads()
    first, second = [await joined(flights, reads) for _ in range(2)]
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    reads.gate.set()
    assert await second == 1
    assert reads.given_up == 0


async def test_a_read_that_nobody_waits_for_ends_and_is_not_joined() -> None:
    flights, reads = Flights[int](), Reads()
    first, second = [await joined(flights, reads) for _ in range(2)]
    first.cancel()
    second.cancel()
    await asyncio.wait([first, second])
    third = await joined(flights, reads)
    assert (reads.begun, reads.given_up) == (2, 1)
    reads.gate.set()
    assert await third == 2
    assert flights._flights == {}


async def test_anew_takes_nothing_that_is_under_way_but_may_be_joined() -> None:
    flights, reads = Flights[int](), Reads()
    old = await joined(flights, reads)
    new = await joined(flights, reads, anew=True)
    late = await joined(flights, reads)
    reads.gate.set()
    assert [await old, await new, await late] == [1, 2, 2]


async def test_each_waits_until_its_own_deadline() -> None:
    flights, reads = Flights[int](), Reads()
    short = await joined(flights, reads, seconds=0.05)
    long = await joined(flights, reads, seconds=10)
    with pytest.raises(NoAnswerError) as raised:
        await short
    assert (raised.value.ours, raised.value.late) == (True, True)
    assert reads.deadlines[0].left() > 5, "the read goes on for who waits longest"
    reads.gate.set()
    assert await long == 1
