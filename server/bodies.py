"""The bodies of requests: no longer, and no longer on their way, than is allowed."""

from cross_web import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from resolvers.errors import LimitError
from server.errors import RefusedError
from server.time_limits import TimeLimit


async def body(receive: Receive, most: int, seconds: float) -> bytes:
    """The body, if it comes in time: who sends it drop by drop keeps a place from others.

    Raises HTTPException; RefusedError past so many bytes.
    """
    try:
        with TimeLimit(seconds):
            return await _whole(receive, most)
    except TimeoutError:
        raise HTTPException(408, f"The body did not arrive within {seconds:g} s.") from None


async def _whole(receive: Receive, most: int) -> bytes:
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part, more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if size > most:
            raise RefusedError.of(413, LimitError("bytes", size, most, "max_body_bytes"))
        parts.append(part)
    return b"".join(parts)
