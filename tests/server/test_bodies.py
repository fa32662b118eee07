"""What is read of a body, and when no more. Over HTTP: test_endpoint.py, test_attacks.py."""

import asyncio
from typing import Any, cast

import pytest
from cross_web import HTTPException
from starlette.types import Message

from server.bodies import body, limited
from server.errors import RefusedError


async def read(parts: list[bytes], most: int) -> bytes:
    """A body that comes in parts, read with a limit."""
    coming = iter(parts)

    async def receive() -> Message:
        return {"type": "http.request", "body": next(coming)}

    limit = limited(receive, most)
    return b"".join([(await limit())["body"] for _ in parts])


async def test_a_body_may_be_as_long_as_the_limit() -> None:
    assert await read([b"ab", b"", b"c"], 3) == b"abc"
    with pytest.raises(RefusedError) as caught:
        await read([b"ab", b"cd"], 3)
    told = {"code": "LIMIT_EXCEEDED", "value": 4, "limit": 3, "key": "max_body_bytes"}
    assert (caught.value.status_code, caught.value.extensions) == (413, told)


class Slow:
    """A request whose body never ends."""

    async def get_body(self) -> bytes:
        await asyncio.Event().wait()
        return b""


async def test_a_body_that_does_not_come() -> None:
    with pytest.raises(HTTPException) as caught:
        await body(cast(Any, Slow()), 0.01)
    assert caught.value.status_code == 408
    assert "0.01 s" in caught.value.reason
