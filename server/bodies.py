"""The bodies of requests: no longer, and no longer on their way, than is allowed."""

import asyncio

from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.types import Message, Receive

from resolvers.errors import LimitError
from server.errors import RefusedError


def limited(receive: Receive, most: int) -> Receive:
    """A `receive` that raises RefusedError past so many bytes of a body."""
    size = 0

    async def next_message() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise RefusedError.of(413, LimitError("bytes", size, most, "max_body_bytes"))
        return message

    return next_message


async def body(request: AsyncHTTPRequestAdapter, seconds: float) -> bytes:
    """The body, if it comes in time: who sends it drop by drop keeps a place from others.

    Raises HTTPException.
    """
    try:
        async with asyncio.timeout(seconds):
            return await request.get_body()
    except TimeoutError:
        raise HTTPException(408, f"The body did not arrive within {seconds:g} s.") from None
