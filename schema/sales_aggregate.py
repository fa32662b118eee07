"""Sales summed up by calendar interval."""

from datetime import date, datetime
from enum import Enum

import strawberry

from providers.records import FiscalDocumentType, OperationType, SalesInterval, TaxationType
from schema.binding import described, node_id, shows_records
from schema.composition import ID_KEY, SHAREABLE
from schema.connection import CURSOR, SOURCES, TOTAL, PageInfo
from schema.money import Money
from schema.node import Node
from schema.scalars import JSON
from schema.scopes import REQUIRES_RAW
from schema.source import Source, SourceOutcome

UNSET = strawberry.UNSET

described(
    SalesInterval,
    "The calendar intervals that sales are summed up by.",
    DAY="A day.",
    WEEK="A week, from Monday to Sunday.",
    MONTH="A month.",
)
described(
    FiscalDocumentType,
    "The documents of a cash register.",
    FISCAL_REPORT="The registration of a cash register.",
    FISCAL_REPORT_CORRECTION="A change of its registration.",
    OPEN_SHIFT="The opening of a shift.",
    CLOSE_SHIFT="The closing of a shift.",
    RECEIPT="A receipt.",
    RECEIPT_CORRECTION="The correction of a receipt.",
    BSO="A form of strict accountability, in place of a receipt.",
    BSO_CORRECTION="The correction of such a form.",
    CURRENT_STATE_REPORT="A report on the state of accounts.",
    CLOSE_ARCHIVE="The closing of a fiscal storage device.",
)
described(
    OperationType,
    "What a receipt records.",
    INCOME="Money taken from a customer.",
    INCOME_RETURN="Money given back to a customer.",
    OUTCOME="Money paid out to a customer.",
    OUTCOME_RETURN="Such money taken back.",
)
described(
    TaxationType,
    "The taxation that a receipt was issued under.",
    OSN="General.",
    USN_INCOME="Simplified, on income.",
    USN_INCOME_WO_EXPENDITURE="Simplified, on income less expenses.",
    ESN_AGRICULTURAL="Agricultural.",
    PSN="By patent.",
)

_ORDERS = {
    "DATE": "the interval's start",
    "INCOME": "income, however paid",
    "INCOME_RETURN": "returned income, however paid",
    "CASH": "income in cash",
    "ECASH": "income by card and other electronic means",
    "CHECKS": "the number of receipts",
    "CHECKS_INCOME": "the number of receipts of income",
    "INCOME_AVERAGE": "the average receipt of income",
    "OUTCOME": "outcome, however paid",
    "OUTCOME_RETURN": "returned outcome, however paid",
}
_DIRECTIONS = {"ASC": "smallest first", "DESC": "largest first"}


class SalesAggregateOrder(Enum):
    """A figure and a direction."""

    DATE_ASC = "DATE_ASC"
    DATE_DESC = "DATE_DESC"
    INCOME_ASC = "INCOME_ASC"
    INCOME_DESC = "INCOME_DESC"
    INCOME_RETURN_ASC = "INCOME_RETURN_ASC"
    INCOME_RETURN_DESC = "INCOME_RETURN_DESC"
    CASH_ASC = "CASH_ASC"
    CASH_DESC = "CASH_DESC"
    ECASH_ASC = "ECASH_ASC"
    ECASH_DESC = "ECASH_DESC"
    CHECKS_ASC = "CHECKS_ASC"
    CHECKS_DESC = "CHECKS_DESC"
    CHECKS_INCOME_ASC = "CHECKS_INCOME_ASC"
    CHECKS_INCOME_DESC = "CHECKS_INCOME_DESC"
    INCOME_AVERAGE_ASC = "INCOME_AVERAGE_ASC"
    INCOME_AVERAGE_DESC = "INCOME_AVERAGE_DESC"
    OUTCOME_ASC = "OUTCOME_ASC"
    OUTCOME_DESC = "OUTCOME_DESC"
    OUTCOME_RETURN_ASC = "OUTCOME_RETURN_ASC"
    OUTCOME_RETURN_DESC = "OUTCOME_RETURN_DESC"


described(
    SalesAggregateOrder,
    "The orders that sales can be listed in.",
    **{
        f"{by}_{to}": f"By {meaning}, {direction}."
        for by, meaning in _ORDERS.items()
        for to, direction in _DIRECTIONS.items()
    },
)


@strawberry.type(description="Sales of one kind, by the way they were paid.", directives=SHAREABLE)
class SalesTotals:
    """Bound to providers.records.SalesTotals."""

    prepaid: Money | None = strawberry.field(description="Paid in advance.")
    cash: Money | None = strawberry.field(description="Paid in cash.")
    credit: Money | None = strawberry.field(description="To be paid later.")
    ecash: Money | None = strawberry.field(description="Paid by card and other electronic means.")
    provision: Money | None = strawberry.field(description="Paid in kind.")
    total: Money | None = strawberry.field(
        description="All of it, as the provider states it: not always the sum of the parts."
    )


@strawberry.type(description="The sales of one calendar interval.", directives=ID_KEY)
@shows_records
class SalesAggregate(Node):
    """Bound to providers.records.SalesAggregate."""

    id: strawberry.ID = strawberry.field(resolver=node_id, description="Unique in the whole graph.")
    source: Source = strawberry.field(description="The account that it was read from.")
    fetched_at: datetime = strawberry.field(description="When it was read from the provider.")
    interval: SalesInterval = strawberry.field(description="The kind of interval.")
    start: date = strawberry.field(description="The first day of the calendar interval.")
    end: date = strawberry.field(description="The last day of the calendar interval.")
    date_from: datetime | None = strawberry.field(
        description="Where the part of it begins that the figures cover."
    )
    date_to: datetime | None = strawberry.field(
        description="Where the part of it ends that the figures cover."
    )
    income: SalesTotals | None = strawberry.field(description="Money taken from customers.")
    income_return: SalesTotals | None = strawberry.field(description="Money given back to them.")
    outcome: SalesTotals | None = strawberry.field(description="Money paid out to customers.")
    outcome_return: SalesTotals | None = strawberry.field(description="Such money taken back.")
    checks: int | None = strawberry.field(description="How many receipts there were.")
    checks_income: int | None = strawberry.field(description="How many of them were of income.")
    income_average: Money | None = strawberry.field(description="The average receipt of income.")
    raw: JSON | None = strawberry.field(
        extensions=[REQUIRES_RAW],
        description="The provider's record as received. Needs the scope `raw:read`.",
    )


@strawberry.type(description="The sales of the whole period in one currency.", directives=SHAREABLE)
class SalesSummary:
    """Bound to resolvers.sales.Summary."""

    currency: str = strawberry.field(description='The currency, as ISO 4217 code: "RUB".')
    sources: list[Source] = strawberry.field(description="The sources whose figures are in it.")
    date_from: datetime | None = strawberry.field(description="Where the figures begin.")
    date_to: datetime | None = strawberry.field(description="Where the figures end.")
    income: SalesTotals | None = strawberry.field(description="Money taken from customers.")
    income_return: SalesTotals | None = strawberry.field(description="Money given back to them.")
    outcome: SalesTotals | None = strawberry.field(description="Money paid out to customers.")
    outcome_return: SalesTotals | None = strawberry.field(description="Such money taken back.")
    checks: int | None = strawberry.field(description="How many receipts there were.")
    checks_income: int | None = strawberry.field(description="How many of them were of income.")
    income_average: Money | None = strawberry.field(
        description=(
            "The average receipt of income: of one source its own figure, "
            "of several recomputed and rounded to hundredths."
        )
    )


@strawberry.type(description="The sales of an interval at their place in a list.")
class SalesAggregateEdge:
    """Bound to resolvers.connections.Edge."""

    cursor: str = strawberry.field(description=CURSOR)
    node: SalesAggregate = strawberry.field(description="The sales of the interval.")


@strawberry.type(description="A page of a list of sales.")
class SalesAggregateConnection:
    """Bound to resolvers.connections.Connection."""

    edges: list[SalesAggregateEdge] = strawberry.field(description="The sales with their cursors.")
    nodes: list[SalesAggregate] = strawberry.field(description="The sales, without cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int | None = strawberry.field(description=TOTAL)
    summary: list[SalesSummary] = strawberry.field(
        description=(
            "The whole period, one row per currency: of one source its own figures, "
            "of several their exact sums with the average recomputed."
        )
    )
    sources: list[SourceOutcome] = strawberry.field(description=SOURCES)


@strawberry.input(description="Which sales to sum up, and how. Null sets no condition.")
class SalesFilter:
    """What sales can be restricted by."""

    start: datetime = strawberry.field(name="from", description="From this moment on.")
    end: datetime = strawberry.field(name="to", description="Up to and without this moment.")
    interval: SalesInterval = strawberry.field(
        default=SalesInterval.DAY, description="By which intervals."
    )
    sources: list[str] | None = strawberry.field(
        default=UNSET, description="Only of these accounts, by Source.name."
    )
    company_ids: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="Only of these companies, by the provider's ids."
    )
    retail_point_ids: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="Only of these retail points, by the provider's ids."
    )
    cashbox_ids: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="Only of these cash registers, by the provider's ids."
    )
    document_types: list[FiscalDocumentType] | None = strawberry.field(
        default=UNSET, description="Only documents of these types."
    )
    operation_types: list[OperationType] | None = strawberry.field(
        default=UNSET, description="Only receipts of these operations."
    )
    taxation_types: list[TaxationType] | None = strawberry.field(
        default=UNSET, description="Only receipts under these taxations."
    )
