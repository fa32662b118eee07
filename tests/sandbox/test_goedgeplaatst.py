"""GoedGeplaatst's payments, against the example that its document prints."""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import httpx
import pytest

from sandbox import goedgeplaatst
from sandbox.app import create_app
from sandbox.settlements import PAYMENTS
from tests.sandbox.goedgeplaatst_caller import (
    AMOUNTS,
    AUTHORIZED,
    CLOCK,
    END_DATES,
    LIST,
    NEVER,
    PRINTED,
    PRINTED_REQUEST,
    Payment,
    Serve,
    ask,
    differences,
    on_the_clock,
    walk,
)


@pytest.fixture(scope="module")
def payments(unchanged: httpx.Client) -> list[Payment]:
    return walk(unchanged)


def test_page_is_shaped_as_printed(unchanged: httpx.Client) -> None:
    told = ask(unchanged, itemsPerPage=1)
    assert differences({**PRINTED, "data": None}, {**told, "data": None}) == []


def test_payments_are_shaped_as_printed(payments: list[Payment]) -> None:
    assert [d for row in payments for d in differences(PRINTED["data"][0], row)] == []
    assert len(payments[0]["user"]) == 19


def test_printed_request_is_understood(unchanged: httpx.Client, payments: list[Payment]) -> None:
    assert ask(unchanged, **PRINTED_REQUEST)["totalItems"] == 0  # all is later than 2019
    told = ask(unchanged, **{**PRINTED_REQUEST, "dateEnd": "2030-01-01 00:00:00"})
    assert told["data"] == payments[:10]


@pytest.mark.parametrize("size", [100, 7, 25])
def test_walk_meets_every_payment_once(
    unchanged: httpx.Client, payments: list[Payment], size: int
) -> None:
    assert walk(unchanged, itemsPerPage=size) == payments
    assert len({row["paymentId"] for row in payments}) == len(payments) == PAYMENTS


@pytest.mark.parametrize(
    ("body", "page", "size", "first", "last"),
    [
        ({}, 1, 25, 0, 25),
        ({"page": 2}, 2, 25, 25, 50),
        ({"page": 8, "itemsPerPage": 100}, 8, 100, 700, 800),
        ({"page": 9, "itemsPerPage": 100}, 9, 100, 0, 0),
        ({"page": 800, "itemsPerPage": 1}, 800, 1, 799, 800),
        ({"page": 10**15}, 10**15, 25, 0, 0),
        ({"colour": "red", "useCache": False}, 1, 25, 0, 25),
    ],
)
def test_envelope(
    unchanged: httpx.Client,
    payments: list[Payment],
    body: dict[str, object],
    page: int,
    size: int,
    first: int,
    last: int,
) -> None:
    told = ask(unchanged, **body)
    assert 0 < told.pop("speed") < 60
    assert told == {
        "result": True,
        "fromCache": False,
        "totalItems": PAYMENTS,
        "totalInSet": last - first,
        "page": page,
        "itemsPerPage": size,
        "data": payments[first:last],
    }


def test_speed_varies(unchanged: httpx.Client) -> None:
    assert len({ask(unchanged)["speed"] for _ in range(20)}) > 1


def test_address_without_its_last_slash(unchanged: httpx.Client) -> None:
    body = {"userId": goedgeplaatst.USER_ID}
    answer = unchanged.post(LIST.removesuffix("/"), json=body, headers=AUTHORIZED)
    assert answer.json()["data"] == ask(unchanged)["data"]


def test_order_is_oldest_first(payments: list[Payment]) -> None:
    created = [row["paymentCreated"] for row in payments]
    assert created == sorted(created)
    assert 3 <= len(created) - len(set(created)) <= 30


def test_history_is_18_months_up_to_now(payments: list[Payment], now: datetime) -> None:
    first, last = (payments[place]["paymentCreated"] for place in (0, -1))
    assert on_the_clock(now - timedelta(hours=1)) < last < on_the_clock(now)
    assert first < on_the_clock(now - timedelta(days=500))


def test_times_are_written_without_a_zone(payments: list[Payment]) -> None:
    stamps = {row[name] for row in payments for name in ("paymentCreated", *END_DATES)}
    assert [stamp for stamp in stamps if not CLOCK.fullmatch(stamp)] == []


def test_exactly_the_end_date_of_the_status_is_set(payments: list[Payment], now: datetime) -> None:
    for row in payments:
        ends = {name: row[name] for name in END_DATES if row[name] != NEVER}
        assert list(ends) == [f"date{row['status'].capitalize()}"]
        assert row["paymentCreated"] < min(ends.values()) <= on_the_clock(now)


def test_every_status_occurs(payments: list[Payment]) -> None:
    statuses = Counter(row["status"] for row in payments)
    assert set(statuses) == {"paid", "cancelled", "expired", "failed"}
    assert min(statuses.values()) > 20


@pytest.mark.parametrize("time", ["2025-10-26 02:20:00", "2026-10-25 02:20:00"])
def test_hour_that_the_clock_runs_through_twice(payments: list[Payment], time: str) -> None:
    hour = [row["paymentCreated"] for row in payments if row["paymentCreated"][:13] == time[:13]]
    assert [text[14:16] for text in hour] == ["05", "20", "20", "40"]
    assert hour.count(time) == 2


@pytest.mark.parametrize("hour", ["2025-03-30 02", "2026-03-29 02"])
def test_nothing_is_in_the_hour_that_the_clock_leaves_out(
    payments: list[Payment], hour: str
) -> None:
    assert [row for row in payments if row["paymentCreated"].startswith(hour)] == []


def test_amounts_are_whole_numbers_or_have_two_decimals_at_most(payments: list[Payment]) -> None:
    amounts = [row[name] for row in payments for name in AMOUNTS]
    kinds = Counter(map(type, amounts))
    assert min(kinds[int], kinds[float]) > 400
    assert not [a for a in amounts if isinstance(a, float) and a.is_integer()]
    assert not [a for a in amounts if not re.fullmatch(r"\d+(\.\d\d?)?", str(a))]


def test_net_and_vat_are_gross(payments: list[Payment]) -> None:
    for row in payments:
        net, vat, gross = (Decimal(str(row[name])) for name in AMOUNTS)
        assert net + vat == gross > 0
        assert vat == 0 or abs(net * 21 / 100 - vat) <= Decimal("0.01")
    assert {row["amountVat"] == 0 for row in payments} == {True, False}


def test_user_is_one_and_lacks_much(payments: list[Payment]) -> None:
    users = {json.dumps(row["user"]) for row in payments}
    assert len(users) == 1
    user = payments[0]["user"]
    assert {row["userId"] for row in payments} == {user["userId"]} == {goedgeplaatst.USER_ID}
    empty = {key for key, value in user.items() if value in ("", 0)}
    assert empty == {"clientId", "externalUserId", "dateOfBirth", "website", "fax", "cellular"}
    assert user["county"] in (
        "DR",
        "FL",
        "FR",
        "GE",
        "GR",
        "LI",
        "NB",
        "NH",
        "OV",
        "UT",
        "ZE",
        "ZH",
    )


@pytest.mark.parametrize(
    ("field", "none"), [("orderId", 0), ("invoiceId", ""), ("afasInvoiceId", "")]
)
def test_fields_that_may_say_none(payments: list[Payment], field: str, none: object) -> None:
    values = [row[field] for row in payments]
    assert {value == none for value in values} == {True, False}
    given = Counter(value for value in values if value != none)
    assert len(given) > 50


def test_ids_of_payments(payments: list[Payment]) -> None:
    ids = [row["paymentId"] for row in payments]
    assert all(re.fullmatch(r"tr_[A-Za-z0-9]{10}", text) for text in ids)
    assert ids != sorted(ids)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"status": "paid"}, lambda r: r["status"] == "paid"),
        ({"status": "cancelled"}, lambda r: r["status"] == "cancelled"),
        ({"status": "expired"}, lambda r: r["status"] == "expired"),
        ({"status": "failed"}, lambda r: r["status"] == "failed"),
        ({"orderId": 7_400_120}, lambda r: r["orderId"] == 7_400_120),
        ({"orderId": 0}, lambda r: r["orderId"] == 0),
        ({"invoiceId": "7400120"}, lambda r: r["invoiceId"] == "7400120"),
        ({"invoiceId": "007400003"}, lambda r: r["invoiceId"] == "007400003"),
        ({"invoiceId": ""}, lambda r: r["invoiceId"] == ""),
        ({"dateStart": "2026-11-01 00:00:00"}, lambda r: r["paymentCreated"] >= "2026-11-01"),
        ({"dateEnd": "2025-12-31 23:59:59"}, lambda r: r["paymentCreated"] < "2026"),
        (
            {"dateStart": "2026-10-25 02:20:00", "dateEnd": "2026-10-25 02:40:00"},
            lambda r: "2026-10-25 02:20:00" <= r["paymentCreated"] <= "2026-10-25 02:40:00",
        ),
        (
            {
                "dateStart": "2026-09-01 00:00:00",
                "dateEnd": "2026-09-30 23:59:59",
                "status": "paid",
            },
            lambda r: r["paymentCreated"].startswith("2026-09") and r["status"] == "paid",
        ),
    ],
)
def test_filter(
    unchanged: httpx.Client,
    payments: list[Payment],
    body: dict[str, object],
    wanted: Callable[[Payment], bool],
) -> None:
    expected = [row for row in payments if wanted(row)]
    assert expected
    assert walk(unchanged, **body) == expected
    assert ask(unchanged, **body)["totalItems"] == len(expected)


@pytest.mark.parametrize("place", [0, 100, 400, 799])
def test_bounds_are_inclusive(unchanged: httpx.Client, payments: list[Payment], place: int) -> None:
    time = payments[place]["paymentCreated"]
    told = ask(unchanged, dateStart=time, dateEnd=time)
    assert told["data"] == [row for row in payments if row["paymentCreated"] == time]


def test_number_at_afas(unchanged: httpx.Client, payments: list[Payment]) -> None:
    row = next(row for row in payments if row["afasInvoiceId"])
    assert ask(unchanged, afasInvoiceId=row["afasInvoiceId"])["data"] == [row]


@pytest.mark.parametrize(
    "body",
    [
        {"userId": 12_310},
        {"userId": -1},
        {"orderId": -5},
        {"invoiceId": "gg"},
        {"afasInvoiceId": "none"},
        {"dateStart": "2027-01-01 00:00:00"},
        {"dateStart": "2026-02-02 00:00:00", "dateEnd": "2026-02-01 00:00:00"},
    ],
)
def test_nothing_matches(unchanged: httpx.Client, body: dict[str, object]) -> None:
    told = ask(unchanged, **body)
    assert (told["result"], told["totalItems"], told["totalInSet"], told["data"]) == (
        True,
        0,
        0,
        [],
    )


def test_equal_seeds_give_equal_payments(
    now: datetime, payments: list[Payment], serve: Serve
) -> None:
    assert walk(serve(create_app(now=now))) == payments
    assert walk(serve(create_app(now=now, seed=7))) != payments


def test_scale_multiplies_the_payments(now: datetime, serve: Serve) -> None:
    told = ask(serve(create_app(scale=20, now=now)), page=20 * PAYMENTS, itemsPerPage=1)
    assert (told["totalItems"], told["totalInSet"]) == (20 * PAYMENTS, 1)
