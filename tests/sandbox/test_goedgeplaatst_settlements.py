"""Which of SmartPay's invoices the payments at GoedGeplaatst settle."""

from collections import Counter

import httpx
import pytest

from tests.sandbox import smartpay_caller
from tests.sandbox.goedgeplaatst_caller import Payment, walk


@pytest.fixture(scope="module")
def payments(unchanged: httpx.Client) -> list[Payment]:
    return walk(unchanged)


@pytest.fixture(scope="module")
def numbers(unchanged: httpx.Client) -> Counter[str]:
    """The order numbers of all SmartPay invoices, as text."""
    rows = smartpay_caller.walk(unchanged)
    return Counter(str(row["order_number"]) for row in rows)


def test_many_payments_settle_an_invoice_of_smartpay(
    payments: list[Payment], numbers: Counter[str]
) -> None:
    settling = [row for row in payments if row["invoiceId"] and row["invoiceId"] in numbers]
    assert 300 < len(settling) < 600
    by_order = [row for row in settling if str(row["orderId"]) == row["invoiceId"]]
    assert 100 < len(by_order) < len(settling) - 100
    others = [row for row in payments if row not in settling]
    assert not [row for row in others if str(row["orderId"]) in numbers]
    assert {row["invoiceId"][:2] for row in others} == {"", "GG"}


def test_number_that_two_invoices_have_is_paid_for(
    payments: list[Payment], numbers: Counter[str]
) -> None:
    twice = {number for number, count in numbers.items() if count == 2 and number}
    assert 3 <= len(twice) <= 20
    assert twice <= {row["invoiceId"] for row in payments}


def test_few_invoices_have_two_payments(payments: list[Payment], numbers: Counter[str]) -> None:
    paid_for: dict[str, list[Payment]] = {}
    for row in payments:
        if row["invoiceId"] in numbers:
            paid_for.setdefault(row["invoiceId"], []).append(row)
    doubles = [rows for number, rows in paid_for.items() if len(rows) > 1 and number]
    assert 5 <= len(doubles) <= 40
    assert {(len(rows), rows[0]["status"]) for rows in doubles} == {(2, "failed")}
    assert "paid" in {rows[1]["status"] for rows in doubles}
