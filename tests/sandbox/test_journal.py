"""What the sandbox says it was asked."""

import httpx
import pytest

from sandbox import yume
from sandbox.journal import KEPT_BODY, KEPT_REQUESTS

LIST = "/yume/v1/billing/invoices/"
SHOWN = "/control/requests/yume"


def test_requests_are_shown_as_they_came(sandbox: httpx.Client) -> None:
    sandbox.get(f"{LIST}?page=2&pageSize=5")
    sandbox.post(LIST, json={"items": []})
    path = "/v1/billing/invoices/"
    assert sandbox.get(SHOWN).json() == {
        "count": 2,
        "requests": [
            {"method": "GET", "path": path, "query": "page=2&pageSize=5", "body": ""},
            {"method": "POST", "path": path, "query": "", "body": '{"items":[]}'},
        ],
    }


def test_credentials_are_not_noted(sandbox: httpx.Client) -> None:
    sandbox.get(LIST)
    assert yume.TOKEN not in sandbox.get(SHOWN).text


def test_clearing_counts_from_zero(sandbox: httpx.Client) -> None:
    sandbox.get(LIST)
    assert sandbox.delete(SHOWN).status_code == 204
    assert sandbox.get(SHOWN).json() == {"count": 0, "requests": []}
    sandbox.get(LIST)
    assert sandbox.get(SHOWN).json()["count"] == 1


def test_refused_and_faulty_calls_count_too(sandbox: httpx.Client) -> None:
    sandbox.get(LIST, headers={"Authorization": "Bearer other"})
    sandbox.put("/control/faults/yume", json={"status": 503})
    sandbox.get(LIST)
    assert sandbox.get(SHOWN).json()["count"] == 2


def test_list_is_bounded_but_the_count_is_not(sandbox: httpx.Client) -> None:
    for n in range(KEPT_REQUESTS + 2):
        sandbox.get(f"/yume/?{n}")
    shown = sandbox.get(SHOWN).json()
    assert shown["count"] == KEPT_REQUESTS + 2
    noted = [int(request["query"]) for request in shown["requests"]]
    assert noted == list(range(2, KEPT_REQUESTS + 2))


@pytest.mark.parametrize(
    ("body", "noted"),
    [(b"\xff\xfe", "\ufffd\ufffd"), (b"x" * 200_000, "x" * KEPT_BODY)],
    ids=["no UTF-8", "long"],
)
def test_odd_bodies(sandbox: httpx.Client, body: bytes, noted: str) -> None:
    sandbox.post(LIST, content=body)
    assert sandbox.get(SHOWN).json()["requests"][0]["body"] == noted
