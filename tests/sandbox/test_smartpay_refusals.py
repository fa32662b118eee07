"""Whom and what SmartPay refuses, and what the control endpoint does to it."""

from datetime import datetime

import httpx
import pytest

from sandbox import smartpay, yume
from sandbox.settlements import SALES, STATUSES
from tests.sandbox.smartpay_caller import (
    AUTHORIZED,
    FAULT,
    FINE,
    LIST,
    PRINTED,
    PRINTED_ERROR,
    ROWS,
    ask,
    created,
    differences,
)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("page=-1", "$.page"),
        ("page=one", "$.page"),
        ("page=", "$.page"),
        ("page=1.5", "$.page"),
        ("page=" + "9" * 5_000, "$.page"),
        ("size=0", "$.size"),
        ("size=-5", "$.size"),
        ("size=many", "$.size"),
        ("invoice_status=PAID", "'PAID'"),
        ("invoice_status=paid,confirmd", "'confirmd'"),
        ("invoice_status=wait", "'wait'"),
        ("invoice_status=", "''"),
        ("date_from=2026-02-30", "$.date_from"),
        ("date_from=13.11.2026", "$.date_from"),
        ("date_to=2026-11-13T00:00:00", "$.date_to"),
        ("amount_from=1.50", "$.amount_from"),
        ("amount_to=a", "$.amount_to"),
        ("masked_pan=123", "$.masked_pan"),
        ("masked_pan=12345", "$.masked_pan"),
        ("masked_pan=**1111", "$.masked_pan"),
        ("masked_pan=12a4", "$.masked_pan"),
        ("masked_pan=", "$.masked_pan"),
        ("masked_pan=1234%0A", "$.masked_pan"),
        ("order_num=", "$.order_num"),
    ],
)
def test_bad_value(unchanged: httpx.Client, query: str, words: str) -> None:
    answer = unchanged.get(f"{LIST}?{query}", headers=AUTHORIZED)
    assert answer.status_code == 400
    assert differences(PRINTED_ERROR, answer.json()) == []
    assert list(answer.json()["error"]) == list(PRINTED_ERROR["error"])
    assert words in answer.json()["error"]["error_description"]
    assert answer.json()["error"]["error_code"] != "0"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer other",
        smartpay.TOKEN,
        f"Basic {smartpay.TOKEN}",
        f"Bearer {yume.TOKEN}",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_token_is_asked_for(unchanged: httpx.Client, method: str, authorization: str) -> None:
    answer = unchanged.request(method, LIST, headers={"Authorization": authorization})
    assert (answer.status_code, answer.content) == (401, b"")


def test_scheme_in_any_case(unchanged: httpx.Client) -> None:
    answer = unchanged.get(LIST, headers={"Authorization": f"bearer {smartpay.TOKEN}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_other_methods(unchanged: httpx.Client, method: str) -> None:
    answer = unchanged.request(method, LIST, headers=AUTHORIZED)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/smartpay/", "/smartpay/bills", f"{LIST}/1"])
def test_unknown_path(unchanged: httpx.Client, path: str) -> None:
    answer = unchanged.get(path, headers=AUTHORIZED)
    assert answer.status_code == 404
    assert answer.json()["error"]["error_code"] == "404"


def test_rows_shift_when_an_invoice_arrives(sandbox: httpx.Client) -> None:
    first = ask(sandbox)["invoices"]
    sandbox.post(ROWS)
    assert ask(sandbox, page=1)["invoices"][0] == first[-1]


def test_inserted_invoice_is_unpaid_and_the_newest(sandbox: httpx.Client, now: datetime) -> None:
    row = sandbox.post(ROWS).json()
    assert differences(PRINTED["invoices"][0], row) == []
    assert (row["invoice_status"], row["amount_confirm"]) == ("created", {"amount": 0})
    assert created(row) == now
    body = ask(sandbox)
    assert (body["totalElements"], body["invoices"][0]) == (SALES + 1, row)


@pytest.mark.parametrize(
    ("fields", "query"),
    [
        ({"order_number": "N 1"}, {"order_num": "N 1"}),
        ({"order_number": 15}, {"order_num": "15"}),
        ({"amount_create": {"amount": 77}}, {"amount_from": 77, "amount_to": 77}),
        ({"payment_info": {"masked_pan": "**9999"}}, {"masked_pan": "9999"}),
        ({"invoice_date": "2020-04-29T08:18:03+03"}, {"date_to": "2020-12-31"}),
        (
            {"invoice_status": "reversed", "order_number": "N 2"},
            {"invoice_status": "reversed", "order_num": "N 2"},
        ),
    ],
)
def test_inserted_invoice_is_found_by_what_it_says(
    sandbox: httpx.Client, fields: dict[str, object], query: dict[str, object]
) -> None:
    row = sandbox.post(ROWS, json=fields).json()
    assert {key: row[key] for key in fields} == fields
    assert ask(sandbox, **query)["invoices"] == [row]


@pytest.mark.parametrize("status", [*STATUSES, "on_hold"])
def test_inserted_invoice_agrees_with_its_status(
    sandbox: httpx.Client, now: datetime, status: str
) -> None:
    row = sandbox.post(ROWS, json={"invoice_status": status}).json()
    info = row.get("payment_info") or {}
    paid = status in ("confirmed", "paid", "refunded", "reversed")
    assert ("payment_id" in info) == paid
    assert not paid or datetime.fromisoformat(info["payment_date"]).replace(microsecond=0) == now
    assert ask(sandbox)["invoices"][0] == row


@pytest.mark.parametrize(
    "fields",
    [
        {"invoice_date": "soon"},
        {"invoice_date": None},
        {"invoice_date": "2020-04-29T08:18:03"},
        {"amount_create": None, "order_number": None, "payment_info": []},
        {"amount_create": {"amount": "1"}, "payment_info": {"masked_pan": None}},
    ],
)
def test_inserted_invoice_may_hold_anything(
    sandbox: httpx.Client, fields: dict[str, object]
) -> None:
    row = sandbox.post(ROWS, json=fields).json()
    assert {key: row[key] for key in fields} == fields
    assert ask(sandbox)["invoices"][0] == row
    assert ask(sandbox, amount_to=1)["totalElements"] == ("amount_create" in fields)
    assert ask(sandbox, order_num="None")["totalElements"] == 0


def test_older_invoice_takes_its_place(sandbox: httpx.Client) -> None:
    before = ask(sandbox)["invoices"]
    row = sandbox.post(ROWS, json={"invoice_date": before[4]["invoice_date"]}).json()
    assert ask(sandbox)["invoices"] == [*before[:4], row, *before[4:-1]]


@pytest.mark.parametrize("field", ["invoice_id", "colour"])
def test_what_is_no_invoice(unchanged: httpx.Client, field: str) -> None:
    answer = unchanged.post(ROWS, json={field: 1})
    assert answer.status_code == 400
    assert f"an invoice has no {field} to set" in answer.json()["error"]


def test_removed_invoice_is_gone(sandbox: httpx.Client) -> None:
    gone, *others = ask(sandbox)["invoices"]
    assert sandbox.delete(f"{ROWS}/{gone['invoice_id']}").status_code == 204
    assert ask(sandbox)["invoices"][:-1] == others
    assert sandbox.delete(f"{ROWS}/{gone['invoice_id']}").status_code == 404


@pytest.mark.parametrize("row_id", ["1", "abc", "-1", "%C2%B2"])
def test_unknown_invoice_cannot_be_removed(unchanged: httpx.Client, row_id: str) -> None:
    assert unchanged.delete(f"{ROWS}/{row_id}").status_code == 404


@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
def test_fault_is_worded_as_documented(sandbox: httpx.Client, status: int) -> None:
    sandbox.put(FAULT, json={"status": status, "retry_after": 3})
    answer = sandbox.get(LIST, headers=AUTHORIZED)
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "3")
    assert list(answer.json()["error"]) == list(PRINTED_ERROR["error"])
    assert answer.json()["error"]["error_code"] == str(status)


def test_fault_401_has_no_body(sandbox: httpx.Client) -> None:
    sandbox.put(FAULT, json={"status": 401})
    answer = sandbox.get(LIST, headers=AUTHORIZED)
    assert (answer.status_code, answer.content) == (401, b"")


def test_refusal_inside_a_200(sandbox: httpx.Client) -> None:
    sandbox.put(FAULT, json={"refused": True, "times": 1})
    answer = sandbox.get(LIST, headers=AUTHORIZED)
    assert (answer.status_code, list(answer.json())) == (200, list(PRINTED))
    assert answer.json()["error"]["error_code"] not in ("0", 0)
    assert answer.json()["invoices"] == []
    assert ask(sandbox)["error"] == FINE
