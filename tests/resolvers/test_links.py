"""What belongs together: invoices and the payments that settle them, over in-memory accounts."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from providers import REGISTRY
from providers.answers import Answer
from providers.base import Account
from providers.client import Source
from providers.errors import UnavailableError
from providers.paginators import Slice
from providers.queries import Direction
from providers.wire import Request, Response
from resolvers.connections import Connection
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from resolvers.errors import AllSourcesError, UserInputError
from resolvers.explain import Explanation
from resolvers.invoices import list_invoices
from resolvers.links import invoice_of, own_payments_of, payments_of
from resolvers.payments import list_payments
from tests.resolvers.model import PLAIN

FIELDS = frozenset({"nodes", "pageInfo", "totalCount", "sources"})


@dataclass
class Desk:
    """Lists rows of a provider, filtered by number, in numbered pages of at most 100."""

    rows: list[Mapping[str, Any]]
    key: str
    number: str
    first: int
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    down: bool = False

    async def send(self, request: Request, _: float = 0) -> Response:
        asked = dict(request.query) | dict(request.body)
        self.asked.append(asked)
        if self.down:
            raise UnavailableError("is down")
        size = min(int(asked.get("size") or asked["itemsPerPage"]), 100)
        start = (int(asked["page"]) - self.first) * size
        wanted = asked.get("order_num", asked.get("invoiceId"))
        rows = [row for row in self.rows if wanted in (None, row[self.number])]
        found, total = rows[start : start + size], len(rows)
        body = {self.key: found, "totalElements": total, "totalItems": total, "result": True}
        envelope = {"error": {"error_code": "0"}, "last": start + size >= total}
        return Response(200, {}, msgspec.json.encode(body | envelope))


def invoice(number: str | None, at: int, paid: bool = False) -> Mapping[str, Any]:
    row = {"invoice_id": at, "invoice_date": f"2026-01-01T{at // 60:02}:{at % 60:02}:00+03"}
    info = {"payment_info": {"payment_id": f"own-{at}"}} if paid else {}
    return {**row, "order_number": number, "invoice_status": "confirmed", **info}


def payment(number: str, at: int) -> Mapping[str, Any]:
    created = f"2026-01-01 {at // 60:02}:{at % 60:02}:00"
    row = {"paymentId": f"tr_{at}", "invoiceId": number, "status": "paid"}
    return {**row, "paymentCreated": created, "amountGross": 1}


class Shop:
    """A SmartPay account, and a GoedGeplaatst one whose payments settle its invoices."""

    def __init__(
        self,
        invoices: Sequence[Mapping[str, Any]],
        payments: Sequence[Mapping[str, Any]],
        settles: Sequence[str] = (),
    ) -> None:
        newest = sorted(invoices, key=lambda row: -row["invoice_id"])
        self.sber = Desk(newest, "invoices", "order_number", 0)
        self.goed = Desk(list(payments), "data", "invoiceId", 1)
        smartpay, goed = REGISTRY["smartpay"], REGISTRY["goedgeplaatst"]
        sber = Account("sber", smartpay.credentials(token="token"), UTC)
        paid = Account("goed", goed.credentials(key="key", user_id=1), UTC)
        self.sources = [
            Source(smartpay, sber, self.sber, settles=settles, policy=PLAIN),
            Source(
                goed,
                paid,
                self.goed,
                order=Direction.ASCENDING,
                settles=["sber"],
                policy=PLAIN,
            ),
        ]
        self.context = Context(self.sources, Limits(), CursorCodec(b"secret"))

    async def invoices(self) -> Sequence[Any]:
        found = await list_invoices(
            self.context, restrictions={}, descending=False, page={"first": 100}, fields=FIELDS
        )
        return found.nodes

    async def payments(self, source: str) -> Sequence[Any]:
        found = await list_payments(
            self.context,
            restrictions={"sources": [source]},
            descending=False,
            page={"first": 100},
            fields=FIELDS,
        )
        return found.nodes

    async def settling(self, of: Any, **page: Any) -> Connection:
        return await payments_of(self.context, of, page=page, fields=FIELDS)


def ids(connection: Connection) -> list[str]:
    return [node.provider_id for node in connection.nodes]


async def test_an_account_that_settles_its_own_invoices_gives_each_its_payment() -> None:
    shop = Shop([invoice("7", at, paid=True) for at in (1, 2, 3)], [], settles=["sber"])
    invoices = await shop.invoices()
    for _ in range(2):  # as two aliases of the field ask
        settling = await asyncio.gather(*map(shop.settling, invoices))
        assert [ids(each) for each in settling] == [["own-1"], ["own-2"], ["own-3"]]
        assert [each.total_count for each in settling] == [1, 1, 1]


async def test_an_invoice_has_its_own_payment_and_those_of_its_number_newest_first() -> None:
    shop = Shop(
        [invoice("7", 1, paid=True), invoice("8", 2), invoice(None, 3)],
        [payment("7", 5), payment("7", 9), payment("07", 11)],
    )
    seven, eight, nameless = await shop.invoices()
    found = await shop.settling(seven)
    assert ids(found) == ["tr_9", "tr_5", "own-1"]
    assert (found.total_count, found.has_next_page) == (3, False)
    assert [each.source.name for each in found.sources] == ["sber", "goed"]
    assert (ids(await shop.settling(eight)), ids(await shop.settling(nameless))) == ([], [])


async def test_the_payments_of_an_invoice_are_paged() -> None:
    shop = Shop([invoice("7", 1)], [payment("7", at) for at in range(5)])
    (seven,) = await shop.invoices()
    first = await shop.settling(seven, first=2)
    following = await shop.settling(seven, first=2, after=first.end_cursor)
    last = await shop.settling(seven, last=1)
    assert (ids(first), ids(following), ids(last)) == (["tr_4", "tr_3"], ["tr_2", "tr_1"], ["tr_0"])
    assert (first.total_count, following.has_next_page) == (5, True)


async def test_of_invoices_of_one_number_the_first_created_is_the_payments() -> None:
    shop = Shop([invoice("7", 4), invoice("7", 2), invoice("7", 9)], [payment("7", 1)])
    (only,) = await shop.payments("goed")
    assert (await invoice_of(shop.context, only)).provider_id == "2"


async def test_a_payment_inside_an_invoice_is_that_invoices() -> None:
    shop = Shop([invoice("7", 1), invoice("8", 2, paid=True)], [])
    (own,) = await shop.payments("sber")
    calls = len(shop.sber.asked)
    assert (await invoice_of(shop.context, own)).provider_id == "2"
    assert len(shop.sber.asked) == calls


async def test_what_nobody_settles_has_no_invoice() -> None:
    shop = Shop([invoice("7", 1)], [payment("9", 1), payment("", 2)])
    other, nameless = await shop.payments("goed")
    assert await invoice_of(shop.context, other) is None
    assert await invoice_of(shop.context, nameless) is None


async def test_a_dead_source_is_named_and_the_other_shown() -> None:
    shop = Shop([invoice("7", 1, paid=True)], [payment("7", 1)])
    (seven,) = await shop.invoices()
    shop.goed.down = True
    found = await shop.settling(seven)
    assert ids(found) == ["own-1"]
    assert [each.status.name for each in found.sources] == ["OK", "FAILED"]
    assert found.total_count is None


async def test_a_payment_whose_invoices_cannot_be_read_fails() -> None:
    shop = Shop([invoice("7", 1)], [payment("7", 1)])
    (only,) = await shop.payments("goed")
    shop.sber.down = True
    with pytest.raises(UnavailableError):
        await invoice_of(shop.context, only)


@pytest.mark.parametrize(("numbers", "rows", "most"), [(60, 187, 3), (2, 187, 2), (60, 5_000, 61)])
async def test_the_cheaper_of_a_call_a_number_and_reading_the_pages(
    numbers: int, rows: int, most: int
) -> None:
    shop = Shop(
        [invoice(str(at), at) for at in range(numbers)],
        [payment(str(at), at % 1_000) for at in range(rows)],
    )
    found = await asyncio.gather(*map(shop.settling, await shop.invoices()))
    assert [ids(each) for each in found] == [[f"tr_{at}"] for at in range(numbers)]
    assert len(shop.goed.asked) <= most


async def test_the_invoices_of_many_payments_are_read_in_pages() -> None:
    shop = Shop(
        [invoice(str(at), at) for at in range(233)], [payment(str(at), at) for at in range(40)]
    )
    wanted = await shop.payments("goed")
    found = await asyncio.gather(*(invoice_of(shop.context, each) for each in wanted))
    assert [each.number for each in found] == [each.invoice_number for each in wanted]
    assert len(shop.sber.asked) <= 4


def shown(connection: Any) -> Mapping[str, Any]:
    """All that the graph shows of a connection."""
    info = connection.page_info
    return {
        "nodes": [(node.provider_id, node.typename) for node in connection.nodes],
        "edges": [(edge.node.provider_id, edge.cursor) for edge in connection.edges],
        "total": connection.total_count,
        "sources": list(connection.sources),
        "next": (info.has_next_page, info.end_cursor),
        "previous": (info.has_previous_page, info.start_cursor),
    }


@pytest.mark.parametrize("paid", [True, False])
@pytest.mark.parametrize("page", [{}, {"first": 1}, {"first": 9}, {"last": 1}, {"last": 9}])
async def test_at_once_an_invoice_shows_the_same_payments(
    page: Mapping[str, int], paid: bool
) -> None:
    shop = Shop([invoice("7", 1, paid)], [])
    shop.context.sources = shop.sources[:1]
    (seven,) = await shop.invoices()
    found = own_payments_of(shop.context, seven, page=page)
    assert found is not None
    assert shown(found) == shown(await shop.settling(seven, **page))


async def test_at_once_also_where_the_calls_are_counted() -> None:
    shop = Shop([invoice("7", 1, paid=True), invoice("8", 2)], [])
    shop.context.sources = shop.sources[:1]
    shop.context.explanation = Explanation()
    for each in await shop.invoices():
        assert own_payments_of(shop.context, each, page={}) is not None
    assert sum(call.rows_used for call in shop.context.explanation.calls) == 2


async def test_not_at_once_where_more_has_to_be_asked() -> None:
    shop = Shop([invoice("7", 1, paid=True), invoice(None, 2, paid=True)], [payment("7", 5)])
    seven, nameless = await shop.invoices()
    cursor = (await shop.settling(nameless)).end_cursor

    def at_once(of: Any, **page: Any) -> Any:
        return own_payments_of(shop.context, of, page=page)

    assert at_once(nameless) is not None
    assert [at_once(seven), at_once(nameless, first=0)] == [None, None]
    assert [at_once(nameless, after=cursor), at_once(nameless, before=cursor)] == [None, None]
    with pytest.raises(UserInputError):
        at_once(nameless, first=-1)


async def test_a_payment_without_a_readable_time_is_the_source_s_failure() -> None:
    bad = {**invoice(None, 1, paid=True), "invoice_date": "soon"}
    shop = Shop([], [])
    request = Request("GET", "/invoices")
    body = msgspec.json.encode({"invoices": [bad]})
    answer = Answer(request, Response(200, {}, body), datetime.now(UTC))
    listing = shop.sources[0].spec.listings["invoices"]
    (only,) = shop.sources[0].page(listing, Slice(0, 100), answer).rows
    assert own_payments_of(shop.context, only, page={}) is None
    with pytest.raises(AllSourcesError):
        await shop.settling(only)
