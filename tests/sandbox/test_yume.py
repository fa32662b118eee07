"""Yume's invoices, against the example that its document prints."""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from sandbox import yume
from sandbox.app import create_app

LIST = "/yume/v1/billing/invoices/"
PRINTED = json.loads((Path(__file__).parent / "examples/yume_invoices.json").read_text())
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
AMOUNT = re.compile(r"\d{1,14}\.\d\d")
Invoice = dict[str, Any]
Serve = Callable[[ASGIApp], httpx.Client]


def walk(client: httpx.Client, query: str = "pageSize=100") -> list[Invoice]:
    """All invoices, by the page number in each next link."""
    rows: list[Invoice] = []
    page: str | None = "1"
    while page:
        body = client.get(f"{LIST}?{query}&page={page}").json()
        rows += body["results"]
        page = httpx.URL(body["next"]).params["page"] if body["next"] else None
    return rows


@pytest.fixture(scope="module")
def invoices(unchanged: httpx.Client) -> list[Invoice]:
    return walk(unchanged)


def differences(printed: object, given: object, path: str = "") -> list[str]:
    """Where the given JSON has other keys or other types than the printed one; null is free."""
    if printed is None or given is None:
        return []
    if type(printed) is not type(given):
        return [f"{path}: {type(given).__name__}"]
    if isinstance(printed, dict) and isinstance(given, dict):
        if list(printed) != list(given):
            return [f"{path}: {list(given)}"]
        return [
            d for key in printed for d in differences(printed[key], given[key], f"{path}.{key}")
        ]
    if isinstance(printed, list) and isinstance(given, list):
        return [d for item in given for d in differences(printed[0], item, f"{path}[]")]
    return []


def filled(value: object, path: str = "") -> set[str]:
    """The paths at which something stands."""
    if isinstance(value, dict):
        return set().union(*(filled(value[key], f"{path}.{key}") for key in value))
    if isinstance(value, list):
        return set().union(*(filled(item, f"{path}[]") for item in value))
    return set() if value is None else {path}


def test_page_is_shaped_as_printed(unchanged: httpx.Client) -> None:
    assert differences(PRINTED, unchanged.get(LIST, params={"page": 2}).json()) == []


def test_invoices_are_shaped_as_printed(invoices: list[Invoice]) -> None:
    assert [d for row in invoices for d in differences(PRINTED["results"][0], row)] == []


def test_no_field_is_always_null(invoices: list[Invoice]) -> None:
    assert filled(PRINTED["results"]) <= filled(invoices)


@pytest.mark.parametrize("field", ["card", "captured_at", "start_at", "end_at", "transaction_url"])
def test_fields_that_may_be_null(invoices: list[Invoice], field: str) -> None:
    assert {row[field] is None for row in invoices} == {True, False}


@pytest.mark.parametrize("query", ["pageSize=100", "pageSize=7", "pageSize=100000", ""])
def test_walk_meets_every_invoice_once(
    unchanged: httpx.Client, invoices: list[Invoice], query: str
) -> None:
    assert walk(unchanged, query) == invoices
    assert len({row["id"] for row in invoices}) == len(invoices) == yume.INVOICES


def test_order_is_newest_first_then_by_id(invoices: list[Invoice]) -> None:
    keys = [(row["created_at"], row["id"]) for row in invoices]
    assert keys == sorted(keys, reverse=True)


def test_some_invoices_were_created_at_once(invoices: list[Invoice]) -> None:
    counts = Counter(row["created_at"] for row in invoices)
    assert 3 <= sum(count > 1 for count in counts.values()) <= 30


def test_history_is_18_months_up_to_now(invoices: list[Invoice], now: datetime) -> None:
    created = [datetime.fromisoformat(row["created_at"]) for row in invoices]
    assert timedelta(minutes=1) < now - created[0] < timedelta(hours=1)
    assert timedelta(days=500) < now - created[-1] < timedelta(days=549)


def test_nothing_is_paid_or_refused_in_the_future(invoices: list[Invoice], now: datetime) -> None:
    stamps = [row["captured_at"] for row in invoices if row["captured_at"]]
    stamps += [error["created_at"] for row in invoices for error in row["errors"]]
    assert max(map(datetime.fromisoformat, stamps)) <= now


def test_times_are_utc_to_the_second(invoices: list[Invoice]) -> None:
    fields = ("created_at", "captured_at", "start_at", "end_at")
    stamps = [row[field] for row in invoices for field in fields if row[field]]
    assert [stamp for stamp in stamps if not INSTANT.fullmatch(stamp)] == []


def test_amounts_are_strings_with_two_places(invoices: list[Invoice]) -> None:
    fields = ("total", "captured_amount", "refund_amount")
    amounts = [row[field] for row in invoices for field in fields]
    amounts += [
        item[field] for row in invoices for item in row["items"] for field in ("price", "amount")
    ]
    assert [amount for amount in amounts if not AMOUNT.fullmatch(amount)] == []


def test_items_add_up(invoices: list[Invoice]) -> None:
    for row in invoices:
        items = row["items"]
        assert all(Decimal(i["price"]) * i["count"] == Decimal(i["amount"]) for i in items)
        assert sum(Decimal(i["amount"]) for i in items) == Decimal(row["total"]) > 0
        assert {i["invoice"] for i in items} == {row["id"]}


def test_every_status_and_currency_occurs(invoices: list[Invoice]) -> None:
    statuses = Counter(row["status"] for row in invoices)
    assert set(statuses) == {"waiting", "confirmed", "rejected", "refunded"}
    currencies = Counter(row["currency"] for row in invoices)
    assert set(currencies) == {"KZT", "USD", "RUB", "EUR", "UZS", "KGS", "AED", "SAR"}
    assert currencies["KZT"] > len(invoices) / 2


@pytest.mark.parametrize(
    ("status", "captured", "refunds", "failed"),
    [
        ("waiting", False, "none", False),
        ("confirmed", True, "part", False),
        ("rejected", False, "none", True),
        ("refunded", True, "all", False),
    ],
)
def test_amounts_agree_with_the_status(
    invoices: list[Invoice], status: str, captured: bool, refunds: str, failed: bool
) -> None:
    for row in (row for row in invoices if row["status"] == status):
        total, refund = Decimal(row["total"]), Decimal(row["refund_amount"])
        assert Decimal(row["captured_amount"]) == (total if captured else 0)
        assert (row["captured_at"] is not None) == captured
        assert bool(row["errors"]) == failed
        assert {"none": refund == 0, "part": refund < total, "all": refund == total}[refunds]


def test_staff_items_have_no_integration(invoices: list[Invoice]) -> None:
    items = [item for row in invoices for item in row["items"]]
    assert {item["type"] for item in items} == {"integration", "staff"}
    for item in items:
        nested = {item["integration"] is None, item["variant"] is None}
        assert nested == {item["type"] == "staff"}


def test_equal_seeds_give_equal_invoices(
    now: datetime, invoices: list[Invoice], serve: Serve
) -> None:
    assert walk(serve(create_app(now=now))) == invoices
    assert walk(serve(create_app(now=now, seed=7))) != invoices


def test_scale_multiplies_the_invoices(now: datetime, serve: Serve) -> None:
    large = serve(create_app(scale=50, now=now))
    body = large.get(LIST, params={"page": "last"}).json()
    assert body["count"] == 50 * yume.INVOICES
    assert body["results"][-1]["id"] == yume.FIRST_ID


@pytest.mark.parametrize("place", [0, 600, 1_199])
def test_single_invoice_is_the_listed_one(
    unchanged: httpx.Client, invoices: list[Invoice], place: int
) -> None:
    row = invoices[place]
    assert unchanged.get(f"{LIST}{row['id']}/").json() == row


@pytest.mark.parametrize("row_id", ["0", "-1", "1", "99999999999999999999", "abc", "%20", "1.0"])
def test_unknown_invoice(unchanged: httpx.Client, row_id: str) -> None:
    answer = unchanged.get(f"{LIST}{row_id}/")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


def test_links_name_the_host_that_the_server_believes_in(unchanged: httpx.Client) -> None:
    body = unchanged.get(LIST, params={"page": 2, "pageSize": 5}).json()
    assert body["next"] == "http://api.example.org/v1/billing/invoices/?page=3&pageSize=5"
    assert body["previous"] == "http://api.example.org/v1/billing/invoices/?pageSize=5"


def test_missing_slash_is_redirected_on_the_called_host(unchanged: httpx.Client) -> None:
    answer = unchanged.get("/yume/v1/billing/invoices?page=2")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{LIST}?page=2")


@pytest.mark.parametrize("path", [LIST, f"{LIST}9400/"])
def test_token_is_asked_for(unchanged: httpx.Client, path: str) -> None:
    answer = unchanged.get(path, headers={"Authorization": "Bearer other"})
    assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid token."})


def test_rows_shift_when_an_invoice_arrives(sandbox: httpx.Client) -> None:
    first = sandbox.get(LIST).json()["results"]
    sandbox.post("/control/yume/invoices")
    second = sandbox.get(LIST, params={"page": 2}).json()["results"]
    assert second[0] == first[-1]


def test_inserted_invoice_waits_and_is_the_newest(sandbox: httpx.Client, now: datetime) -> None:
    row = sandbox.post("/control/yume/invoices").json()
    assert differences(PRINTED["results"][0], row) == []
    assert (row["status"], row["captured_at"]) == ("waiting", None)
    assert datetime.fromisoformat(row["created_at"]) == now
    body = sandbox.get(LIST).json()
    assert (body["count"], body["results"][0]) == (yume.INVOICES + 1, row)
    assert sandbox.get(f"{LIST}{row['id']}/").json() == row


def test_inserted_invoice_takes_the_given_fields(sandbox: httpx.Client) -> None:
    fields = {"status": "on_hold", "currency": None, "total": "-5.00", "created_at": "soon"}
    row = sandbox.post("/control/yume/invoices", json=fields).json()
    assert {key: row[key] for key in fields} == fields
    assert sandbox.get(LIST).json()["results"][0] == row
