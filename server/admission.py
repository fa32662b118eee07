"""Who is let in: no more operations at once than the server can bear, and none without a client."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from resolvers.errors import LimitError
from server.errors import RefusedError, response_to

RETRY_AFTER = "1"


class Traffic:
    """The operations that run, the open subscriptions, and whether the server is about to stop.

    `most` operations may run at once; `most_subscriptions` a caller may have open. At each change
    of the two numbers they are `told`.
    """

    def __init__(
        self, most: int, most_subscriptions: int, told: Callable[[int, int], None] | None = None
    ) -> None:
        self.most, self.most_subscriptions = most, most_subscriptions
        self._told = told or (lambda *_: None)
        self.running = self.open = 0
        self.subscriptions: Counter[str] = Counter()
        self.draining = False

    @contextmanager
    def operation(self) -> Iterator[None]:
        """An operation runs. Raises RefusedError where it is one too many."""
        if self.running >= self.most:
            message = (
                f"The server is at work on {self.most} operations, as many as it may be "
                "(server.limits.max_operations_in_flight). Try again in a moment."
            )
            raise RefusedError(503, "SERVICE_OVERLOADED", message)
        self._change(1, 0)
        try:
            yield
        finally:
            self._change(-1, 0)

    def _change(self, running: int, subscriptions: int) -> None:
        self.running += running
        self.open += subscriptions
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


class Admission:
    """Lets requests through to an app while there is room, and stops those whose client leaves."""

    def __init__(self, app: ASGIApp, traffic: Traffic) -> None:
        self._app, self._traffic = app, traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        try:
            with self._traffic.operation():
                return await _while_connected(self._app, scope, receive, send)
        except RefusedError as error:
            answer = response_to(error, {"Retry-After": RETRY_AFTER})
            return await answer(scope, receive, send)


async def _while_connected(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Runs the app, and cancels it when the client goes away before it has its answer."""
    exchange = _Exchange(scope, receive, send)
    work = asyncio.current_task()
    assert work is not None
    watch = asyncio.ensure_future(exchange.abandoned())
    watch.add_done_callback(lambda ended: None if ended.cancelled() else work.cancel())
    try:
        await app(scope, exchange.receive, exchange.send)
    except asyncio.CancelledError:
        if watch.cancelled() or not watch.done():
            raise  # it was somebody else
        work.uncancel()
    finally:
        watch.cancel()


class _Exchange:
    """A request's messages: those of the body for the app, the end of the connection for us."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._empty = scope["method"] == "GET"
        self._answered = False
        self._read = asyncio.Event()
        self._gone = asyncio.Event()
        if self._empty:
            self._read.set()

    async def receive(self) -> Message:
        """The next message: behind the body there is only the disconnection."""
        if self._empty:
            self._empty = False
            return {"type": "http.request", "body": b"", "more_body": False}
        if self._read.is_set():
            await self._gone.wait()
            return {"type": "http.disconnect"}
        message = await self._receive()
        if not message.get("more_body"):
            self._read.set()
        return message

    async def send(self, message: Message) -> None:
        """Sends; the last message is what the client waited for."""
        more = message["type"] == "http.response.start" or message.get("more_body")
        self._answered = not more
        await self._send(message)

    async def abandoned(self) -> None:
        """Ends when the client goes away without its answer."""
        await self._read.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone.set()
        if self._answered:
            await asyncio.Event().wait()
