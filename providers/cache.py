"""What upstreams answered before, kept for a while: in this process, or where replicas share it.

A cache may forget anything at any time. What it gives back is bytes, and only an answer if they
are one: all else is a miss, never an error.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from time import monotonic
from typing import NamedTuple, Protocol

import msgspec
from cachetools import TLRUCache

from providers.wire import Request, Response

_VERSION = 2


class Cache(Protocol):
    """Bytes by key."""

    async def get(self, key: str) -> bytes | None:
        """What was put there, None if it is not there any more or cannot be had now."""

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keeps the value, for so long at most."""


class _Item(NamedTuple):
    value: bytes
    seconds: float


class MemoryCache:
    """Keeps what was used last, up to so many bytes."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._items: TLRUCache[str, _Item] = TLRUCache(
            max_bytes,
            ttu=lambda _, item, now: now + item.seconds,
            timer=monotonic,
            getsizeof=lambda item: len(item.value),
        )

    async def get(self, key: str) -> bytes | None:
        item = self._items.get(key)
        return None if item is None else item.value

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        if len(value) <= self._max_bytes:
            self._items[key] = _Item(value, seconds)


class Kept(msgspec.Struct, array_like=True, frozen=True):
    """An answer as it is kept, and by which operation it was read."""

    version: int
    fetched_at: datetime
    reading: str
    status: int
    body: bytes

    @property
    def age(self) -> float:
        """Seconds since it was read; 0 for one that another machine's clock sees in the future."""
        return max(0.0, (datetime.now(UTC) - self.fetched_at).total_seconds())

    @property
    def response(self) -> Response:
        return Response(self.status, {}, self.body)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Kept).decode


def account_digest(address: str, headers: Mapping[str, str]) -> str:
    """What an account at an upstream is known by among replicas; it tells nothing of either."""
    signed = sorted((name, str(value)) for name, value in headers.items())
    return sha256(_encode((address, signed))).hexdigest()


class AccountCache:
    """The answers of one upstream to one account, by request.

    `account` sets them apart from those to others, whatever they are called.
    """

    def __init__(self, cache: Cache, account: str) -> None:
        self._cache, self._account = cache, account

    async def get(self, request: Request) -> Kept | None:
        """The answer that is kept; None too for bytes that are none of this version."""
        value = await self._cache.get(self._key(request))
        if value is None:
            return None
        try:
            kept = _decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        return kept if kept.version == _VERSION and kept.fetched_at.tzinfo else None

    async def put(
        self,
        request: Request,
        response: Response,
        fetched_at: datetime,
        seconds: float,
        reading: str = "",
    ) -> None:
        """Keeps an answer, for so long at most."""
        kept = Kept(_VERSION, fetched_at, reading, response.status, response.body)
        await self._cache.put(self._key(request), _encode(kept), seconds)

    def _key(self, request: Request) -> str:
        asked = (_VERSION, self._account, request.method, request.path, request.query, request.body)
        return f"pacioli:answer:{sha256(_encode(asked)).hexdigest()}"
