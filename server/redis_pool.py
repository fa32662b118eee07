"""What replicas share: a Redis, whose absence must not be felt.

Its client is imported only where there is one: it takes 18 MB.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool

PATIENCE_SECONDS = 0.25
CONNECTIONS = 32  # past them commands wait for one: to be busy is not to be away
PAUSE_SECONDS = 1.0  # after a failure, so that one that hangs costs one operation and not all

logger = logging.getLogger("pacioli")
T = TypeVar("T")


def pool(url: str | None) -> "ConnectionPool | None":
    """Connections that give up early: a slow Redis is worth no more than none."""
    if url is None:
        return None
    from redis.asyncio import BlockingConnectionPool  # noqa: PLC0415
    from redis.asyncio.retry import Retry  # noqa: PLC0415
    from redis.backoff import NoBackoff  # noqa: PLC0415

    return BlockingConnectionPool.from_url(
        url.replace("valkey", "redis", 1) if url.startswith("valkey") else url,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
        max_connections=CONNECTIONS,
        timeout=PATIENCE_SECONDS,
    )


@asynccontextmanager
async def closing(connections: "ConnectionPool | None") -> AsyncIterator[None]:
    """Ends the connections with the context."""
    try:
        yield
    finally:
        if connections is not None:
            await connections.disconnect()


class Fallible:
    """Something that may be away: what it says, or None, and for a while it is not asked again."""

    def __init__(self, connections: "ConnectionPool | None" = None) -> None:
        self._away_until = 0.0
        self._connections = connections

    @property
    def is_away(self) -> bool:
        return time.monotonic() < self._away_until

    async def ask(self, question: Awaitable[T]) -> T | None:
        """The answer, None where there is none in time, none that can be read, or it is away."""
        if self.is_away:
            _unasked(question)
            return None
        from redis.exceptions import RedisError, ResponseError  # noqa: PLC0415

        try:
            async with asyncio.timeout(2 * PATIENCE_SECONDS):
                return await question
        except ResponseError:
            return None  # it holds something else
        except (RedisError, OSError, TimeoutError, ValueError) as error:  # ValueError: nonsense
            logger.warning("Redis does not answer: %s", type(error).__name__)
            self._away_until = time.monotonic() + PAUSE_SECONDS
            if self._connections is not None:  # else each that broke would cost a pause of its own
                await self._connections.disconnect(inuse_connections=False)
            return None


def _unasked(question: Any) -> None:
    """A coroutine that nobody awaits would be complained of."""
    if asyncio.iscoroutine(question):
        question.close()
