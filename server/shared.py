"""What replicas share through Redis or Valkey: answers, and the pace at which upstreams are asked.

A store that is down, slow or says nonsense never fails an operation: a cache that does not answer
is a miss, and each replica then keeps the pace by itself.
"""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from providers.pace import LocalPace
from server.redis_pool import Fallible

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool

# Takes the next turn, by the store's own clock, unless it comes too late.
_TURN = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local turn = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0) or 0)
if turn - now > tonumber(ARGV[2]) then return 'late' end
local following = turn + ARGV[1]
redis.call('SET', KEYS[1], string.format('%.6f', following), 'PX',
    math.ceil((following - now) * 1000))
return string.format('%.6f', turn - now)
"""


class Store(Fallible):
    """A Redis or Valkey that may be away."""

    def __init__(self, connections: "ConnectionPool") -> None:
        from redis.asyncio import Redis  # noqa: PLC0415 - see redis_pool

        super().__init__(connections)
        self.client = Redis(connection_pool=connections)


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
        if answer == b"late":
            return None
        wait = _seconds(answer, patience)
        return await self._alone.turn(patience) if wait is None else wait


def _seconds(answer: Any, patience: float) -> float | None:
    """The wait that a store says, None for what cannot be one."""
    with suppress(TypeError, ValueError):
        seconds = float(answer)
        return seconds if 0 <= seconds < patience + 1 else None
    return None
