"""SmartPay's invoices, against the example that its document prints."""

import re
from collections import Counter
from datetime import datetime

import httpx
import pytest

from sandbox import smartpay
from sandbox.app import create_app
from sandbox.settlements import SALES, STATUSES
from tests.sandbox.smartpay_caller import (
    AMOUNTS,
    PRINTED,
    Invoice,
    Serve,
    ask,
    created,
    differences,
    walk,
)


@pytest.fixture(scope="module")
def invoices(unchanged: httpx.Client) -> list[Invoice]:
    return walk(unchanged)


@pytest.fixture(scope="module")
def paid(invoices: list[Invoice]) -> list[Invoice]:
    """What payment_info says where it says that something was paid."""
    infos = [row.get("payment_info") or {} for row in invoices]
    return [info for info in infos if "payment_id" in info]


def filled(value: object, path: str = "") -> set[str]:
    """The paths at which something stands."""
    if isinstance(value, dict):
        return set().union(*(filled(value[key], f"{path}.{key}") for key in value))
    return set() if value in (None, "") else {path}


def test_invoices_are_shaped_as_printed(invoices: list[Invoice]) -> None:
    assert [d for row in invoices for d in differences(PRINTED["invoices"][0], row)] == []
    optional = {"payment_info"}
    assert {key for row in invoices for key in PRINTED["invoices"][0].keys() - row.keys()} == (
        optional
    )


def test_every_printed_field_occurs(invoices: list[Invoice]) -> None:
    given = set().union(*(filled(row) for row in invoices))
    assert given == filled(PRINTED["invoices"][0])


def test_ids_are_large_and_now_numbers_now_text(invoices: list[Invoice]) -> None:
    kinds = Counter(type(row["invoice_id"]) for row in invoices)
    assert min(kinds[int], kinds[str]) > 200
    assert all(int(row["invoice_id"]) > 2**31 for row in invoices)
    assert {len(str(row["invoice_id"])) for row in invoices} == {10, 11}


def test_order_numbers_are_now_numbers_now_text(invoices: list[Invoice]) -> None:
    numbers = [row["order_number"] for row in invoices]
    digits = [n for n in numbers if str(n).startswith("74")]
    assert min(Counter(map(type, digits)).values()) > 200
    for pattern, least in ((r"\d{7}", 600), (r"00\d{7}", 60), (r"BP-\d{7}", 60), ("", 20)):
        assert sum(bool(re.fullmatch(pattern, str(number))) for number in numbers) >= least
    assert "" in numbers
    repeated = [n for n, count in Counter(map(str, numbers)).items() if count > 1 and n]
    assert 3 <= len(repeated) <= 20


def test_two_formats_of_time(invoices: list[Invoice], paid: list[Invoice]) -> None:
    dates = [row["invoice_date"] for row in invoices]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+03", text) for text in dates)
    times = [info["payment_date"] for info in paid]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text) for text in times)


def test_payment_follows_its_invoice(invoices: list[Invoice], now: datetime) -> None:
    for row in invoices:
        info = row.get("payment_info") or {}
        if "payment_date" in info:
            assert created(row) < datetime.fromisoformat(info["payment_date"]) <= now


@pytest.mark.parametrize(
    ("status", "confirmed", "current", "infos"),
    [
        ("created", {"none"}, {"all"}, {"missing", "empty"}),
        ("wait", {"none"}, {"all"}, {"missing", "empty"}),
        ("cancelled", {"none"}, {"none"}, {"missing", "empty"}),
        ("executed", {"none"}, {"all"}, {"unpaid"}),
        ("paid", {"none"}, {"all"}, {"paid"}),
        ("confirmed", {"all", "part"}, {"all", "part"}, {"paid"}),
        ("reversed", {"none"}, {"none"}, {"paid"}),
        ("refunded", {"all"}, {"none"}, {"paid"}),
    ],
)
def test_amounts_and_payment_agree_with_the_status(
    invoices: list[Invoice],
    status: str,
    confirmed: set[str],
    current: set[str],
    infos: set[str],
) -> None:
    rows = [row for row in invoices if row["invoice_status"] == status]
    assert {share(row, "amount_confirm") for row in rows} == confirmed
    assert {share(row, "amount_current") for row in rows} == current
    assert {told(row) for row in rows} == infos
    assert all(
        row["amount_create"]["amount"] >= row["amount_confirm"]["amount"] >= 0 for row in rows
    )


def share(row: Invoice, amount: str) -> str:
    """How much this amount is of the whole."""
    part, whole = row[amount]["amount"], row["amount_create"]["amount"]
    return "none" if part == 0 else "all" if part == whole else "part"


def told(row: Invoice) -> str:
    """How much payment_info tells."""
    info = row.get("payment_info", "missing")
    if not isinstance(info, dict):
        return str(info)
    return "paid" if "payment_id" in info else "unpaid" if info else "empty"


def test_every_status_occurs_and_wait_is_rare(invoices: list[Invoice]) -> None:
    statuses = Counter(row["invoice_status"] for row in invoices)
    assert set(statuses) == set(STATUSES)
    assert 1 <= statuses["wait"] < len(invoices) // 50
    assert statuses["confirmed"] > len(invoices) // 2


def test_amounts_are_whole_kopecks_and_some_too_large_for_32_bits(invoices: list[Invoice]) -> None:
    amounts = [row[name]["amount"] for row in invoices for name in AMOUNTS]
    assert {type(amount) for amount in amounts} == {int}
    assert 1 <= sum(row["amount_create"]["amount"] > 2**31 for row in invoices) < 60


def test_displayed_amount_is_text(invoices: list[Invoice]) -> None:
    shown = {row["amount_create"]["amount"]: row["visual_amount"] for row in invoices}
    assert shown[150_045] == "1\xa0500,45\xa0₽"
    assert shown[2_450_000_000] == "24\xa0500\xa0000,00\xa0₽"
    assert shown[11_836] == "118,36\xa0₽"


def test_money_is_in_roubles_or_nothing_says_so(invoices: list[Invoice]) -> None:
    currencies = Counter(row["currency"] for row in invoices)
    assert set(currencies) == {"RUB", ""}
    assert currencies["RUB"] > 0.9 * len(invoices)


@pytest.mark.parametrize(
    "field", ["order_number", "description", "language", "trademarks", "visual_name"]
)
def test_fields_that_may_be_empty(invoices: list[Invoice], field: str) -> None:
    assert {row[field] == "" for row in invoices} == {True, False}


@pytest.mark.parametrize(
    "field", ["image", "paysys_image", "payment_way_logo", "payment_system_image"]
)
def test_images_that_may_be_null(paid: list[Invoice], field: str) -> None:
    assert {info[field] is None for info in paid if field in info} == {True, False}


@pytest.mark.parametrize(
    "field", ["device_info", "loyalty_info", "masked_pan", "expiry_date", "cardholder", "image"]
)
def test_fields_that_a_payment_may_lack(paid: list[Invoice], field: str) -> None:
    assert {field in info for info in paid} == {True, False}


def test_trademarks_are_joined(invoices: list[Invoice]) -> None:
    assert {len(row["trademarks"].split(";")) for row in invoices} == {1, 3}


def test_card_of_a_payment(paid: list[Invoice]) -> None:
    cards = [info for info in paid if "masked_pan" in info]
    assert all(re.fullmatch(r"\*\*\d{4}", info["masked_pan"]) for info in cards)
    assert all(re.fullmatch(r"20\d\d(0[1-9]|1[0-2])", info["expiry_date"]) for info in cards)
    assert {info["cardholder"] == "" for info in cards} == {True, False}
    assert len({info["masked_pan"] for info in cards}) < len(cards) / 2


def test_rate_of_bonuses_is_now_whole_now_not(paid: list[Invoice]) -> None:
    bonuses = [info["loyalty_info"] for info in paid if "loyalty_info" in info]
    assert {bonus["change_rate"] for bonus in bonuses} == {1, 1.25}
    amounts = [bonus[key] for bonus in bonuses for key in ("payment_bonus", "award_bonus")]
    assert {type(amount) for amount in amounts} == {int}
    assert 0 in amounts


def test_equal_seeds_give_equal_invoices(
    now: datetime, invoices: list[Invoice], serve: Serve
) -> None:
    assert walk(serve(create_app(now=now))) == invoices
    assert walk(serve(create_app(now=now, seed=7))) != invoices


def test_scale_multiplies_the_invoices(now: datetime, serve: Serve) -> None:
    body = ask(serve(create_app(scale=20, now=now)), page=20 * SALES - 1, size=1)
    assert body["totalElements"] == 20 * SALES
    assert int(body["invoices"][0]["invoice_id"]) == smartpay.FIRST_ID
