"""The summary of sales over several sources."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from providers.money import Money
from resolvers.summaries import Totals, summaries

MARCH, MAY = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 5))
NONE = Totals(None, None, None, None, None, None)


def roubles(amount: str) -> Money:
    return Money(Decimal(amount), "RUB")


def figures(total: str | None, checks: int | None, **others: Any) -> Any:
    income = None if total is None else NONE._replace(total=roubles(total))
    usual = {
        "currency": "RUB",
        "date_from": MARCH,
        "date_to": MARCH,
        "income": income,
        "income_return": None,
        "outcome": None,
        "outcome_return": None,
        "checks": checks,
        "checks_income": checks,
        "income_average": roubles("65.4"),
    }
    return SimpleNamespace(**usual | others)


def summed(*each: Any) -> Any:
    (summary,) = summaries((str(at), figure) for at, figure in enumerate(each))  # type: ignore[misc]
    return summary


def test_of_one_source_it_is_its_own_figures() -> None:
    one = figures("981.00", 15)
    summary = summed(one)
    assert summary.income_average == roubles("65.4")
    assert (summary.income.total, summary.checks, summary.sources) == (roubles("981.00"), 15, ["0"])


def test_of_several_it_is_their_sums_with_the_average_anew() -> None:
    summary = summed(figures("100.01", 3), figures("0.99", 4, date_from=MAY, date_to=MAY))
    assert summary.income.total == roubles("101.00")
    assert (summary.checks, summary.checks_income) == (7, 7)
    assert summary.income_average == roubles("14.43")  # 14.42857...
    assert (summary.date_from, summary.date_to) == (MARCH, MAY)
    assert summary.sources == ["0", "1"]


def test_a_half_is_rounded_up() -> None:
    assert summed(figures("0.01", 1), figures("0.00", 1)).income_average == roubles("0.01")


def test_what_a_source_does_not_state_adds_nothing() -> None:
    summary = summed(figures(None, None, date_from=None), figures("5.00", 2))
    assert (summary.income.total, summary.income.cash) == (roubles("5.00"), None)
    assert (summary.checks, summary.outcome, summary.date_from) == (2, None, MARCH)


def test_without_receipts_there_is_no_average() -> None:
    assert summed(figures("0.00", 0), figures("0.00", 0)).income_average is None
    assert summed(figures(None, 2), figures(None, 2)).income_average is None


def test_income_of_uncounted_receipts_has_no_average() -> None:
    summary = summed(figures("90.00", None), figures("10.00", 2))
    assert (summary.income.total, summary.checks_income) == (roubles("100.00"), 2)
    assert summary.income_average is None


def test_currencies_are_not_added_up() -> None:
    euros = figures("1.00", 1, currency="EUR")
    found: Any = summaries([("a", euros), ("b", figures("2.00", 1))])  # type: ignore[list-item]
    assert [(each.currency, each.sources) for each in found] == [("EUR", ["a"]), ("RUB", ["b"])]


@given(st.lists(st.decimals(0, 10**12, places=2), min_size=2, max_size=9))
def test_sums_are_exact(amounts: list[Decimal]) -> None:
    summary = summed(*(figures(f"{amount:f}", 1) for amount in amounts))
    kopecks = sum(int(amount.scaleb(2)) for amount in amounts)
    assert summary.income.total.amount == Decimal(kopecks).scaleb(-2)


def test_sums_keep_every_digit() -> None:
    summary = summed(figures("1234567890123456789012345.00", 1), figures("0.30000000000000004", 1))
    assert f"{summary.income.total.amount:f}" == "1234567890123456789012345.30000000000000004"
