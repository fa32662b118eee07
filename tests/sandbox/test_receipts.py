"""The receipts behind the sales report."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from sandbox.receipts import CASHBOXES, KINDS, PARTS, Cashbox, Receipt, Receipts, Selection
from sandbox.upstream import Scenario

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
LAST = date(2026, 11, 20)


def receipts(seed: int = 1, now: datetime = NOW) -> Receipts:
    return Receipts(Scenario(1, seed, lambda: now))


def history(source: Receipts) -> list[Receipt]:
    return [receipt for n in range(800) for receipt in source.on(LAST - timedelta(n))]


def test_now_is_moscows() -> None:
    assert receipts().now() == datetime(2026, 11, 20, 18, 30)  # noqa: DTZ001


def test_history_is_two_years_up_to_now() -> None:
    moments = [receipt.moment for receipt in history(receipts())]
    assert min(moments).date() == date(2024, 11, 20)
    assert max(moments) <= receipts().now() < max(moments) + timedelta(hours=3)
    assert len(moments) > 10_000


@pytest.mark.parametrize("day", [date(2024, 11, 19), date(2026, 11, 21), date(2026, 1, 1)])
def test_days_without_receipts(day: date) -> None:
    assert receipts().on(day) == []


def test_day_depends_on_the_seed_alone() -> None:
    day, later = date(2026, 3, 4), NOW + timedelta(days=40)
    assert receipts().on(day) == receipts(now=later).on(day) != receipts(seed=2).on(day)


def test_day_is_as_long_as_it_has_come() -> None:
    whole = receipts(now=NOW + timedelta(days=1)).on(LAST)
    assert receipts().on(LAST) == [r for r in whole if r.moment <= receipts().now()] != whole


def test_parts_add_up_but_for_a_rouble_at_times() -> None:
    surplus = Counter(
        receipt.amounts[-1] - sum(receipt.amounts[:-1]) for receipt in history(receipts())
    )
    assert surplus.keys() == {0, 100}
    assert 10 < surplus[100] < 30


def test_every_kind_and_way_to_pay_occurs() -> None:
    drawn = history(receipts())
    assert {(receipt.document, receipt.operation) for receipt in drawn} == KINDS.keys()
    assert all(any(receipt.amounts[n] for receipt in drawn) for n in range(len(PARTS)))
    incomes = sum(receipt.operation == "income" for receipt in drawn)
    assert 0.85 < incomes / len(drawn) < 0.97


@pytest.mark.parametrize("cashbox", CASHBOXES)
def test_cashbox_is_used_in_its_months_and_as_it_is_taxed(cashbox: Cashbox) -> None:
    drawn = [receipt for receipt in history(receipts()) if receipt.cashbox == cashbox.id]
    assert {receipt.moment.month for receipt in drawn} == set(cashbox.months)
    assert {receipt.taxation for receipt in drawn} == set(cashbox.taxations)


def test_shares_are_percent() -> None:
    assert sum(cashbox.share for cashbox in CASHBOXES) == 100


def selection(fields: list[set[str]]) -> Selection:
    cashboxes, documents, operations, taxations = (frozenset(field) for field in fields)
    return Selection(cashboxes, documents, operations, taxations)


@pytest.mark.parametrize("place", range(4))
def test_selection_needs_all_four(place: int) -> None:
    receipt = receipts().on(date(2026, 3, 4))[0]
    fields: list[set[str]] = [
        {receipt.cashbox},
        {receipt.document},
        {receipt.operation},
        {receipt.taxation},
    ]
    assert selection(fields).has(receipt)
    fields[place] = {"another"}
    assert not selection(fields).has(receipt)
