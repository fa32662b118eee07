"""One flight for equal reads: who asks what is being asked already waits for the same answer."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from copy import copy
from functools import partial
from typing import Generic, TypeVar

from providers.deadline import Deadline
from providers.errors import NoAnswerError, UpstreamError

T = TypeVar("T")
Read = Callable[[Deadline], Awaitable[T]]
_GRACE = 0.05  # seconds in which a read can say what it was waiting for


class Flight(Generic[T]):
    """One read, and a seat for each who waits for it: it ends when the last of them goes."""

    def __init__(
        self, read: Read[T], deadline: Deadline, landed: Callable[["Flight[T]"], object]
    ) -> None:
        self._deadline, self._landed = Deadline(deadline.left()), landed
        self._seats: dict[asyncio.Future[T], asyncio.TimerHandle] = {}
        self._task = asyncio.get_running_loop().create_task(self._fly(read))

    @property
    def under_way(self) -> bool:
        """Whether one may still join. One that nobody waits for is being cancelled."""
        return bool(self._seats) and not self._task.done()

    def seat(self, deadline: Deadline) -> asyncio.Future[T]:
        """What the read gives or raises, or NoAnswerError when that comes too late.

        Whoever cancels it leaves.
        """
        self._deadline.extend(deadline)
        loop = asyncio.get_running_loop()
        seat: asyncio.Future[T] = loop.create_future()
        self._seats[seat] = loop.call_later(deadline.left() + _GRACE, _give_up, seat)
        seat.add_done_callback(self._leave)
        return seat

    async def _fly(self, read: Read[T]) -> None:
        try:
            result = await read(self._deadline)
        except Exception as error:  # noqa: BLE001 - it belongs to those who wait, not to this task
            for seat in self._waiting():
                seat.set_exception(copy(error) if isinstance(error, UpstreamError) else error)
        except asyncio.CancelledError:
            for seat in self._waiting():
                seat.cancel()
            raise
        else:
            for seat in self._waiting():
                seat.set_result(result)

    def _waiting(self) -> list[asyncio.Future[T]]:
        return [seat for seat in self._seats if not seat.done()]

    def _leave(self, seat: asyncio.Future[T]) -> None:
        self._seats.pop(seat).cancel()
        if not self._seats:
            self._task.cancel()
            self._landed(self)


class Flights(Generic[T]):
    """The reads that are under way, by what is read."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, Flight[T]] = {}

    def join(
        self, key: Hashable, read: Read[T], deadline: Deadline, *, anew: bool = False
    ) -> asyncio.Future[T]:
        """The result of the read that is under way for `key`, else or if `anew` of a new one."""
        flight = self._flights.get(key)
        if flight is None or anew or not flight.under_way:
            flight = self._flights[key] = Flight(read, deadline, partial(self._forget, key))
        return flight.seat(deadline)

    def _forget(self, key: Hashable, flight: Flight[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]


def _give_up(seat: asyncio.Future[T]) -> None:
    if not seat.done():
        error = "no answer within the operation's time"
        seat.set_exception(NoAnswerError(error, ours=True, late=True))
