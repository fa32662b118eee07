"""When an issuer's keys are fetched, and which of them are used."""

import asyncio
from typing import Any

import msgspec
import pytest

from providers.errors import UnavailableError
from server import key_sets
from server.key_sets import FLOOR_SECONDS, KEPT_SECONDS, STALE_SECONDS, KeySet

A, B = {"kid": "a", "kty": "RSA"}, {"kid": "b", "kty": "RSA"}


class Published:
    """A key set that can change, at a clock that a test sets."""

    def __init__(self, *keys: Any) -> None:
        self.keys: Any = list(keys)
        self.now, self.fetches, self.fails = 1000.0, 0, False
        self.hangs = asyncio.Event()
        self.hangs.set()
        self.set = KeySet(self._fetch, lambda: self.now)

    async def _fetch(self) -> bytes:
        self.fetches += 1
        await self.hangs.wait()
        await asyncio.sleep(0)
        if self.fails:
            raise UnavailableError("the provider cannot be reached")
        return msgspec.json.encode({"keys": self.keys})


async def test_keys_are_fetched_once_and_kept() -> None:
    published = Published(A, B)
    assert [await published.set.key(kid) for kid in ("a", "b", "a")] == [A, B, A]
    published.now += KEPT_SECONDS
    assert await published.set.key("a") == A
    assert published.fetches == 1


async def test_many_at_once_fetch_once() -> None:
    published = Published(A)
    assert await asyncio.gather(*(published.set.key("a") for _ in range(50))) == [A] * 50
    assert published.fetches == 1


async def test_a_withdrawn_key_is_good_for_a_while_only() -> None:
    published = Published(A)
    assert await published.set.key("a") == A
    published.keys = [B]
    published.now += KEPT_SECONDS + 1
    assert await published.set.key("a") is None


async def test_a_new_key_is_found_at_once() -> None:
    published = Published(A)
    await published.set.key("a")
    published.keys = [A, B]
    assert await published.set.key("b") == B
    assert published.fetches == 2


async def test_strangers_cannot_make_us_fetch_and_fetch() -> None:
    published = Published(A)
    await published.set.key("a")
    for number in range(100):
        assert await published.set.key(f"made up {number}") is None
    assert published.fetches == 2
    published.now += FLOOR_SECONDS
    assert await published.set.key("made up") is None
    assert published.fetches == 3
    assert await published.set.key("a") == A


async def test_while_the_issuer_is_away_known_keys_are_used() -> None:
    published = Published(A)
    await published.set.key("a")
    published.fails = True
    published.now += KEPT_SECONDS + 1
    assert [await published.set.key("a") for _ in range(20)] == [A] * 20
    assert published.fetches == 2
    published.now += STALE_SECONDS
    assert await published.set.key("a") is None


async def test_an_issuer_that_hangs_keeps_nobody_with_a_known_key_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(key_sets, "PATIENCE_SECONDS", 0)
    published = Published(A)
    await published.set.key("a")
    published.hangs = asyncio.Event()
    published.keys = [A, B]
    published.now += KEPT_SECONDS + 1
    async with asyncio.timeout(10):
        assert [await published.set.key("a") for _ in range(20)] == [A] * 20
        assert published.fetches == 2
        unknown = asyncio.ensure_future(published.set.key("b"))
        await asyncio.sleep(0)
        assert not unknown.done()
        published.hangs.set()
        assert await unknown == B
    assert published.fetches == 2


@pytest.mark.parametrize("keys", [None, {}, [1], "x", [[A]]])
async def test_what_is_no_key_set_holds_no_key(keys: Any) -> None:
    published = Published()
    published.keys = keys
    assert await published.set.key("a") is None
    published.keys = [A]
    published.now += FLOOR_SECONDS
    assert await published.set.key("a") == A


async def test_without_an_id_there_must_be_one_key() -> None:
    assert await Published(A).set.key(None) == A
    assert await Published(A, B).set.key(None) is None


async def test_keys_for_encryption_and_twins_are_no_keys() -> None:
    assert await Published({**A, "use": "enc"}).set.key("a") is None
    assert await Published(A, {**A, "kty": "oct"}).set.key("a") is None
