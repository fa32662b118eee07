"""`salesAggregates`: sales by calendar interval, and their summary over all sources."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any

from providers.queries import SalesField, SalesOrder, SalesQuery
from resolvers.arguments import paging
from resolvers.connections import Connection, Wanted, connect
from resolvers.context import Context
from resolvers.errors import UserInputError
from resolvers.filters import query
from resolvers.ranks import MISSING, Key
from resolvers.summaries import Summary, summaries


def _total(bucket: Any) -> Decimal | None:
    return None if bucket is None or bucket.total is None else bucket.total.amount


FIGURES: Mapping[SalesField, Any] = {
    SalesField.DATE: lambda row: row.start.toordinal(),
    SalesField.INCOME: lambda row: _total(row.income),
    SalesField.INCOME_RETURN: lambda row: _total(row.income_return),
    SalesField.CASH: lambda row: row.income and row.income.cash and row.income.cash.amount,
    SalesField.ECASH: lambda row: row.income and row.income.ecash and row.income.ecash.amount,
    SalesField.CHECKS: lambda row: row.checks,
    SalesField.CHECKS_INCOME: lambda row: row.checks_income,
    SalesField.INCOME_AVERAGE: lambda row: row.income_average and row.income_average.amount,
    SalesField.OUTCOME: lambda row: _total(row.outcome),
    SalesField.OUTCOME_RETURN: lambda row: _total(row.outcome_return),
}
"""What each order sorts by."""


class ByFigures(Key):
    """By an order of several steps: ascending, with descending figures negated."""

    def __init__(self, orders: Sequence[SalesOrder]) -> None:
        self._orders = orders

    def __call__(self, record: Any) -> Any:
        return tuple(_signed(FIGURES[each.field](record), each) for each in self._orders)


def _step(order: str) -> SalesOrder:
    """A step of an order by its name in the graph: `INCOME_DESC`."""
    field, _, direction = order.rpartition("_")
    return SalesOrder(SalesField(field), descending=direction == "DESC")


def _signed(figure: Any, order: SalesOrder) -> Any:
    figure = MISSING if figure is None else figure
    return -figure if order.descending else figure


class Sales:
    """A connection with the summary of the whole period beside it."""

    def __init__(self, connection: Connection, summary: Sequence[Summary]) -> None:
        self._connection, self.summary = connection, summary

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


async def list_sales(
    context: Context,
    *,
    restrictions: Mapping[str, Any],
    orders: Sequence[str],
    page: Mapping[str, Any],
    fields: AbstractSet[str],
) -> Sales:
    """A page of sales in the asked order, then by source name and date."""
    if restrictions["start"] >= restrictions["end"]:
        raise UserInputError("filter.from, filter.to: the period is empty")
    steps = tuple(map(_step, orders)) or (_step("DATE_ASC"),)
    wanted = Wanted(
        kind="sales",
        query=query(SalesQuery, restrictions, orders=steps),
        restrictions=restrictions,
        order=orders or ("DATE_ASC",),
        key=ByFigures(steps),
        descending=False,
        paging=paging(page, context.limits),
        fields=fields,
        period=("", ""),
    )
    connection = await connect(context, wanted)
    lanes = connection.page.lanes
    live = [lane for lane in lanes if lane.rows.source not in connection.page.lost]
    figures = [(lane.rows.source, lane.whole.summary) for lane in live]
    return Sales(connection, summaries(each for each in figures if each[1] is not None))
