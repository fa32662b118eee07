"""Streams of events that end when the server does."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractContextManager, nullcontext
from typing import cast

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send


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


async def answer(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Sends a response. A stream that is left in the middle is closed with it."""
    try:
        await response(scope, receive, send)
    finally:
        if isinstance(response, StreamingResponse):
            await cast(AsyncGenerator[str, None], response.body_iterator).aclose()
