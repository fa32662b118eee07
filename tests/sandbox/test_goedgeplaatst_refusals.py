"""Whom and what GoedGeplaatst refuses, its cache, and what the control endpoint does to it."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from sandbox import goedgeplaatst
from sandbox.app import create_app
from sandbox.settlements import PAYMENTS
from tests.sandbox.goedgeplaatst_caller import (
    AUTHORIZED,
    END_DATES,
    FAULT,
    LIST,
    NEVER,
    PRINTED,
    ROWS,
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


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "truncated"),
        (b"{", "truncated"),
        (b"[]", "Expected `object`"),
        (b"{}", "`userId`"),
        (b'{"page": 1}', "`userId`"),
        (b'{"userId": "12311"}', "`$.userId`"),
        (b'{"userId": null}', "`$.userId`"),
        (b'{"userId": 12311, "page": 0}', "`$.page`"),
        (b'{"userId": 12311, "page": "1"}', "`$.page`"),
        (b'{"userId": 12311, "itemsPerPage": 0}', "`$.itemsPerPage`"),
        (b'{"userId": 12311, "itemsPerPage": 101}', "`$.itemsPerPage`"),
        (b'{"userId": 12311, "orderId": "7"}', "`$.orderId`"),
        (b'{"userId": 12311, "invoiceId": 7}', "`$.invoiceId`"),
        (b'{"userId": 12311, "afasInvoiceId": null}', "`$.afasInvoiceId`"),
        (b'{"userId": 12311, "status": "canceled"}', "'canceled'"),
        (b'{"userId": 12311, "dateStart": "2019-01-01"}', "`$.dateStart`"),
        (b'{"userId": 12311, "dateStart": "2019-01-01T00:00:00Z"}', "`$.dateStart`"),
        (b'{"userId": 12311, "dateEnd": "2019-02-30 00:00:00"}', "day is out of range"),
        (b'{"userId": 12311, "dateEnd": "0000-00-00 00:00:00"}', "year 0"),
        (b'{"userId": 12311, "useCache": "false"}', "`$.useCache`"),
        (b"\xff", "malformed"),
        (b'{"a":' + b"[" * 100_000, "recursion"),
    ],
)
def test_refusal_of_what_is_asked_is_inside_a_200(
    unchanged: httpx.Client, body: bytes, words: str
) -> None:
    answer = unchanged.post(LIST, content=body, headers=AUTHORIZED)
    assert answer.status_code == 200
    told = answer.json()
    assert (list(told), told["result"], told["data"]) == (["result", "errors", "data"], False, [])
    assert words in told["errors"][0]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authentication": ""}, 401),
        ({"Authorization": goedgeplaatst.KEY}, 401),
        ({"Authentication": "other"}, 403),
        ({"Authentication": f"Bearer {goedgeplaatst.KEY}"}, 403),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_key_is_asked_for(
    unchanged: httpx.Client, method: str, headers: dict[str, str], status: int
) -> None:
    answer = unchanged.request(method, LIST, headers=headers)
    assert (answer.status_code, answer.json()["result"]) == (status, False)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_other_methods(unchanged: httpx.Client, method: str) -> None:
    answer = unchanged.request(method, LIST, headers=AUTHORIZED)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["/goedgeplaatst/", "/goedgeplaatst/reports/", f"{LIST}export"])
def test_unknown_path(unchanged: httpx.Client, path: str) -> None:
    answer = unchanged.post(path, headers=AUTHORIZED)
    assert (answer.status_code, answer.json()["errors"]) == (404, ["Not Found"])


def test_cache_lags_behind(unchanged: httpx.Client, payments: list[Payment], now: datetime) -> None:
    cached = walk(unchanged, useCache=True)
    assert cached == payments[: len(cached)]
    missing = payments[len(cached) :]
    since = on_the_clock(now - timedelta(minutes=10))
    assert [row for row in payments if row["paymentCreated"] > since] == missing != []
    told = ask(unchanged, useCache=True)
    assert (told["fromCache"], told["totalItems"]) == (True, len(cached))


def test_cache_does_not_know_what_has_just_come(sandbox: httpx.Client) -> None:
    fields = {"invoiceId": "N 1", "paymentCreated": "2026-01-01 12:00:00"}
    row = sandbox.post(ROWS, json=fields).json()
    assert ask(sandbox, invoiceId="N 1")["data"] == [row]
    assert ask(sandbox, invoiceId="N 1", useCache=True)["data"] == []


def test_inserted_payment_is_paid_and_the_last(sandbox: httpx.Client, now: datetime) -> None:
    row = sandbox.post(ROWS).json()
    assert differences(PRINTED["data"][0], row) == []
    assert (row["status"], row["paymentCreated"]) == ("paid", on_the_clock(now))
    assert row["datePaid"] == row["paymentCreated"]
    told = ask(sandbox, page=PAYMENTS + 1, itemsPerPage=1)
    assert (told["totalItems"], told["data"]) == (PAYMENTS + 1, [row])


@pytest.mark.parametrize(
    ("status", "end_date"),
    [
        ("paid", "datePaid"),
        ("cancelled", "dateCancelled"),
        ("expired", "dateExpired"),
        ("failed", "dateFailed"),
        ("pending", None),
    ],
)
def test_inserted_payment_agrees_with_its_status(
    sandbox: httpx.Client, status: str, end_date: str | None
) -> None:
    row = sandbox.post(ROWS, json={"status": status}).json()
    assert [name for name in END_DATES if row[name] != NEVER] == ([end_date] if end_date else [])


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({"invoiceId": "N 1"}, {"invoiceId": "N 1"}),
        ({"orderId": 15}, {"orderId": 15}),
        ({"afasInvoiceId": "A1"}, {"afasInvoiceId": "A1"}),
        ({"status": "failed", "orderId": 15}, {"status": "failed", "orderId": 15}),
        ({"paymentCreated": "2020-01-01 00:00:00"}, {"dateEnd": "2020-01-01 00:00:00"}),
        ({"paymentCreated": "soon", "amountNet": "1"}, {"dateStart": "2026-11-20 16:30:00"}),
        ({"paymentCreated": None, "user": None}, {"dateStart": "2026-11-20 16:30:00"}),
    ],
)
def test_inserted_payment_is_found_by_what_it_says(
    sandbox: httpx.Client, fields: dict[str, object], body: dict[str, object]
) -> None:
    row = sandbox.post(ROWS, json=fields).json()
    assert {key: row[key] for key in fields} == fields
    assert ask(sandbox, **body)["data"] == [row]


def test_rows_shift_when_an_older_payment_arrives(sandbox: httpx.Client) -> None:
    first = ask(sandbox)["data"]
    sandbox.post(ROWS, json={"paymentCreated": "2020-01-01 00:00:00"})
    assert ask(sandbox, page=2)["data"][0] == first[-1]


@pytest.mark.parametrize("field", ["paymentId", "userId", "colour"])
def test_what_is_no_payment(unchanged: httpx.Client, field: str) -> None:
    answer = unchanged.post(ROWS, json={field: 1})
    assert answer.status_code == 400
    assert f"a payment has no {field} to set" in answer.json()["error"]


def test_removed_payment_is_gone(sandbox: httpx.Client) -> None:
    gone, *others = ask(sandbox)["data"]
    assert sandbox.delete(f"{ROWS}/{gone['paymentId'].removeprefix('tr_')}").status_code == 404
    assert sandbox.delete(f"{ROWS}/{gone['paymentId']}").status_code == 204
    assert ask(sandbox)["data"][:-1] == others
    assert sandbox.delete(f"{ROWS}/{gone['paymentId']}").status_code == 404


@pytest.mark.parametrize("row_id", ["1", "tr_", "tr_WmQMBh9cmu", "WmQMBh9cmu", "tr_!!!!!!!!!!"])
def test_unknown_payment_cannot_be_removed(unchanged: httpx.Client, row_id: str) -> None:
    assert unchanged.delete(f"{ROWS}/{row_id}").status_code == 404


@pytest.mark.parametrize(
    ("fault", "status", "message"),
    [
        ({"refused": True}, 200, "Database unavailable"),
        ({"status": 403}, 403, "Forbidden"),
        ({"status": 429}, 429, "Too Many Requests"),
        ({"status": 503}, 503, "Service Unavailable"),
    ],
)
def test_fault_is_worded_as_a_refusal(
    sandbox: httpx.Client, fault: dict[str, object], status: int, message: str
) -> None:
    sandbox.put(FAULT, json={**fault, "times": 1, "retry_after": 3})
    answer = sandbox.post(LIST, json={"userId": goedgeplaatst.USER_ID}, headers=AUTHORIZED)
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "3")
    assert answer.json() == {"result": False, "errors": [message], "data": []}
    assert ask(sandbox)["result"] is True


def test_newest_moments_are_told_by_the_clock_in_winter_and_summer(serve: Serve) -> None:
    for month, hour in ((1, 13), (7, 14)):
        noon = datetime(2026, month, 15, 12, tzinfo=UTC)
        row = serve(create_app(now=noon)).post(ROWS).json()
        assert row["paymentCreated"] == f"2026-{month:02}-15 {hour}:00:00"
