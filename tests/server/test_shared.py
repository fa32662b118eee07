"""What replicas share through a real Redis, and that a Redis which is not there costs little."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from server.redis_pool import closing, pool
from server.shared import SharedCache, SharedPace, Store
from tests.programs import RedisServer, free_port


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[tuple[Store, SharedCache, SharedPace]]:
    connections = pool(url)
    assert connections is not None
    async with closing(connections):
        store = Store(connections)
        yield store, SharedCache(store), SharedPace(store, "account", 10)


async def test_a_cache_that_replicas_share(redis: RedisServer) -> None:
    async with opened(redis.url) as (_, mine, _), opened(redis.url) as (_, theirs, _):
        assert await mine.get("a") is None
        await mine.put("a", b"\x00\xff", 60)
        assert await theirs.get("a") == b"\x00\xff"
        await theirs.put("b", b"1", 0.05)
        await asyncio.sleep(0.2)
        assert await mine.get("b") is None


async def test_a_pace_that_replicas_share(redis: RedisServer) -> None:
    async with opened(redis.url) as (_, _, mine), opened(redis.url) as (_, _, theirs):
        waits = [await pace.turn(10) for pace in (mine, theirs) * 5]
    assert waits[0] == 0
    assert all(isinstance(wait, float) for wait in waits)
    assert sum(wait or 0 for wait in waits) > 9 * 10 / 2 * 0.1 - 1
    assert 0.7 < (waits[-1] or 0) <= 0.9


async def test_a_turn_that_comes_too_late_is_not_taken(redis: RedisServer) -> None:
    async with opened(redis.url) as (store, _, _):
        pace = SharedPace(store, "account", 1)
        assert [await pace.turn(0.5) for _ in range(3)] == [0, None, None]
        assert 0.5 < (await pace.turn(5) or 0) <= 1


async def test_accounts_have_paces_of_their_own(redis: RedisServer) -> None:
    async with opened(redis.url) as (store, _, _):
        one, two = SharedPace(store, "one", 1), SharedPace(store, "two", 1)
        assert [await one.turn(5), await two.turn(5)] == [0, 0]


def break_off(redis: RedisServer) -> None:
    redis.stop()


def hang(redis: RedisServer) -> None:
    redis.hang()


@pytest.mark.parametrize("trouble", [break_off, hang])
async def test_a_store_in_trouble_is_a_miss_and_soon_left_alone(
    redis: RedisServer, trouble: Callable[[RedisServer], None]
) -> None:
    async with opened(redis.url) as (_, cache, pace):
        await cache.put("a", b"1", 60)
        assert await pace.turn(10) == 0
        trouble(redis)
        began = time.monotonic()
        answers: list[Any] = await asyncio.gather(*(cache.get("a") for _ in range(20)))
        for _ in range(200):
            answers.append(await cache.get("a"))
            await cache.put("b", b"2", 60)
        turns = [await pace.turn(10) for _ in range(3)]
        assert time.monotonic() - began < 5, "some 400 commands cost one or two failures"
        assert set(answers) == {None}
        assert turns[0] == 0
        assert all(wait is not None and wait <= 0.2 for wait in turns), "each keeps it by itself"


async def test_a_store_that_is_back_is_used_again(redis: RedisServer) -> None:
    async with opened(redis.url) as (_, cache, _):
        redis.stop()
        assert await cache.get("a") is None
        redis.start()
        await asyncio.sleep(1.1)
        await cache.put("a", b"1", 60)
        assert await cache.get("a") == b"1"


async def test_a_store_that_was_never_there() -> None:
    async with opened(f"redis://127.0.0.1:{free_port()}/0") as (_, cache, pace):
        await cache.put("a", b"1", 60)
        assert await cache.get("a") is None
        assert await pace.turn(10) == 0


async def test_a_store_that_holds_something_else(redis: RedisServer) -> None:
    async with opened(redis.url) as (store, cache, pace):
        await store.client.lpush("a", "1")
        await store.client.set("pacioli:pace:account", "soon")
        assert await cache.get("a") is None
        assert await pace.turn(10) == 0


@pytest.mark.parametrize(
    "words",
    [
        b":abc",
        b"$abc",
        b"$5\r\nhello",
        b"$3\r\nnan",
        b"+inf",
        b"$2\r\n-9",
        b"*1\r\n:1",
        b"HTTP/1.1 400",
    ],
)
async def test_a_store_that_talks_nonsense(words: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            writer.write((words + b"\r\n") * 3)
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with opened(f"redis://127.0.0.1:{port}/0") as (_, cache, pace):
            await cache.put("a", b"1", 60)
            for _ in range(3):
                assert await cache.get("a") in (None, b"hello", b"nan", b"inf", b"-9")
                wait = await pace.turn(10)
                assert wait is not None
                assert 0 <= wait <= 0.3, "it keeps the pace by itself"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy this machine is, a Redis that answers is not away."""
    monkeypatch.setattr("server.redis_pool.PATIENCE_SECONDS", 10)


@pytest.mark.usefixtures("patient")
async def test_many_at_once_wait_for_a_connection(redis: RedisServer) -> None:
    async with opened(redis.url) as (store, cache, _):
        await cache.put("a", b"1", 60)
        answers = await asyncio.gather(*(cache.get("a") for _ in range(400)))
        assert set(answers) == {b"1"}
        assert not store.is_away


@pytest.mark.usefixtures("patient")
async def test_connections_that_broke_cost_one_pause_together(redis: RedisServer) -> None:
    async with opened(redis.url) as (store, cache, _):
        await asyncio.gather(*(cache.get("a") for _ in range(100)))
        redis.stop()
        redis.start()
        await cache.put("a", b"1", 60)
        await asyncio.sleep(1.1)
        await cache.put("a", b"1", 60)
        assert set(await asyncio.gather(*(cache.get("a") for _ in range(100)))) == {b"1"}
        assert not store.is_away
