"""Who is let in: no more operations at once than the server can bear, and none without a client."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from resolvers.errors import LimitError
from server.errors import RefusedError

OVERLOADED = "SERVICE_OVERLOADED"
RETRY_AFTER = "1"
T = TypeVar("T")


class Traffic:
    """The operations that run, the open subscriptions, and whether the server is about to stop.

    `most` operations may run at once; `most_subscriptions` a caller may have open. At each change
    of the two numbers they are `told`.
    """

    def __init__(
        self, most: int, most_subscriptions: int, told: Callable[[int, int], None] | None = None
    ) -> None:
        self.most, self.most_subscriptions = most, most_subscriptions
        self._told = told
        self.running = self.open = 0
        self.subscriptions: Counter[str] = Counter()
        self.draining = False

    def operation(self) -> AbstractContextManager[None]:
        """An operation runs. Raises RefusedError where it is one too many."""
        return self

    def __enter__(self) -> None:
        if self.running >= self.most:
            message = (
                f"The server is at work on {self.most} operations, as many as it may be "
                "(server.limits.max_operations_in_flight). Try again in a moment."
            )
            raise RefusedError(503, OVERLOADED, message)
        self._change(1, 0)

    def __exit__(self, *_: object) -> None:
        self._change(-1, 0)

    def _change(self, running: int, subscriptions: int) -> None:
        self.running += running
        self.open += subscriptions
        if self._told is not None:
            self._told(self.running, self.open)

    @contextmanager
    def sending(self, *, lasts: bool) -> Iterator[None]:
        """A running operation waits for its client, and keeps no place; one that lasts has none."""
        if lasts:
            yield
            return
        self._change(-1, 0)
        try:
            yield
        finally:
            self._change(1, 0)

    @contextmanager
    def subscription(self, caller: str) -> Iterator[None]:
        """A running operation is a subscription: it mostly waits, so it is counted apart.

        Raises LimitError where its caller has too many.
        """
        count, limit = self.subscriptions[caller] + 1, self.most_subscriptions
        if count > limit:
            raise LimitError("open subscriptions", count, limit, "max_subscriptions")
        self.subscriptions[caller] = count
        self._change(-1, 1)
        try:
            yield
        finally:
            self._change(1, -1)
            self.subscriptions[caller] -= 1
            if not self.subscriptions[caller]:
                del self.subscriptions[caller]


async def while_connected(coming: Awaitable[T], receive: Receive) -> T:
    """What comes, unless the client of a request, whose body is read, goes away before it is there.

    Then it is cancelled. Raises ClientDisconnect.
    """
    work = asyncio.current_task()
    assert work is not None

    def leave(_: object) -> None:
        work.cancel()

    watch = asyncio.ensure_future(_gone(receive))
    watch.add_done_callback(leave)
    try:
        return await coming
    except asyncio.CancelledError:
        if watch.cancelled() or not watch.done():
            raise  # it was somebody else
        work.uncancel()
        raise ClientDisconnect from None
    finally:
        watch.remove_done_callback(leave)  # it may have ended already
        watch.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
