"""Documents that are known by an id: trusted ones of a manifest, others as clients sent them.

Ids come as `documentId`, or as Apollo's automatic persisted queries in `extensions.persistedQuery`.
"""

import sys
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

from cachetools import LRUCache

from server.errors import RefusedError
from server.redis_pool import Fallible
from server.settings import DocumentSettings

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool

MOST_BYTES = 16 * 2**20  # of all documents that clients sent
KEY_BYTES = 400  # that a text takes beside itself
KEPT_SECONDS = 7 * 24 * 3600
STRANGE = "Only documents of the manifest are allowed here."
NOT_FOUND = "PersistedQueryNotFound"  # Apollo's clients look for this very text


class Asked(Protocol):
    """What a request says of its document."""

    query: str | None
    documentId: str | None  # noqa: N815 - its name on the wire
    extensions: dict[str, Any] | None


class Store(Protocol):
    """Texts by their hashes."""

    async def get(self, key: str) -> str | None: ...
    async def put(self, key: str, text: str) -> None: ...


class Kept:
    """Texts in this process; those that were not asked for longest go first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._texts: LRUCache[str, str] = LRUCache(most_bytes, getsizeof=_size)

    async def get(self, key: str) -> str | None:
        return self._texts.get(key)

    async def put(self, key: str, text: str) -> None:
        if _size(text) <= self._texts.maxsize:
            self._texts[key] = text


def _size(text: str) -> int:
    return sys.getsizeof(text) + KEY_BYTES


class Shared:
    """The same for all replicas, in Redis; while it is away there are none."""

    def __init__(self, connections: "ConnectionPool") -> None:
        from redis.asyncio import Redis  # noqa: PLC0415 - see redis_pool

        self._redis = Redis(connection_pool=connections, decode_responses=True)
        self._fallible = Fallible()

    async def get(self, key: str) -> str | None:
        if self._fallible.is_away:
            return None
        raw = await self._fallible.ask(self._redis.get(f"pacioli-document:{key}"))
        text = raw.decode() if isinstance(raw, bytes) else raw
        return text if text is not None and hashed(text) == key else None

    async def put(self, key: str, text: str) -> None:
        if not self._fallible.is_away:
            await self._fallible.ask(
                self._redis.set(f"pacioli-document:{key}", text, ex=KEPT_SECONDS)
            )


class Library:
    """Which documents may be asked, and by which ids."""

    def __init__(self, settings: DocumentSettings, store: Store) -> None:
        self._settings, self._store = settings, store
        texts = settings.manifest.values() if settings.trusted != "off" else ()
        self._trusted = {**settings.manifest, **{hashed(text): text for text in texts}}
        self._allowed = frozenset(texts) if settings.trusted == "require" else None
        self._automatic = settings.automatic and settings.trusted != "require"

    async def text(self, asked: Asked) -> str | None:
        """The document of a request. Raises RefusedError for one that is unknown or not allowed."""
        key = asked.documentId or _key(asked.extensions)
        if asked.query:
            return await self._sent(asked.query, key if not asked.documentId else None)
        if key is None:
            return None
        text = self._trusted.get(key) if self._settings.trusted != "off" else None
        if text is None and self._automatic:
            text = await self._store.get(key)
        if text is None:
            raise RefusedError(200, "PERSISTED_QUERY_NOT_FOUND", NOT_FOUND)
        return text

    async def _sent(self, text: str, key: str | None) -> str:
        """A document that was sent with the request: one that is not allowed is not even parsed."""
        if self._allowed is not None and text not in self._allowed:
            raise RefusedError(200, "PERSISTED_QUERY_NOT_ALLOWED", STRANGE)
        if key is None:
            return text
        if key != hashed(text):
            raise RefusedError(400, "BAD_REQUEST", "The hash is not that of the document.")
        if self._automatic:
            await self._store.put(key, text)
        return text


def hashed(text: str) -> str:
    """The id of a document that was not given another one."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _key(extensions: Mapping[str, Any] | None) -> str | None:
    persisted = (extensions or {}).get("persistedQuery")
    if persisted is None:
        return None
    key = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if not isinstance(key, str) or not key or persisted.get("version") != 1:
        raise RefusedError(400, "BAD_REQUEST", "extensions.persistedQuery: version 1, sha256Hash.")
    return key
