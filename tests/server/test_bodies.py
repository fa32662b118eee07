"""What is read of a body, and when no more. Over HTTP: test_endpoint.py, test_attacks.py."""

import asyncio

import pytest
from cross_web import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Message

from server.bodies import body
from server.errors import RefusedError


async def read(parts: list[bytes], most: int) -> bytes:
    """A body that comes in parts, read with a limit."""
    coming = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    coming[-1]["more_body"] = False
    messages = iter(coming)

    async def receive() -> Message:
        return next(messages)

    return await body(receive, most, 5)


async def test_a_body_may_be_as_long_as_the_limit() -> None:
    assert await read([b"ab", b"", b"c"], 3) == b"abc"
    with pytest.raises(RefusedError) as caught:
        await read([b"ab", b"cd"], 3)
    told = {"code": "LIMIT_EXCEEDED", "value": 4, "limit": 3, "key": "max_body_bytes"}
    assert (caught.value.status_code, caught.value.extensions) == (413, told)


async def test_a_message_without_anything_is_a_body() -> None:
    async def receive() -> Message:
        return {"type": "http.request"}

    assert await body(receive, 0, 5) == b""


async def test_a_body_that_does_not_come() -> None:
    async def receive() -> Message:
        await asyncio.Event().wait()
        return {}

    with pytest.raises(HTTPException) as caught:
        await body(receive, 3, 0.01)
    assert caught.value.status_code == 408
    assert "0.01 s" in caught.value.reason


async def test_a_client_that_leaves_in_the_middle() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    with pytest.raises(ClientDisconnect):
        await body(receive, 3, 5)
