"""The summary of sales over several sources: exact sums, with the average recomputed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce
from typing import Any, NamedTuple

from providers.client import Source
from providers.money import Money

_HUNDREDTH = Decimal("0.01")
_EXACT = Context(prec=1_000)  # the usual one rounds sums to 28 digits
_BUCKETS = ("income", "income_return", "outcome", "outcome_return")


class Totals(NamedTuple):
    """Sales of one kind, by the way they were paid."""

    prepaid: Money | None
    cash: Money | None
    credit: Money | None
    ecash: Money | None
    provision: Money | None
    total: Money | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole period in one currency, over all `sources`."""

    currency: str
    sources: Sequence[Source]
    date_from: datetime | None
    date_to: datetime | None
    income: Any
    income_return: Any
    outcome: Any
    outcome_return: Any
    checks: int | None
    checks_income: int | None
    income_average: Money | None


def summaries(figures: Iterable[tuple[Source, Any]]) -> Sequence[Summary]:
    """A summary for each currency: of one source its own figures, of several their sums."""
    by_currency: dict[str, list[tuple[Source, Any]]] = {}
    for source, figure in figures:
        by_currency.setdefault(figure.currency, []).append((source, figure))
    return [_summary(currency, group) for currency, group in by_currency.items()]


def _summary(currency: str, group: Sequence[tuple[Source, Any]]) -> Summary:
    sources = [source for source, _ in group]
    figures = [figure for _, figure in group]
    buckets = {name: _totals([getattr(each, name) for each in figures]) for name in _BUCKETS}
    checks_income = _sum(each.checks_income for each in figures)
    average = figures[0].income_average
    if len(figures) > 1:
        counted = all(each.income is None or each.checks_income is not None for each in figures)
        average = _average(buckets["income"], checks_income) if counted else None
    return Summary(
        currency,
        sources,
        min(_known(each.date_from for each in figures), default=None),
        max(_known(each.date_to for each in figures), default=None),
        **buckets,
        checks=_sum(each.checks for each in figures),
        checks_income=checks_income,
        income_average=average,
    )


def _totals(buckets: Sequence[Any]) -> Totals | None:
    """The sums of what is stated; None where nothing is."""
    stated = _known(buckets)
    if not stated:
        return None
    return Totals(*(_sum_money(getattr(each, name) for each in stated) for name in Totals._fields))


def _sum_money(amounts: Iterable[Money | None]) -> Money | None:
    stated = _known(amounts)
    if not stated:
        return None
    total: Decimal = reduce(_EXACT.add, (each.amount for each in stated))
    return Money(total, stated[0].currency)


def _sum(numbers: Iterable[int | None]) -> int | None:
    stated = _known(numbers)
    return sum(stated) if stated else None


def _known(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _average(income: Totals | None, checks: int | None) -> Money | None:
    """Income per receipt, rounded to hundredths; providers divide the total, not its parts."""
    if income is None or income.total is None or not checks:
        return None
    amount = (income.total.amount / checks).quantize(_HUNDREDTH, ROUND_HALF_UP)
    return Money(amount, income.total.currency)
