"""What is kept comes back as it was, or not at all."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.cache import AccountCache, MemoryCache, account_digest
from providers.wire import Request, Response

LIST = Request("GET", "/list/", (("page", "1"),), (("ids", (1, 2)),))
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Shelf:
    """A cache that a test looks into."""

    def __init__(self) -> None:
        self.items: dict[str, bytes] = {}

    async def get(self, key: str) -> bytes | None:
        return self.items.get(key)

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        self.items[key] = value


async def kept(shelf: Shelf, account: str = "one", body: bytes = b"[1]") -> AccountCache:
    cache = AccountCache(shelf, account)
    await cache.put(LIST, Response(200, {"Set-Cookie": "s3cret"}, body), NOW, 60)
    return cache


@given(body=st.binary(), status=st.integers(200, 599), at=st.datetimes(timezones=st.just(UTC)))
async def test_an_answer_comes_back_as_it_was(body: bytes, status: int, at: datetime) -> None:
    cache = AccountCache(Shelf(), "one")
    await cache.put(LIST, Response(status, {}, body), at, 60)
    found = await cache.get(LIST)
    assert found is not None
    assert (found.response, found.fetched_at) == (Response(status, {}, body), at)


async def test_nothing_is_found_under_another_request_or_account() -> None:
    shelf = Shelf()
    cache = await kept(shelf)
    others = [
        Request("POST", *(LIST.path, LIST.query, LIST.body)),
        Request("GET", "/other/", LIST.query, LIST.body),
        LIST.asking(page=2),
        LIST.saying(more=1),
        Request("GET", "/list/", (("page", "2"),), LIST.body),
    ]
    assert [await cache.get(each) for each in others] == [None] * 5
    assert await AccountCache(shelf, "two").get(LIST) is None
    assert await AccountCache(shelf, "one").get(LIST) is not None


def test_an_account_is_its_address_and_its_credentials() -> None:
    digests = {
        account_digest("https://a.example", {"Authorization": "Bearer one"}),
        account_digest("https://a.example", {"Authorization": "Bearer two"}),
        account_digest("https://b.example", {"Authorization": "Bearer one"}),
        account_digest("https://a.example", {"Authorization": "Bearer one", "X-Org": "1"}),
    }
    assert len(digests) == 4
    again = account_digest("https://a.example", {"X-Org": "1", "Authorization": "Bearer one"})
    assert again in digests
    assert not any("one" in each for each in digests)


async def test_keys_tell_nothing_and_headers_are_not_kept() -> None:
    shelf = Shelf()
    await kept(shelf, "account-digest")
    ((key, value),) = shelf.items.items()
    assert key.startswith("pacioli:answer:")
    assert not any(word in key for word in ("list", "page", "account-digest"))
    assert b"s3cret" not in value


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\xc1",
        b"[1]",
        msgspec.msgpack.encode([99, NOW, 200, b"[]"]),
        msgspec.msgpack.encode([1, "yesterday", 200, b"[]"]),
        msgspec.msgpack.encode([1, "2026-11-20T12:00:00", 200, b"[]"]),
        msgspec.msgpack.encode([1, NOW, 200]),
        b"cos\nsystem\n(S'true'\ntR.",
    ],
)
async def test_garbage_is_a_miss(garbage: bytes) -> None:
    shelf = Shelf()
    cache = await kept(shelf)
    assert await cache.get(LIST) is not None
    shelf.items = dict.fromkeys(shelf.items, garbage)
    assert await cache.get(LIST) is None


async def test_age() -> None:
    cache = AccountCache(Shelf(), "one")
    now = datetime.now(UTC)
    for fetched_at, least in ((now - timedelta(seconds=90), 90), (now + timedelta(hours=1), 0)):
        await cache.put(LIST, Response(200, {}, b""), fetched_at, 60)
        found = await cache.get(LIST)
        assert found is not None
        assert least <= found.age < least + 5


async def test_memory_is_bounded_by_bytes() -> None:
    cache = MemoryCache(1_000)
    for number in range(30):
        await cache.put(str(number), bytes(100), 60)
        await cache.get("25")
    held = [number for number in range(30) if await cache.get(str(number)) is not None]
    assert len(held) == 10
    assert 25 in held, "what was used last stays"
    await cache.put("huge", bytes(1_001), 60)
    assert await cache.get("huge") is None
    assert await cache.get("25") is not None


async def test_memory_forgets_after_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = MemoryCache(1_000)
    await cache.put("short", b"1", 0)
    await cache.put("long", b"2", 60)
    assert await cache.get("short") is None
    assert await cache.get("long") == b"2"
