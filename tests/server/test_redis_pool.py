"""A Redis that is away is not waited for, and not asked again at once."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from server.redis_pool import PATIENCE_SECONDS, Fallible, closing, pool

NOWHERE = "redis://127.0.0.1:9"


@pytest.fixture
async def silent() -> AsyncIterator[str]:
    """The address of something that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}"


async def answer(address: str) -> tuple[object, bool]:
    fallible = Fallible()
    connections = pool(address)
    async with closing(connections):
        return await fallible.ask(Redis(connection_pool=connections).get("a")), fallible.is_away


def test_without_an_address_there_is_none() -> None:
    assert pool(None) is None


async def test_a_redis_that_refuses() -> None:
    assert await answer(NOWHERE) == (None, True)


async def test_a_redis_that_hangs(silent: str) -> None:
    begun = time.monotonic()
    assert await answer(silent) == (None, True)
    assert time.monotonic() - begun < 20 * PATIENCE_SECONDS  # not the usual 20 s


async def test_what_answers_is_not_away() -> None:
    fallible = Fallible()
    assert await fallible.ask(asyncio.sleep(0, "answer")) == "answer"
    assert not fallible.is_away


async def test_our_own_mistakes_are_not_hidden() -> None:
    async def mistake() -> None:
        raise TypeError("ours")

    with pytest.raises(TypeError, match="ours"):
        await Fallible().ask(mistake())
