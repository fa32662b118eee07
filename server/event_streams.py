"""Streams of events that end when the server does."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractContextManager, aclosing, nullcontext
from typing import Any, cast

import msgspec
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from strawberry.http.streaming import SSETransport, merge_stream_with_heartbeat

_NO_LINES = {ord(each): " " for each in "\r\n"}
_transport = SSETransport()


def events(answers: AsyncGenerator[Any, None]) -> AsyncGenerator[str, None]:
    """Answers as events, then one that says that these are all; a sign of life now and then."""

    async def texts() -> AsyncGenerator[str, None]:
        async with aclosing(answers):
            async for each in answers:
                yield _transport.encode_next(each, one_line)
        yield _transport.encode_complete()

    lively = merge_stream_with_heartbeat(
        texts,
        lambda: _transport.heartbeat_message(one_line),
        _transport.heartbeat_interval,
        send_initial_heartbeat=_transport.send_initial_heartbeat,
    )
    return lively()


def one_line(answer: object) -> str:
    """An answer as JSON. The end of a line ends an event, and `raw` may have lines of its own."""
    return msgspec.json.encode(answer).decode().translate(_NO_LINES)


async def until(
    stopping: asyncio.Event,
    events: AsyncGenerator[str, None],
    expires_at: float | None = None,
    sending: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> AsyncGenerator[str, None]:
    """The events, until the server stops or the listener's credentials end (seconds since 1970).

    Then there is no last one, so that clients come again. Each is taken while `sending`.

    Lines end in LF alone: all ends are allowed, but not all who read events know more than one.
    """
    stop = asyncio.ensure_future(stopping.wait())
    coming: asyncio.Future[str] | None = None
    try:
        while expires_at is None or time.time() < expires_at:
            coming = asyncio.ensure_future(anext(events, ""))
            left = None if expires_at is None else expires_at - time.time()
            await asyncio.wait((coming, stop), timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if stop.done() or not coming.done() or not (event := await coming):
                return
            with sending():
                yield event.replace("\r\n", "\n")
    finally:
        stop.cancel()
        if coming is not None:
            coming.cancel()
            await asyncio.wait((coming,))
        await events.aclose()  # not when the collector comes by: it gives back a place


class EventStream(StreamingResponse):
    """Sends events. A stream that is left in the middle is closed with it."""

    def __init__(self, events: AsyncGenerator[str, None]) -> None:
        super().__init__(events, headers=_transport.headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await cast(AsyncGenerator[str, None], self.body_iterator).aclose()
