"""Streams of events that end when the server does."""

import asyncio
from collections.abc import AsyncIterator


async def until(stopping: asyncio.Event, events: AsyncIterator[str]) -> AsyncIterator[str]:
    """The events, until the server stops: then there is no last one, so that clients come again.

    Lines end in LF alone: all ends are allowed, but not all who read events know more than one.
    """
    stop = asyncio.ensure_future(stopping.wait())
    coming: asyncio.Future[str] | None = None
    try:
        while True:
            coming = asyncio.ensure_future(anext(events, ""))
            await asyncio.wait((coming, stop), return_when=asyncio.FIRST_COMPLETED)
            if stop.done() or not (event := await coming):
                return
            yield event.replace("\r\n", "\n")
    finally:
        for each in (stop, coming):
            if each is not None:
                each.cancel()
