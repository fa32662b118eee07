"""How many operations a caller may send: counted here, or in Redis for all replicas together."""

import math
import time
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.authentication import caller_of
from server.errors import RefusedError, refused
from server.graphiql import wants_page
from server.redis_pool import Fallible

if TYPE_CHECKING:  # they are imported only where there are rates
    from limits.aio.storage import Storage
    from limits.aio.strategies import RateLimiter
    from redis.asyncio import ConnectionPool

CODE = "RATE_LIMITED"
STANDING = "pacioli.standing"
"""Where a request has it in its scope: a batch spends more while it is answered."""


class Standing(NamedTuple):
    """Where a caller stands: whether this operation is let through, and what comes then."""

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }

    @property
    def complaint(self) -> str:
        """What whoever is not let through is told."""
        return (
            f"More than {self.limit} operations a minute; try again in "
            f"{self.reset_seconds} s (server.limits.operations_per_minute)."
        )


class Rates:
    """The operations of each caller within a sliding minute.

    With a Redis that is away each process counts for itself, as it does without one.
    """

    def __init__(self, per_minute: int, redis: "ConnectionPool | None" = None) -> None:
        from limits import RateLimitItemPerMinute  # noqa: PLC0415
        from limits.aio.storage import MemoryStorage  # noqa: PLC0415

        self._item = RateLimitItemPerMinute(per_minute)
        self._alone = _limiter(MemoryStorage())
        self._together = None if redis is None else _together(redis)
        self._redis = Fallible()

    async def spend(self, caller: str) -> Standing:
        """Counts an operation of a caller, if it is still allowed."""
        key = sha256(caller.encode()).hexdigest()  # whoever reads Redis learns no names
        standing = None
        if self._together is not None and not self._redis.is_away:
            standing = await self._redis.ask(self._standing(self._together, key))
        return standing or await self._standing(self._alone, key)

    async def demand(self, connection: HTTPConnection) -> None:
        """Counts an operation of a WebSocket or a batch. Raises RefusedError past the rate."""
        standing = await self.spend(_name(connection))
        told = connection.scope.get(STANDING, standing)
        connection.scope[STANDING] = min(told, standing, key=lambda each: each.remaining)
        if not standing.allowed:
            raise RefusedError(429, CODE, standing.complaint)

    async def _standing(self, limiter: "RateLimiter", key: str) -> Standing:
        allowed = await limiter.hit(self._item, key)
        reset, remaining = await limiter.get_window_stats(self._item, key)
        seconds = max(math.ceil(reset - time.time()), 0 if allowed else 1)
        return Standing(allowed, self._item.amount, remaining, seconds)


def _limiter(storage: "Storage") -> "RateLimiter":
    from limits.aio.strategies import SlidingWindowCounterRateLimiter  # noqa: PLC0415

    return SlidingWindowCounterRateLimiter(storage)


def _together(redis: "ConnectionPool") -> "RateLimiter":
    from limits.aio.storage import RedisStorage  # noqa: PLC0415

    storage = RedisStorage(
        "async+redis://",  # is not asked: the pool knows where
        implementation="redispy",
        key_prefix="pacioli-rate",
        connection_pool=redis,  # type: ignore[arg-type]  # goes to redis-py as it is
    )
    return _limiter(storage)


class RateLimited:
    """Lets each caller through as often as its rate allows. Strangers do not come this far."""

    def __init__(self, app: ASGIApp, rates: Rates) -> None:
        self._app, self._rates = app, rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or wants_page(Request(scope)):
            await self._app(scope, receive, send)
            return
        scope[STANDING] = standing = await self._rates.spend(_name(HTTPConnection(scope)))

        async def send_with_standing(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(scope[STANDING].headers)
            await send(message)

        app = self._app if standing.allowed else _too_many(standing)
        await app(scope, receive, send_with_standing)


def _name(connection: HTTPConnection) -> str:
    caller = caller_of(connection)
    assert caller is not None
    return caller.name


def _too_many(standing: Standing) -> ASGIApp:
    headers = {"Retry-After": str(standing.reset_seconds)}
    return refused(429, standing.complaint, CODE, headers)
