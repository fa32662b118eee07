"""A source asks, judges the answer and remembers how it went."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from providers.answers import Terms
from providers.base import Account, Key, Page, Plan
from providers.channel import Link, Policy
from providers.client import Source
from providers.deadline import Deadline
from providers.errors import UpstreamError
from providers.money import Money
from providers.paginators import Sizes, Slice
from providers.queries import Direction, InvoiceQuery
from providers.records import ProviderName, SourceState
from providers.smartpay import SMARTPAY
from providers.smartpay import Credentials as SmartpayCredentials
from providers.transport import Transport
from providers.yume import YUME, Credentials
from sandbox import yume
from tests.conftest import Yume
from tests.providers.reading import leaves, shown
from tests.providers.servers import Answer, Server, hanging_up, http, saying

EXAMPLE = (Path(__file__).parent / "examples/yume_invoices.json").read_bytes()
LIST = YUME.listings["invoices"]
MAIN = Account("main", Credentials("s3cret"), UTC)
(LANE,) = LIST.plan(InvoiceQuery(), MAIN).lanes
FIRST, LATER = Slice(0, 2), Slice(3, 2)


def source_at(link: Link, **settings: Any) -> Source:
    return Source(YUME, MAIN, link, **{"policy": Policy(retries=0), **settings})


@asynccontextmanager
async def asking(answer: Answer) -> AsyncIterator[tuple[Server, Source]]:
    """A server and a source whose upstream it is."""
    async with Server(answer) as server:
        headers = YUME.sign(Credentials("s3cret"))
        async with Transport(server.address, headers) as link:
            yield server, source_at(link)


async def page_of(source: Source, piece: Slice = FIRST) -> Any:
    read = partial(source.page, LIST, piece)
    return read(await source.ask(LIST.paginator.request(LANE, piece), terms(), read))


async def single_of(source: Source, provider_id: str) -> Any:
    assert LIST.single is not None
    request = LIST.single.request(provider_id)
    assert request is not None
    read = partial(source.record, LIST.single, provider_id)
    return read(await source.ask(request, terms(), read))


def terms(seconds: float = 10) -> Terms:
    return Terms("invoices", Deadline(seconds))


async def test_source_that_was_not_asked_yet() -> None:
    async with asking(saying(http(EXAMPLE))) as (server, source):
        pass
    assert (source.typename, source.name, source.provider) == ("Source", "main", ProviderName.YUME)
    assert (source.state, source.last_error, source.last_success_at) == (
        *(SourceState.HEALTHY, None, None),
    )
    assert (source.sizes, source.ties, source.disordered) == (Sizes(1, 100), False, set())
    assert server.heard == []


async def test_page() -> None:
    before = datetime.now(UTC)
    async with asking(saying(http(EXAMPLE))) as (server, source):
        page: Page = await page_of(source, LATER)
    after = datetime.now(UTC)
    assert [row.provider_id for row in page.rows] == ["9401", "9400"]
    assert (page.total, page.more) == (43, True)
    assert [(row.source, row.at) for row in page.rows] == [(source, 0), (source, 1)]
    assert before <= page.rows[0].fetched_at <= after
    assert source.last_success_at is not None
    assert before <= source.last_success_at <= after
    assert (source.state, source.last_error) == (SourceState.HEALTHY, None)
    (heard,) = server.heard
    assert heard.target == "/v1/billing/invoices/?page=4&pageSize=2"
    assert heard.headers["authorization"] == "Bearer s3cret"


REFUSALS = [
    (http(b'{"detail": "s3cret"}', 400), "UPSTREAM_REJECTED", SourceState.DEGRADED),
    (http(b'{"detail": "s3cret"}', 404), "UPSTREAM_REJECTED", SourceState.DEGRADED),
    (http(b"", 301, "Location: /s3cret"), "UPSTREAM_REJECTED", SourceState.DEGRADED),
    (http(b"s3cret", 401), "UPSTREAM_UNAUTHORIZED", SourceState.UNAVAILABLE),
    (http(b"s3cret", 403), "UPSTREAM_UNAUTHORIZED", SourceState.UNAVAILABLE),
    (http(b"", 429, "Retry-After: 7"), "UPSTREAM_RATE_LIMITED", SourceState.UNAVAILABLE),
    (http(b"<h1>s3cret</h1>", 503), "UPSTREAM_UNAVAILABLE", SourceState.UNAVAILABLE),
    (http(b"<h1>s3cret</h1>"), "UPSTREAM_MALFORMED", SourceState.DEGRADED),
    (http(b'{"count": "s3cret", "results": []}'), "UPSTREAM_MALFORMED", SourceState.DEGRADED),
    (http(EXAMPLE[:-5]), "UPSTREAM_MALFORMED", SourceState.DEGRADED),
]


@pytest.mark.parametrize(("answer", "code", "state"), REFUSALS)
async def test_failed_page(answer: bytes, code: str, state: SourceState) -> None:
    async with asking(saying(answer)) as (server, source):
        with pytest.raises(UpstreamError) as raised:
            await page_of(source)
    error = raised.value
    assert (error.code, error.source, error.provider) == (code, "main", "YUME")
    assert (source.last_error, source.state, source.last_success_at) == (error, state, None)
    assert error.message.startswith("main: ")
    for secret in ("s3cret", server.address, "127.0.0.1"):
        assert secret not in error.message
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None


async def test_refusal_says_what_the_upstream_said() -> None:
    async with asking(saying(http(b"", 429, "Retry-After: 7"))) as (_, source):
        with pytest.raises(UpstreamError) as raised:
            await page_of(source)
    assert raised.value.extensions == {
        "code": "UPSTREAM_RATE_LIMITED",
        "source": "main",
        "provider": "YUME",
        "retryable": True,
        "retryAfterSeconds": 7.0,
        "httpStatus": 429,
        "providerCode": None,
    }


async def test_lost_connection() -> None:
    async with asking(hanging_up(b"")) as (_, source):
        with pytest.raises(UpstreamError) as raised:
            await page_of(source)
    assert raised.value.extensions["source"] == "main"
    assert source.last_error is raised.value
    assert source.state is SourceState.UNAVAILABLE


async def test_memory_is_of_the_last_answer() -> None:
    answers = (http(EXAMPLE), http(b"", 503), http(EXAMPLE))
    async with asking(saying(*answers)) as (_, source):
        await page_of(source)
        first = source.last_success_at
        assert first is not None
        with pytest.raises(UpstreamError):
            await page_of(source)
        assert (source.state, source.last_success_at) == (SourceState.UNAVAILABLE, first)
        await page_of(source)
        assert (source.state, source.last_error) == (SourceState.HEALTHY, None)
        assert source.last_success_at is not None
        assert source.last_success_at >= first


async def test_404_behind_the_first_page_is_an_empty_page() -> None:
    async with asking(saying(http(b'{"detail": "Invalid page."}', 404))) as (_, source):
        page: Page = await page_of(source, LATER)
    assert page == Page(())
    assert (source.state, source.last_error) == (SourceState.HEALTHY, None)
    assert source.last_success_at is not None


async def test_single() -> None:
    row = json.dumps(json.loads(EXAMPLE)["results"][0]).encode()
    async with asking(saying(http(row))) as (server, source):
        record = await single_of(source, "9401")
    assert record.provider_id == "9401"
    assert bytes(record.raw) == row
    assert record.source is source
    assert [heard.target for heard in server.heard] == ["/v1/billing/invoices/9401/"]
    assert source.last_success_at is not None


async def test_single_that_there_is_not() -> None:
    async with asking(saying(http(b'{"detail": "Not found."}', 404))) as (server, source):
        assert await single_of(source, "1") is None
    assert len(server.heard) == 1
    assert (source.state, source.last_error) == (SourceState.HEALTHY, None)


@pytest.mark.parametrize("provider_id", ["", "abc", "0", "007", "-1", "1/../2", "1?page=2"])
def test_what_is_no_id_is_not_asked_for(provider_id: str) -> None:
    assert LIST.single is not None
    assert LIST.single.request(provider_id) is None


async def test_single_that_is_none_of_the_row_it_should_be() -> None:
    async with asking(saying(http(b"[]"))) as (_, source):
        with pytest.raises(UpstreamError) as raised:
            await single_of(source, "1")
    assert (raised.value.code, raised.value.source) == ("UPSTREAM_MALFORMED", "main")
    assert (source.last_error, source.state) == (raised.value, SourceState.DEGRADED)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 429, 500])
async def test_refused_single(status: int) -> None:
    async with asking(saying(http(b"", status))) as (_, source):
        with pytest.raises(UpstreamError) as raised:
            await single_of(source, "1")
    assert (raised.value.http_status, raised.value.source) == (status, "main")
    assert source.last_error is raised.value


async def test_bad_value_is_the_rows_and_not_the_sources() -> None:
    body = b'{"count": 1, "results": [{"id": 1, "created_at": 5}]}'
    async with asking(saying(http(body))) as (_, source):
        row = (await page_of(source)).rows[0]
    with pytest.raises(UpstreamError, match=r"^main: results\[0\].created_at is not what the"):
        _ = row.created_at
    assert (source.state, source.last_error) == (SourceState.HEALTHY, None)


@pytest.mark.parametrize(
    ("order", "broken", "state"),
    [
        (Direction.DESCENDING, set(), SourceState.HEALTHY),
        (Direction.DESCENDING, {"invoices"}, SourceState.DEGRADED),
        (Direction.ASCENDING, {"invoices", "payments"}, SourceState.DEGRADED),
        (None, set(), SourceState.HEALTHY),  # it never promised an order
    ],
)
async def test_order(order: Direction | None, broken: set[str], state: SourceState) -> None:
    async with asking(saying(http(EXAMPLE))) as (_, any_source):
        source = source_at(any_source._channel._link, order=order)
        source.disordered |= broken
        assert (source.order, source.state) == (order, state)


async def test_ask_gives_a_refusal_unjudged() -> None:
    before = datetime.now(UTC)
    async with asking(saying(http(b"s3cret", 403))) as (server, source):
        answer = await source.ask(LANE, terms(), print)
    after = datetime.now(UTC)
    assert (answer.request, answer.response.status, answer.response.body) == (LANE, 403, b"s3cret")
    assert before <= answer.fetched_at <= after
    assert [heard.target for heard in server.heard] == [LANE.path]
    assert (source.state, source.last_error, source.last_success_at) == (
        *(SourceState.HEALTHY, None, None),
    )


async def test_one_answer_is_read_by_several_lists() -> None:
    body = b'{"invoices": [{"invoice_id": 5, "payment_info": {"payment_id": "p"}}]}'
    async with asking(saying(http(body))) as (server, any_source):
        account = Account("main", SmartpayCredentials("s3cret"), UTC)
        source = Source(SMARTPAY, account, any_source._channel._link)
        listings = source.spec.listings
        (lane,) = source.plan(listings["invoices"], InvoiceQuery()).lanes
        request = listings["invoices"].paginator.request(lane, FIRST)
        answer = await source.ask(request, terms(), print)
        pages = [source.page(listing, FIRST, answer) for listing in listings.values()]
    assert len(server.heard) == 1
    assert [[row.provider_id for row in page.rows] for page in pages] == [["5"], ["p"]]
    assert {row.origin.request for page in pages for row in page.rows} == {answer.request}


async def test_plan_and_find_are_those_of_the_account() -> None:
    async with asking(saying(http(EXAMPLE))) as (server, any_source):
        credentials = SmartpayCredentials("s3cret", user_uid="u1")
        account = Account("main", credentials, UTC)
        source = Source(SMARTPAY, account, any_source._channel._link)
    listing, key = SMARTPAY.listings["invoices"], Key("5")
    plan = source.plan(listing, InvoiceQuery())
    assert plan == listing.plan(InvoiceQuery(), account)
    assert plan != Plan(())
    assert "u1" in repr(plan.lanes)
    assert listing.find is not None
    assert source.find(listing, [key]) == listing.find([key], account)
    assert "u1" in repr(source.find(listing, [key]))
    assert server.heard == []


async def test_probe_asks_for_one_row_or_so_many() -> None:
    async with asking(saying(http(EXAMPLE))) as (server, source):
        probe = await source.probe("invoices")
        assert (await source.probe("invoices", 50)).piece == Slice(0, 50)
    assert (len(probe.page.rows), probe.piece) == (2, Slice(0, 1))
    assert probe.answer.response.status == 200
    assert [heard.target for heard in server.heard] == [
        f"{LANE.path}?page=1&pageSize=1",
        f"{LANE.path}?page=1&pageSize=50",
    ]
    assert source.last_success_at is not None


@pytest.mark.parametrize(("answer", "code", "state"), REFUSALS)
async def test_failed_probe(answer: bytes, code: str, state: SourceState) -> None:
    async with asking(saying(answer)) as (_, source):
        with pytest.raises(UpstreamError) as raised:
            await source.probe("invoices")
    assert (raised.value.code, raised.value.source, source.state) == (code, "main", state)


async def test_what_is_settled_is_remembered() -> None:
    async with asking(saying(http(EXAMPLE))) as (_, any_source):
        link = any_source._channel._link
        source = source_at(link, settles=("a", "b"), settles_by="order_number")
    assert (any_source.settles, any_source.settles_by) == ((), "invoice_number")
    assert (source.settles, source.settles_by) == (("a", "b"), "order_number")


async def test_page_sizes_are_learnt() -> None:
    async with asking(saying(http(EXAMPLE))) as (_, source):
        page: Page = await page_of(source, Slice(0, 50))
        source.learn(Slice(0, 50), page)
    assert source.sizes == Sizes(1, 2)


# ---------------------------------------------------------------- against the sandbox


async def test_every_invoice_of_the_sandbox(still_yume: Yume) -> None:
    rows = still_yume.rows()
    headers = YUME.sign(Credentials(yume.TOKEN))
    async with Transport(still_yume.base_url, headers) as link:
        source = source_at(link)
        numbers = range(len(rows) // 100 + 2)
        pages = [await page_of(source, Slice(number, 100)) for number in numbers]
        last = await single_of(source, str(rows[-1]["id"]))
        assert await single_of(source, "1") is None
    read: list[Any] = [row for page in pages for row in page.rows]
    assert [json.loads(bytes(row.raw)) for row in read] == rows
    assert shown(last) == shown(read[-1])
    assert (pages[0].total, pages[0].more, pages[-1]) == (len(rows), True, Page(()))
    for row, seen in zip(rows, map(shown, read), strict=True):
        assert [text for _, text in leaves(seen) if str(text).startswith("main: ")] == []
        assert (seen["provider_id"], seen["provider_status"]) == (str(row["id"]), row["status"])
        assert seen["total"] == Money(Decimal(row["total"]), row["currency"])
        assert [item["amount"].amount for item in seen["details"]["items"]] == [
            Decimal(item["amount"]) for item in row["items"]
        ]
