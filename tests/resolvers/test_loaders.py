"""Look-ups by key: each key once an operation, and each on its own."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from strawberry.dataloader import DataLoader

from providers.base import Key
from providers.client import Source
from providers.errors import ReadLimitError, UnavailableError
from providers.wire import Request, Response
from providers.yume import LIST
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from resolvers.loaders import records_by_key, records_by_provider_id
from tests.resolvers.model import Row, Upstream, rows_of, source
from tests.resolvers.test_links import Shop, invoice


def loader_of(upstream: Upstream) -> DataLoader[Key, Any]:
    """The loader of an operation of its own."""
    account = source("alpha", upstream)
    context = Context([account], Limits(), CursorCodec(b"secret"))
    return records_by_key(context, account, "invoices")


@dataclass
class Desk(Upstream):
    """Gives single rows too, as Yume does; is out of order for those that are `broken`."""

    broken: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    async def send(self, request: Request, _: float = 0) -> Response:
        if request.path == LIST.path:
            return await super().send(request)
        number = request.path.removeprefix(LIST.path).rstrip("/")
        self.asked.append(number)
        if self.down or number in self.broken:
            return Response(503, {}, b"")
        found = [row for row in self.rows if str(row.number) == number]
        if not found:
            return Response(404, {}, b'{"detail": "Not found."}')
        return Response(200, {}, msgspec.json.encode(found[0].wire))


def desk(numbers: Iterable[int], broken: Iterable[str] = ()) -> Desk:
    return Desk([Row(number, number) for number in numbers], broken=frozenset(broken))


async def test_one_key_is_one_call_however_often_it_is_wanted() -> None:
    upstream = desk(range(9))
    loader = loader_of(upstream)
    found = await asyncio.gather(*(loader.load(Key(key)) for key in ("7", "3", "7", "7")))
    assert [record and record.provider_id for record in found] == ["7", "3", "7", "7"]
    assert sorted(upstream.asked) == ["3", "7"]
    await loader.load(Key("7"))
    assert sorted(upstream.asked) == ["3", "7"]


async def test_what_is_not_there_is_none() -> None:
    loader = loader_of(desk([7]))
    assert await loader.load_many([Key("7"), Key("8")]) != [None, None]
    assert await loader.load(Key("8")) is None


async def test_an_id_that_the_provider_cannot_have_given_costs_no_call() -> None:
    upstream = desk([7])
    loader = loader_of(upstream)
    for key in ("", "x", "../7", "7/", "-7", "\u0667"):
        assert await loader.load(Key(key)) is None
    assert upstream.asked == []


async def test_a_key_that_fails_fails_alone() -> None:
    upstream = desk(range(9), broken=["3"])
    loader = loader_of(upstream)
    found = await asyncio.gather(
        *(loader.load(Key(key)) for key in ("2", "3", "4")), return_exceptions=True
    )
    two, three, four = found
    assert isinstance(three, UnavailableError)
    assert (three.source, three.http_status) == ("alpha", 503)
    assert not isinstance(two, BaseException)
    assert not isinstance(four, BaseException)
    assert two is not None
    assert four is not None
    assert (two.provider_id, four.provider_id) == ("2", "4")


async def test_a_failure_is_not_asked_for_again() -> None:
    upstream = desk([3], broken=["3"])
    loader = loader_of(upstream)
    for _ in range(3):
        with pytest.raises(UnavailableError):
            await loader.load(Key("3"))
    assert upstream.asked == ["3"]


async def look_up(account: Source, wanted: Iterable[str]) -> Sequence[str | None]:
    """The ids of what is found in an operation of its own."""
    context = Context([account], Limits(), CursorCodec(b"secret"))
    loader = records_by_key(context, account, "invoices")
    found = await loader.load_many([Key(key) for key in wanted])
    return [record and record.provider_id for record in found]


IDS = [str(number) for number in range(1, 31)]


async def test_many_keys_are_looked_for_in_pages_where_these_are_known_to_be_fewer() -> None:
    upstream = desk(range(11, 233))
    account = source("alpha", upstream)
    account.longest = 222
    assert await look_up(account, [*IDS, "x"]) == [None] * 10 + IDS[10:] + [None]
    assert (len(upstream.requests), upstream.asked) == (3, [])
    assert await look_up(account, IDS[-3:]) == IDS[-3:]
    assert (len(upstream.requests), upstream.asked) == (3, IDS[-3:])


@pytest.mark.parametrize("longest", [0, 2_901])
async def test_many_keys_are_asked_for_one_by_one_else(longest: int) -> None:
    upstream = desk(range(90))
    account = source("alpha", upstream)
    account.longest = longest
    assert await look_up(account, IDS) == IDS
    assert (upstream.requests, sorted(upstream.asked, key=int)) == ([], IDS)


async def test_a_length_is_learnt_from_every_list() -> None:
    upstream = desk(range(233))
    account = source("alpha", upstream)
    await rows_of(account).read(0, 1)
    assert account.longest == 233


async def test_a_list_that_fails_fails_all_keys_but_those_that_cannot_be() -> None:
    upstream = desk(range(9))
    account = source("alpha", upstream)
    account.longest, upstream.down = 9, True
    loader = records_by_key(
        Context([account], Limits(), CursorCodec(b"secret")), account, "invoices"
    )
    *found, impossible = await asyncio.gather(
        *(loader.load(Key(key)) for key in ("1", "2", "3", "x")), return_exceptions=True
    )
    assert [type(each) for each in found] == [UnavailableError] * 3
    assert impossible is None
    assert (len(upstream.requests), upstream.asked) == (1, [])


async def test_what_was_read_is_found_whatever_others_have_read() -> None:
    """What one key that is searched for in vain takes of the limit, another does not lack."""
    shop = Shop([invoice(None, at) for at in range(300)], [])
    shop.context = Context(shop.sources, Limits(max_rows_read=150), CursorCodec(b"secret"))
    in_vain = records_by_provider_id(shop.context, shop.sources[0], "invoices")
    with pytest.raises(ReadLimitError):
        await in_vain.load(Key("no-such"))
    by_key = records_by_key(shop.context, shop.sources[0], "invoices")
    keys = Key("299", "2026-01-01"), Key("no-such", "2026-01-01")
    found, absent = await asyncio.gather(*map(by_key.load, keys), return_exceptions=True)
    assert not isinstance(found, BaseException)
    assert found.provider_id == "299"
    assert isinstance(absent, ReadLimitError)
