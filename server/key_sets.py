"""The public keys of an issuer of tokens: fetched when needed, kept a while, rotated."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from providers.errors import UpstreamError
from providers.transport import Transport
from providers.wire import Request

KEPT_SECONDS = 300  # a key that the issuer has withdrawn is good for that long
STALE_SECONDS = 24 * 3600  # how long keys are used while the issuer cannot be reached
FLOOR_SECONDS = 5  # between two fetches of which the first was of no use
FETCH_SECONDS = 5
PATIENCE_SECONDS = 0.5  # with a fetch, of one who asks for a known key; others have none

logger = logging.getLogger("pacioli")
Fetch = Callable[[], Awaitable[bytes]]


class KeySetDocument(msgspec.Struct):
    """What is at the address of a key set."""

    keys: Sequence[dict[str, Any]]

    @property
    def signing(self) -> Sequence[Mapping[str, Any]]:
        """Those that signatures are verified with."""
        return [key for key in self.keys if key.get("use", "sig") == "sig"]


class KeySet:
    """The keys of one issuer (RFC 7517).

    They are fetched again when they are old or a token names an unknown key. A stranger can name
    as many as he likes, so after a fetch that brought nothing new there is a pause. An issuer that
    hangs keeps nobody waiting whose key is known.
    """

    def __init__(self, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._keys: Sequence[Mapping[str, Any]] = ()
        self._fetched_at = self._tried_at = float("-inf")
        self._in_vain = False
        self._fetching: asyncio.Task[None] | None = None

    async def key(self, kid: str | None) -> Mapping[str, Any] | None:
        """The key of that id; without an id the only one. None where there is none."""
        if self._is_due(kid):
            await self._refresh(None if self._known(kid) is None else PATIENCE_SECONDS)
            if self._fetching is None:
                self._in_vain = self._in_vain or self._known(kid) is None
        return self._known(kid)

    async def _refresh(self, patience: float | None) -> None:
        """Waits for a fetch; with so much patience not for one that somebody else waits for."""
        fetching = self._fetching
        if fetching is not None and patience is not None:
            return
        if fetching is None:
            fetching = self._fetching = asyncio.create_task(self._fetch_anew())
        await asyncio.wait((fetching,), timeout=patience)

    def _is_due(self, kid: str | None) -> bool:
        now = self._clock()
        if self._in_vain and now - self._tried_at < FLOOR_SECONDS:
            return False
        return now - self._fetched_at > KEPT_SECONDS or self._known(kid) is None

    def _known(self, kid: str | None) -> Mapping[str, Any] | None:
        if self._clock() - self._fetched_at > STALE_SECONDS:
            return None
        fitting = [key for key in self._keys if kid is None or key.get("kid") == kid]
        return fitting[0] if len(fitting) == 1 else None

    async def _fetch_anew(self) -> None:
        try:
            document = msgspec.json.decode(await self._fetch(), type=KeySetDocument)
        except (UpstreamError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            logger.warning("the keys of an issuer cannot be read: %s", type(error).__name__)
            self._in_vain = True
        else:
            self._keys = document.signing
            self._fetched_at, self._in_vain = self._clock(), False
        finally:
            self._tried_at, self._fetching = self._clock(), None


def fetcher(transport: Transport) -> Fetch:
    """Reads the document at the address of a transport."""

    async def fetch() -> bytes:
        response = await transport.send(Request("GET", ""), FETCH_SECONDS)
        return response.body if response.status == 200 else b""

    return fetch
