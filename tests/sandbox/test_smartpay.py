"""SmartPay's list: its pages, its order and its filters."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import httpx
import pytest

from sandbox import smartpay
from sandbox.settlements import SALES
from tests.sandbox.smartpay_caller import (
    AUTHORIZED,
    FINE,
    LIST,
    PRINTED,
    ROWS,
    Invoice,
    ask,
    created,
    differences,
    walk,
)


@pytest.fixture(scope="module")
def invoices(unchanged: httpx.Client) -> list[Invoice]:
    return walk(unchanged)


def pan(row: Invoice) -> str:
    return str((row.get("payment_info") or {}).get("masked_pan", ""))[-4:]


def test_page_is_shaped_as_printed(unchanged: httpx.Client) -> None:
    body = ask(unchanged)
    assert list(body) == list(PRINTED)
    assert body["error"] == PRINTED["error"] == FINE
    bare = {key: value for key, value in body.items() if key != "invoices"}
    assert differences({k: v for k, v in PRINTED.items() if k != "invoices"}, bare) == []
    assert list(body["pageable"]) == list(PRINTED["pageable"])


@pytest.mark.parametrize("query", [{}, {"size": 7}, {"size": 100_000}, {"size": 20}])
def test_walk_meets_every_invoice_once(
    unchanged: httpx.Client, invoices: list[Invoice], query: dict[str, int]
) -> None:
    assert walk(unchanged, **query) == invoices
    assert len({str(row["invoice_id"]) for row in invoices}) == len(invoices) == SALES >= 1_000


@pytest.mark.parametrize("path", [LIST, f"{LIST}/", f"{LIST}?", f"{LIST}/?"])
def test_slash_before_the_question_mark(unchanged: httpx.Client, path: str) -> None:
    answer = unchanged.get(path, headers=AUTHORIZED)
    assert answer.json() == ask(unchanged, invoice_status="confirmed,paid")


@pytest.mark.parametrize(
    ("page", "size", "number", "first", "last"),
    [
        (0, 100, 100, True, False),
        (1, 100, 100, False, False),
        (11, 100, 100, False, True),
        (12, 100, 0, False, True),
        (99_999_999, 100, 0, False, True),
        (0, 1, 1, True, False),
        (171, 7, 3, False, True),
        (0, 101, 100, True, False),
        (1, 5_000, 100, False, False),
    ],
)
def test_page_fields_agree(
    unchanged: httpx.Client, page: int, size: int, number: int, first: bool, last: bool
) -> None:
    body = ask(unchanged, page=page, size=size)
    size = min(size, smartpay.MAX_PAGE_SIZE)
    assert len(body.pop("invoices")) == number
    sort = {"empty": False, "sorted": True, "unsorted": False}
    assert body == {
        "error": FINE,
        "empty": number == 0,
        "first": first,
        "last": last,
        "number": page,
        "numberOfElements": number,
        "pageable": {
            "offset": page * size,
            "pageNumber": page,
            "pageSize": size,
            "paged": True,
            "sort": sort,
            "unpaged": False,
        },
        "size": size,
        "sort": sort,
        "totalElements": SALES,
        "totalPages": -(-SALES // size),
    }


def test_page_has_20_by_default(unchanged: httpx.Client, invoices: list[Invoice]) -> None:
    body = ask(unchanged)
    assert (body["invoices"], body["size"], body["number"]) == (invoices[:20], 20, 0)


def test_list_without_rows(unchanged: httpx.Client) -> None:
    body = ask(unchanged, order_num="none")
    shown = {key: body[key] for key in ("invoices", "empty", "first", "last", "totalPages")}
    assert shown == {"invoices": [], "empty": True, "first": True, "last": True, "totalPages": 0}


def test_order_is_newest_first_then_by_id(invoices: list[Invoice]) -> None:
    keys = [(created(row), int(row["invoice_id"])) for row in invoices]
    assert keys == sorted(keys, reverse=True)
    assert 3 <= len(keys) - len({moment for moment, _ in keys}) <= 30


def test_history_is_18_months_up_to_now(invoices: list[Invoice], now: datetime) -> None:
    assert timedelta(minutes=1) < now - created(invoices[0]) < timedelta(hours=1)
    assert timedelta(days=500) < now - created(invoices[-1]) < timedelta(days=549)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        (
            {"invoice_status": "confirmed,paid"},
            lambda r: r["invoice_status"] in ("confirmed", "paid"),
        ),
        ({"invoice_status": "created"}, lambda r: r["invoice_status"] == "created"),
        ({"invoice_status": "refunded,all"}, lambda r: True),
        ({"amount_from": 249_900}, lambda r: r["amount_create"]["amount"] >= 249_900),
        ({"amount_to": 249_900}, lambda r: r["amount_create"]["amount"] <= 249_900),
        (
            {"amount_from": 99_001, "amount_to": 420_000, "invoice_status": "reversed,cancelled"},
            lambda r: (
                99_001 <= r["amount_create"]["amount"] <= 420_000
                and r["invoice_status"] in ("reversed", "cancelled")
            ),
        ),
        ({"masked_pan": "0042"}, lambda r: pan(r) == "0042"),
        (
            {"masked_pan": "0042", "amount_to": 200_000},
            lambda r: pan(r) == "0042" and r["amount_create"]["amount"] <= 200_000,
        ),
        ({"order_num": "7400120"}, lambda r: str(r["order_number"]) == "7400120"),
        ({"order_num": "007400003"}, lambda r: r["order_number"] == "007400003"),
        ({"order_num": "BP-7400018"}, lambda r: r["order_number"] == "BP-7400018"),
        ({"date_from": "2026-10-01"}, lambda r: r["invoice_date"] >= "2026-10-01"),
        ({"date_to": "2026-09-30"}, lambda r: r["invoice_date"] < "2026-10-01"),
        (
            {"date_from": "2026-11-13", "date_to": "2026-11-13"},
            lambda r: r["invoice_date"].startswith("2026-11-13"),
        ),
        (
            {"date_from": "2026-11-01", "invoice_status": "confirmed", "amount_from": 150_000},
            lambda r: (
                r["invoice_date"] >= "2026-11-01"
                and r["invoice_status"] == "confirmed"
                and r["amount_create"]["amount"] >= 150_000
            ),
        ),
        (
            {
                "partner_client_id": "x",
                "user_uid": "y",
                "encrypted_sub_id": "z",
                "colour": "red",
                "partner_client_sub_id": "",
            },
            lambda r: True,
        ),
    ],
)
def test_filter(
    unchanged: httpx.Client,
    invoices: list[Invoice],
    query: dict[str, object],
    wanted: Callable[[Invoice], bool],
) -> None:
    expected = [row for row in invoices if wanted(row)]
    assert expected
    assert walk(unchanged, **query) == expected
    assert ask(unchanged, **query)["totalElements"] == len(expected)


@pytest.mark.parametrize(
    "query",
    [
        {"amount_from": 2, "amount_to": 1},
        {"date_from": "2026-11-13", "date_to": "2026-11-12"},
        {"date_to": "0001-01-01"},
        {"date_from": "9999-12-31"},
        {"amount_from": 10**17},
        {"order_num": "7400003"},
        {"order_num": "ФФ"},
        {"masked_pan": "0000"},
    ],
)
def test_nothing_matches(unchanged: httpx.Client, query: dict[str, object]) -> None:
    assert ask(unchanged, **query)["totalElements"] == 0


def test_without_a_status_only_confirmed_and_paid_are_listed(
    unchanged: httpx.Client, invoices: list[Invoice]
) -> None:
    body = unchanged.get(LIST, headers=AUTHORIZED).json()
    listed = [row for row in invoices if row["invoice_status"] in ("confirmed", "paid")]
    assert (body["totalElements"], body["invoices"]) == (len(listed), listed[:20])


def test_days_are_those_of_moscow(unchanged: httpx.Client, sandbox: httpx.Client) -> None:
    within = ("2025-11-13T00:00:00+03", "2025-11-12T21:30:00Z", "2025-11-13T23:59:59+03")
    outside = ("2025-11-12T23:59:59+03", "2025-11-14T00:00:00+03", "2025-11-13T21:00:00Z")
    for time in (*within, *outside):
        sandbox.post(ROWS, json={"invoice_date": time})
    on_the_day = {"date_from": "2025-11-13", "date_to": "2025-11-13"}
    before = ask(unchanged, **on_the_day)["totalElements"]
    assert ask(sandbox, **on_the_day)["totalElements"] == before + 3


@pytest.mark.parametrize("day", [date(2025, 7, 1), date(2026, 11, 20)])
def test_one_day(unchanged: httpx.Client, invoices: list[Invoice], day: date) -> None:
    body = ask(unchanged, date_from=day, date_to=day, size=100)
    listed = [row for row in invoices if row["invoice_date"].startswith(str(day))]
    assert body["invoices"] == listed != []
