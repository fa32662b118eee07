"""One flight for equal reads: who asks what is being asked already waits for the same answer."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from providers.deadline import Deadline
from providers.errors import NoAnswerError

T = TypeVar("T")
Read = Callable[[Deadline], Awaitable[T]]
_GRACE = 0.05  # seconds in which a read can say what it was waiting for


class Flight(Generic[T]):
    """One read and those who wait for it: it ends when the last of them goes."""

    def __init__(self, read: Read[T], deadline: Deadline) -> None:
        self._deadline = Deadline(deadline.left())
        self._task = asyncio.ensure_future(read(self._deadline))
        self._waiting = 0

    @property
    def under_way(self) -> bool:
        """Whether one may still join. One that nobody waited for is being cancelled."""
        return self._waiting > 0 and not self._task.done()

    async def result(self, deadline: Deadline) -> T:
        """What the read gives or raises. Raises NoAnswerError when that comes too late."""
        self._deadline.extend(deadline)
        self._waiting += 1
        try:
            async with asyncio.timeout(deadline.left() + _GRACE):
                return await asyncio.shield(self._task)
        except TimeoutError:
            error = "no answer within the operation's time"
            raise NoAnswerError(error, ours=True, late=True) from None
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._task.cancel()


class Flights(Generic[T]):
    """The reads that are under way, by what is read."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, Flight[T]] = {}

    async def join(
        self, key: Hashable, read: Read[T], deadline: Deadline, *, anew: bool = False
    ) -> T:
        """The result of the read that is under way for `key`, else or if `anew` of a new one."""
        flight = self._flights.get(key)
        if flight is None or anew or not flight.under_way:
            flight = self._flights[key] = Flight(read, deadline)
        try:
            return await flight.result(deadline)
        finally:
            if not flight.under_way and self._flights.get(key) is flight:
                del self._flights[key]
