"""What replicas share through Redis or Valkey: answers, and the pace at which upstreams are asked.

A store that is down, slow or says nonsense never fails an operation: a cache that does not answer
is a miss, and each replica then keeps the pace by itself.
"""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from providers.pace import LocalPace

T = TypeVar("T")
_SECONDS = 0.25  # for connecting and for each answer
_PAUSE_SECONDS = 1.0  # after a failure, so that a store that hangs costs one operation and not all

# Takes the next turn, by the store's own clock, unless it comes too late.
_TURN = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local turn = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0) or 0)
if turn - now > tonumber(ARGV[2]) then return '' end
local following = turn + ARGV[1]
redis.call('SET', KEYS[1], string.format('%.6f', following), 'PX',
    math.ceil((following - now) * 1000))
return string.format('%.6f', turn - now)
"""


class Store:
    """A Redis or Valkey that may be absent."""

    def __init__(self, client: Redis) -> None:
        self.client = client
        self._absent_until = 0.0

    async def ask(self, command: Awaitable[T]) -> T | None:
        """What a command gives, None where the store cannot be asked now."""
        if monotonic() < self._absent_until:
            _unasked(command)
            return None
        try:
            return await command
        except ResponseError:
            return None  # it holds something else
        except (RedisError, OSError, TimeoutError, ValueError):
            self._absent_until = monotonic() + _PAUSE_SECONDS
            return None


def _unasked(command: Any) -> None:
    """A coroutine that nobody awaits would be complained of."""
    command.close()


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """The store at an address; whether it is there shows when it is asked."""
    client = Redis.from_url(
        url.replace("valkey", "redis", 1) if url.startswith("valkey") else url,
        socket_timeout=_SECONDS,
        socket_connect_timeout=_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        yield Store(client)
    finally:
        await client.aclose()


class SharedCache:
    """The cache in a store; see `providers.cache.Cache`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, key: str) -> bytes | None:
        value = await self._store.ask(self._store.client.get(key))
        return value if isinstance(value, bytes) else None

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        await self._store.ask(self._store.client.set(key, value, px=max(1, int(seconds * 1000))))


class SharedPace:
    """One pace for the requests of all replicas to an account; see `providers.pace.Pace`."""

    def __init__(self, store: Store, account: str, per_second: float) -> None:
        self._store, self._key = store, f"pacioli:pace:{account}"
        self._distance = 1 / per_second
        self._script = store.client.register_script(_TURN)
        self._alone = LocalPace(per_second)

    async def turn(self, patience: float) -> float | None:
        asked = self._script(keys=[self._key], args=[self._distance, patience])
        answer = await self._store.ask(asked)
        if not isinstance(answer, bytes):
            return await self._alone.turn(patience)
        return float(answer) if answer else None
