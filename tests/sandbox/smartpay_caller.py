"""Asks the simulated SmartPay, and knows what its document prints."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from sandbox import smartpay

LIST = "/smartpay/invoices"
ROWS = "/control/smartpay/invoices"
FAULT = "/control/faults/smartpay"
AUTHORIZED = {"Authorization": f"Bearer {smartpay.TOKEN}"}
EXAMPLES = Path(__file__).parent / "examples"
PRINTED = json.loads((EXAMPLES / "smartpay_invoices.json").read_text())
PRINTED_ERROR = json.loads((EXAMPLES / "smartpay_error.json").read_text())
FINE = {"user_message": "", "error_description": "", "error_code": "0"}
AMOUNTS = ("amount_create", "amount_confirm", "amount_current")
Invoice = dict[str, Any]
Serve = Callable[[ASGIApp], httpx.Client]


def ask(client: httpx.Client, **query: object) -> dict[str, Any]:
    """The answer to this query, of all statuses unless it says otherwise."""
    asked = {"invoice_status": "all", **query}
    answer = client.get(
        LIST, params={key: str(value) for key, value in asked.items()}, headers=AUTHORIZED
    )
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def walk(client: httpx.Client, **query: object) -> list[Invoice]:
    """All invoices of this query, page after page."""
    rows: list[Invoice] = []
    page, last = 0, False
    while not last:
        body = ask(client, **{"size": 100, **query, "page": page})
        rows += body["invoices"]
        page, last = page + 1, body["last"]
    return rows


def differences(printed: object, given: object, path: str = "") -> list[str]:
    """Where the given JSON has keys or types that the printed one has not."""
    if isinstance(printed, dict) and isinstance(given, dict):
        order = [key for key in printed if key in given]
        wrong = [f"{path}: {list(given)}"] if list(given) != order else []
        return wrong + [d for k in order for d in differences(printed[k], given[k], f"{path}.{k}")]
    if given is None:
        return [] if re.search("image|logo", path) else [f"{path}: null"]
    number_or_text = path in (".invoice_id", ".order_number") and isinstance(given, (int, str))
    fraction = path.endswith("change_rate") and isinstance(given, float)
    same = type(printed) is type(given) or number_or_text or fraction
    return [] if same else [f"{path}: {type(given).__name__}"]


def created(row: Invoice) -> datetime:
    return datetime.fromisoformat(row["invoice_date"])
