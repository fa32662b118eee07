"""Streams of events that end when the server does."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, nullcontext


async def until(
    stopping: asyncio.Event,
    events: AsyncIterator[str],
    expires_at: float | None = None,
    sending: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> AsyncIterator[str]:
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
        for each in (stop, coming):
            if each is not None:
                each.cancel()
