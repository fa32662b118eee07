"""Whom and what Yandex OFD refuses, how its report follows the clock and what control does."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.routing import Mount
from starlette.types import ASGIApp

from sandbox import yandex_ofd
from sandbox.app import SEED, create_app
from sandbox.upstream import Scenario

REPORT = "/yandex_ofd/docs/aggregations/sales"
ROWS = "/control/yandex_ofd/receipts"
FAULT = "/control/faults/yandex_ofd"
KEYS = {"X-Yandex-Key": yandex_ofd.YANDEX_KEY, "X-OFD-Key": yandex_ofd.OFD_KEY}
TODAY = {"date_from": "2026-11-20", "date_to": "2026-11-20"}
Body = dict[str, Any]
Serve = Callable[[ASGIApp], httpx.Client]


def ask(client: httpx.Client, **body: object) -> Body:
    report: Body = client.post(REPORT, json=TODAY | body, headers=KEYS).json()
    return report


def alone(clock: Callable[[], datetime]) -> ASGIApp:
    """This provider with a clock that a test can move."""
    return Mount("/yandex_ofd", yandex_ofd.simulate(Scenario(1, SEED, clock)).app)


def checks(client: httpx.Client, **body: object) -> int:
    found: int = ask(client, **body)["full"]["checks"]
    return found


@pytest.mark.parametrize(
    ("body", "status", "code", "message"),
    [
        (b"", 400, 5, "Bad Request"),
        (b"date_from=2026-11-20", 400, 5, "Bad Request"),
        (b'{"date_from": "2026-11-20", "date_to": "2026-1', 400, 5, "Bad Request"),
        (b"[]", 422, 7, "Invalid payload structure"),
        (b"null", 422, 7, "Invalid payload structure"),
        (b"{}", 422, 7, "Invalid payload structure"),
        (b'{"date_from": "2026-11-20"}', 422, 7, "Invalid payload structure"),
        (b'{"date_to": "2026-11-20"}', 422, 7, "Invalid payload structure"),
    ],
)
def test_body_that_is_no_request(
    unchanged: httpx.Client, body: bytes, status: int, code: int, message: str
) -> None:
    headers = KEYS | {"Content-Type": "application/json"}
    answer = unchanged.post(REPORT, content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json().keys() == {"code", "message", "description"}
    assert (answer.json()["code"], answer.json()["message"]) == (code, message)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"date_from": None}, 422, 7),
        ({"date_from": 20261120}, 422, 7),
        ({"date_from": "20.11.2026"}, 422, 7),
        ({"date_from": "2026-11-20T00:00:00"}, 422, 7),
        ({"date_from": "2026-11-20 00:00"}, 422, 7),
        ({"date_from": "2026-11-20 "}, 422, 7),
        ({"date_from": "2026-11-20\n"}, 422, 7),
        ({"date_from": "2026-02-30"}, 422, 7),
        ({"date_to": "2026-11-20 24:00:00"}, 422, 7),
        ({"date_to": "٢٠٢٦-11-20"}, 422, 7),
        ({"limit": "20"}, 422, 7),
        ({"limit": -1}, 422, 7),
        ({"limit": None}, 422, 7),
        ({"offset": -1}, 422, 7),
        ({"offset": 0.5}, 422, 7),
        ({"company_ids": "301"}, 422, 7),
        ({"company_ids": [301]}, 422, 7),
        ({"company_ids": None}, 422, 7),
        ({"document_types": ["cheque"]}, 422, 7),
        ({"operation_types": ["income-return"]}, 422, 7),
        ({"taxation_types": ["usn"]}, 422, 7),
        ({"interval": "year"}, 422, 7),
        ({"orders": ["+date"]}, 422, 7),
        ({"orders": ["--date"]}, 422, 7),
        ({"orders": ["total"]}, 422, 7),
        ({"orders": "date"}, 422, 7),
        ({"ordres": ["date"]}, 422, 7),
        ({"company_ids": ["301", "999"]}, 403, 3),
        ({"retail_point_ids": ["301"]}, 403, 22),
        ({"cashbox_ids": ["728"]}, 403, 4),
        ({"cashbox_ids": ["0"], "retail_point_ids": ["0"], "company_ids": ["0"]}, 403, 3),
    ],
)
def test_refused_request(unchanged: httpx.Client, body: Body, status: int, code: int) -> None:
    answer = unchanged.post(REPORT, json=TODAY | body, headers=KEYS)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({}, 1),
        ({"X-OFD-Key": yandex_ofd.OFD_KEY}, 1),
        ({"X-Yandex-Key": yandex_ofd.OFD_KEY, "X-OFD-Key": yandex_ofd.OFD_KEY}, 1),
        ({"X-Yandex-Key": yandex_ofd.YANDEX_KEY}, 2),
        ({"X-Yandex-Key": yandex_ofd.YANDEX_KEY, "X-OFD-Key": "x"}, 2),
    ],
)
def test_refused_keys(unchanged: httpx.Client, keys: dict[str, str], code: int) -> None:
    answer = unchanged.post(REPORT, content=b"{", headers=keys)
    assert (answer.status_code, answer.json()["code"]) == (401, code)


@pytest.mark.parametrize("spell", [str.lower, str.upper, str.title])
def test_case_of_header_names_is_free(unchanged: httpx.Client, spell: Callable[[str], str]) -> None:
    keys = [(spell(name).encode(), value.encode()) for name, value in KEYS.items()]
    assert unchanged.post(REPORT, json=TODAY, headers=keys).status_code == 200


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json; charset=utf-8", 200),
        ("text/plain", 400),
        ("application/x-www-form-urlencoded", 400),
    ],
)
def test_content_type(unchanged: httpx.Client, content_type: str, status: int) -> None:
    headers = KEYS | {"Content-Type": content_type}
    body = b'{"date_from": "2026-11-20", "date_to": "2026-11-20"}'
    assert unchanged.post(REPORT, content=body, headers=headers).status_code == status


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_other_methods_are_error_0(unchanged: httpx.Client, method: str) -> None:
    answer = unchanged.request(method, REPORT)
    assert answer.status_code == 405
    assert answer.json()["code"] == 0
    assert answer.json()["message"] == "The method is not allowed for the requested URL"


@pytest.mark.parametrize("path", ["/yandex_ofd/", f"{REPORT}/", "/yandex_ofd/v1/docs"])
def test_unknown_path(unchanged: httpx.Client, path: str) -> None:
    answer = unchanged.post(path, json=TODAY, headers=KEYS)
    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


@pytest.mark.parametrize(
    ("fault", "status", "code", "message"),
    [
        ({"status": 401}, 401, 1, "Incorrect Yandex Key"),
        ({"status": 403}, 403, 3, "Company not found"),
        ({"status": 422}, 422, 7, "Invalid payload structure"),
        ({"status": 429}, 429, 0, "Too Many Requests"),
        ({"status": 500}, 500, 26, "Nalog.ru error"),
        ({"status": 503, "retry_after": 4}, 503, 0, "Service Unavailable"),
        ({"status": 599}, 599, 0, "Error"),
    ],
)
def test_faults_are_worded_as_its_own(
    sandbox: httpx.Client, fault: Body, status: int, code: int, message: str
) -> None:
    sandbox.put(FAULT, json=fault)
    answer = sandbox.post(REPORT, json=TODAY, headers=KEYS)
    assert answer.status_code == status
    assert (answer.json()["code"], answer.json()["message"]) == (code, message)
    assert answer.headers.get("Retry-After") == ("4" if "retry_after" in fault else None)


def test_faults_break_the_report(sandbox: httpx.Client) -> None:
    whole = sandbox.post(REPORT, json=TODAY, headers=KEYS).content
    sandbox.put(FAULT, json={"malformed": "truncated", "times": 1})
    answers = [sandbox.post(REPORT, json=TODAY, headers=KEYS).content for _ in range(2)]
    assert answers == [whole[: len(whole) // 2], whole]


def test_equal_seeds_give_equal_reports(
    now: datetime, unchanged: httpx.Client, serve: Serve
) -> None:
    month = {"date_from": "2025-05-01", "date_to": "2025-05-31"}
    report = ask(unchanged, **month)
    assert ask(serve(create_app(now=now)), **month) == report
    assert ask(serve(create_app(now=now, scale=30)), **month) == report
    assert ask(serve(create_app(now=now, seed=7)), **month)["full"] != report["full"]


def test_receipts_arrive_as_time_passes(serve: Serve) -> None:
    present = datetime(2026, 11, 20, 9, tzinfo=UTC)  # noon in Moscow
    client = serve(alone(lambda: present))
    period = {"date_from": "2026-11-01", "date_to": "2026-12-31"}
    counts = []
    for _ in range(10):
        full = ask(client, **period)["full"]
        assert full["date_to"] <= f"{present + timedelta(hours=3):%Y-%m-%d %H:%M:%S}"
        counts.append(full["checks"])
        present += timedelta(hours=6)
    assert counts == sorted(counts)
    assert len(set(counts)) > 6


def test_report_is_that_of_a_sandbox_started_later(serve: Serve) -> None:
    present = datetime(2026, 11, 20, 20, tzinfo=UTC)
    client = serve(alone(lambda: present))
    period = {"date_from": "2026-11-20", "date_to": "2026-12-31"}
    ask(client, **period)
    present += timedelta(days=3)
    later = serve(alone(lambda: present))
    assert ask(client, **period) == ask(later, **period)


@pytest.mark.parametrize(
    ("given", "income"),
    [
        ({}, {"cashTotal": 350.0, "ecashTotal": 0.0, "total": 350.0}),
        ({"ecashTotal": 0.29}, {"cashTotal": 0.0, "ecashTotal": 0.29, "total": 0.29}),
        ({"cashTotal": 630, "total": 631}, {"cashTotal": 630.0, "ecashTotal": 0.0, "total": 631.0}),
        ({"total": 12.5}, {"cashTotal": 0.0, "ecashTotal": 0.0, "total": 12.5}),
    ],
)
def test_inserted_receipt_is_counted(sandbox: httpx.Client, given: Body, income: Body) -> None:
    day = {"date_from": "2020-02-29", "date_to": "2020-02-29"}
    assert ask(sandbox, **day)["total"] == 0
    answer = sandbox.post(ROWS, json={"date": "2020-02-29 23:59:59", **given})
    assert answer.status_code == 201
    assert {part: answer.json()[part] for part in income} == income
    row = ask(sandbox, **day)["data"][0]
    assert {part: row["income"].get(part, 0.0) for part in income} == income
    assert (row["checks"], row["start"]) == (1, "2020-02-29")
    assert sandbox.delete(f"{ROWS}/{answer.json()['id']}").status_code == 204
    assert ask(sandbox, **day)["data"] == []


def test_inserted_receipt_is_of_now(sandbox: httpx.Client) -> None:
    second = {"date_from": "2026-11-20 18:30:00", "date_to": "2026-11-20 18:30:00"}
    before = checks(sandbox, **second), checks(sandbox)
    receipt = sandbox.post(ROWS).json()
    assert receipt["date"] == "2026-11-20 18:30:00"
    assert (checks(sandbox, **second), checks(sandbox)) == (before[0] + 1, before[1] + 1)


def test_receipt_inserted_into_a_day_long_counted(sandbox: httpx.Client) -> None:
    fields = {
        "date": "2026-03-04 12:00:00",
        "cashbox_id": "904",
        "document_type": "bsoCorrection",
        "operation_type": "outcome_return",
        "taxation_type": "usn_income",
        "provision": 5,
    }
    body = {
        "date_from": "2026-03-01",
        "date_to": "2026-03-31",
        "company_ids": ["302"],
        "document_types": ["bsoCorrection"],
        "operation_types": ["outcome_return"],
        "taxation_types": ["usn_income"],
    }
    assert checks(sandbox, **body) == 0
    receipt = sandbox.post(ROWS, json=fields).json()
    assert ask(sandbox, **body)["data"][0]["outcome_return"]["provision"] == 5.0
    sandbox.delete(f"{ROWS}/{receipt['id']}")
    assert checks(sandbox, **body) == 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"colour": 1}, "unknown field `colour`"),
        ({"id": "7"}, "unknown field `id`"),
        ({"cashTotal": "5"}, "`$.cashTotal`"),
        ({"cashTotal": -5}, "`$.cashTotal`"),
        ({"operation_type": "gift"}, "`$.operation_type`"),
        ({"cashbox_id": "1"}, "there is no cashbox 1, only 901, 902"),
        ({"date": "2026-11-20"}, "does not match format"),
    ],
)
def test_what_is_no_receipt(unchanged: httpx.Client, fields: Body, words: str) -> None:
    answer = unchanged.post(ROWS, json=fields)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
