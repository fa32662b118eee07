"""The control endpoint: what it shows, changes and refuses."""

import httpx
import pytest

from sandbox.app import PROVIDERS
from sandbox.faults import FIELDS

LIST = "/yume/v1/billing/invoices/"
FAULT = "/control/faults/yume"
ROWS = "/control/yume/invoices"


def test_overview_of_an_untouched_sandbox(sandbox: httpx.Client) -> None:
    assert sandbox.get("/control").json() == {
        "faults": dict.fromkeys(PROVIDERS),
        "requests": dict.fromkeys(PROVIDERS, 0),
    }


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "truncated"),
        (b"503", "Expected `object`"),
        (b"{", "truncated"),
        (b"{}", "it needs status, refused, delay_seconds, malformed or rate_limit_per_second"),
        (b'{"times": 3}', "it needs status"),
        (b'{"statsu": 503}', "unknown field `statsu`"),
        (b'{"status": "503"}', "`$.status`"),
        (b'{"status": 199}', "`$.status`"),
        (b'{"status": 600}', "`$.status`"),
        (b'{"status": 503, "retry_after": -1}', "`$.retry_after`"),
        (b'{"delay_seconds": -1}', "`$.delay_seconds`"),
        (b'{"delay_seconds": 1e9}', "`$.delay_seconds`"),
        (b'{"malformed": "xml"}', "'xml'"),
        (b'{"rate_limit_per_second": 0}', "`$.rate_limit_per_second`"),
        (b'{"status": 503, "times": 0}', "`$.times`"),
        (b'{"refused": false}', "it needs status, refused,"),
        (b'{"refused": 1}', "`$.refused`"),
        (b'{"refused": true, "status": 503}', "refused means 200"),
        (b"\xff", "malformed"),
        (b"[" * 100_000, "Expected `object`"),
    ],
)
def test_what_is_no_fault(unchanged: httpx.Client, body: bytes, words: str) -> None:
    answer = unchanged.put(FAULT, content=body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("This is not a fault: ")
    assert words in answer.json()["error"]
    assert answer.json()["a_fault_may_have"] == FIELDS
    assert unchanged.get("/control").json()["faults"]["yume"] is None


def test_refused_only_where_a_provider_refuses_so(unchanged: httpx.Client) -> None:
    answer = unchanged.put(FAULT, json={"refused": True})
    assert answer.status_code == 400
    assert answer.json() == {"error": "This provider has no refusals inside a 200."}
    assert unchanged.get("/control").json()["faults"]["yume"] is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[]", "Expected `object`"),
        (b"{", "truncated"),
        (b'{"colour": 1}', "an invoice has no colour to set"),
        (b'{"id": 7}', "an invoice has no id to set"),
    ],
)
def test_what_is_no_row(unchanged: httpx.Client, body: bytes, words: str) -> None:
    answer = unchanged.post(ROWS, content=body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("This is not a row: ")
    assert words in answer.json()["error"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/control/faults/nobody"),
        ("DELETE", "/control/faults/nobody"),
        ("GET", "/control/requests/nobody"),
        ("DELETE", "/control/requests/nobody"),
        ("POST", "/control/nobody/invoices"),
        ("PATCH", "/control/nobody/invoices/1"),
        ("DELETE", "/control/nobody/invoices/1"),
    ],
)
def test_unknown_provider(unchanged: httpx.Client, method: str, path: str) -> None:
    answer = unchanged.request(method, path)
    assert answer.status_code == 404
    assert answer.json()["error"].startswith("There is no provider nobody. Known are: ")
    assert "yume" in answer.json()["error"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/control/yume/receipts"),
        ("PATCH", "/control/yume/receipts/1"),
        ("DELETE", "/control/yume/receipts/1"),
    ],
)
def test_unknown_rows(unchanged: httpx.Client, method: str, path: str) -> None:
    answer = unchanged.request(method, path)
    assert answer.status_code == 404
    assert answer.json() == {"error": "This provider has no receipts to change. It has: invoices."}


@pytest.mark.parametrize("row_id", ["1", "abc", "0"])
def test_removing_an_unknown_row(unchanged: httpx.Client, row_id: str) -> None:
    answer = unchanged.delete(f"{ROWS}/{row_id}")
    assert (answer.status_code, answer.json()) == (404, {"error": f"There is no row {row_id}."})


def test_rows_that_cannot_be_changed(unchanged: httpx.Client) -> None:
    row = unchanged.get(LIST).json()["results"][0]
    answer = unchanged.patch(f"{ROWS}/{row['id']}", json={"status": "rejected"})
    assert answer.status_code == 405
    assert answer.json() == {"error": "These rows cannot be changed, only added and removed."}
    assert unchanged.get(LIST).json()["results"][0] == row


@pytest.mark.parametrize("body", [b"[]", b"{"])
def test_what_is_no_change_of_a_row(unchanged: httpx.Client, body: bytes) -> None:
    answer = unchanged.patch("/control/life_pay/tasks/1", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("This is not a row: ")


def test_changing_an_unknown_row(unchanged: httpx.Client) -> None:
    answer = unchanged.patch("/control/life_pay/tasks/1", json={})
    assert (answer.status_code, answer.json()) == (404, {"error": "There is no row 1."})


def test_removed_row_is_gone(sandbox: httpx.Client) -> None:
    before = sandbox.get(LIST).json()
    gone, *others = before["results"]
    assert sandbox.delete(f"{ROWS}/{gone['id']}").status_code == 204
    after = sandbox.get(LIST).json()
    assert after["count"] == before["count"] - 1
    assert after["results"][:-1] == others
    assert sandbox.get(f"{LIST}{gone['id']}/").status_code == 404
    assert sandbox.delete(f"{ROWS}/{gone['id']}").status_code == 404


def test_inserted_row_can_be_removed(sandbox: httpx.Client) -> None:
    before = sandbox.get(LIST).json()
    answer = sandbox.post(ROWS)
    assert answer.status_code == 201
    assert sandbox.delete(f"{ROWS}/{answer.json()['id']}").status_code == 204
    assert sandbox.get(LIST).json() == before


def test_wrong_method_is_refused_in_json(unchanged: httpx.Client) -> None:
    answer = unchanged.post("/control")
    assert (answer.status_code, answer.json()) == (405, {"error": "Method Not Allowed"})
