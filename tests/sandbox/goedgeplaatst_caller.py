"""Asks the simulated GoedGeplaatst, and knows what its document prints."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from starlette.types import ASGIApp

from sandbox import goedgeplaatst

LIST = "/goedgeplaatst/reports/payments/"
ROWS = "/control/goedgeplaatst/payments"
FAULT = "/control/faults/goedgeplaatst"
AUTHORIZED = {"Authentication": goedgeplaatst.KEY}
EXAMPLES = Path(__file__).parent / "examples"
PRINTED = json.loads((EXAMPLES / "goedgeplaatst_payments.json").read_text())
PRINTED_REQUEST = json.loads((EXAMPLES / "goedgeplaatst_request.json").read_text())
END_DATES = ("datePaid", "dateCancelled", "dateExpired", "dateFailed")
AMOUNTS = ("amountNet", "amountVat", "amountGross")
NEVER = "0000-00-00 00:00:00"
CLOCK = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
Payment = dict[str, Any]
Serve = Callable[[ASGIApp], httpx.Client]


def ask(client: httpx.Client, **body: object) -> dict[str, Any]:
    """The answer to this request for the one user, or another if it says so."""
    answer = client.post(LIST, json={"userId": goedgeplaatst.USER_ID, **body}, headers=AUTHORIZED)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def walk(client: httpx.Client, **body: object) -> list[Payment]:
    """All payments of this request, page after page."""
    rows: list[Payment] = []
    for page in range(1, 1_000):
        told = ask(client, **{"itemsPerPage": 100, **body, "page": page})
        rows += told["data"]
        if len(rows) >= told["totalItems"]:
            break
    return rows


def differences(printed: object, given: object, path: str = "") -> list[str]:
    """Where the given JSON has other keys or other types than the printed one."""
    if isinstance(printed, dict) and isinstance(given, dict):
        if list(printed) != list(given):
            return [f"{path}: {list(given)}"]
        return [
            d for key in printed for d in differences(printed[key], given[key], f"{path}.{key}")
        ]
    if "amount" in path:
        return [] if type(given) in (int, float) else [f"{path}: {type(given).__name__}"]
    return [] if type(printed) is type(given) else [f"{path}: {type(given).__name__}"]


def on_the_clock(moment: datetime) -> str:
    return moment.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M:%S")
