"""What the graph asks of a provider: the unified filters, before a provider translates them.

None does not restrict. `..._from` and `start` are inclusive, `..._to` of times and `end` exclusive,
`..._to` of amounts inclusive. Amounts are in major units.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from providers.records import (
    ExportTaskStatus,
    FiscalDocumentType,
    InvoiceStatus,
    OperationType,
    PaymentStatus,
    SalesInterval,
    TaxationType,
)


class Direction(Enum):
    """The order of a list by its sort key: how an upstream lists, and how a client wants it."""

    ASCENDING = "created_at_asc"
    DESCENDING = "created_at_desc"

    @property
    def reverse(self) -> "Direction":
        return Direction.ASCENDING if self is Direction.DESCENDING else Direction.DESCENDING


@dataclass(frozen=True, slots=True)
class InvoiceQuery:
    """Which invoices are wanted."""

    statuses: frozenset[InvoiceStatus] | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    total_from: Decimal | None = None
    total_to: Decimal | None = None
    currencies: frozenset[str] | None = None
    number: str | None = None
    card_last_four: str | None = None

    @property
    def empty(self) -> bool:
        """Whether no row can match, so that nobody needs to be asked."""
        return (
            frozenset() in (self.statuses, self.currencies)
            or _crossed(self.created_from, self.created_to)
            or _crossed(self.total_from, self.total_to, inclusive=True)
        )


@dataclass(frozen=True, slots=True)
class PaymentQuery:
    """Which payments are wanted."""

    statuses: frozenset[PaymentStatus] | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    paid_from: datetime | None = None
    paid_to: datetime | None = None
    gross_from: Decimal | None = None
    gross_to: Decimal | None = None
    currencies: frozenset[str] | None = None
    invoice_number: str | None = None
    order_number: str | None = None
    afas_invoice_id: str | None = None

    @property
    def empty(self) -> bool:
        """Whether no row can match, so that nobody needs to be asked."""
        return (
            frozenset() in (self.statuses, self.currencies)
            or _crossed(self.created_from, self.created_to)
            or _crossed(self.paid_from, self.paid_to)
            or _crossed(self.gross_from, self.gross_to, inclusive=True)
        )


class SalesField(Enum):
    """What sales can be sorted by, in the graph's words."""

    DATE = "DATE"
    INCOME = "INCOME"
    INCOME_RETURN = "INCOME_RETURN"
    CASH = "CASH"
    ECASH = "ECASH"
    CHECKS = "CHECKS"
    CHECKS_INCOME = "CHECKS_INCOME"
    INCOME_AVERAGE = "INCOME_AVERAGE"
    OUTCOME = "OUTCOME"
    OUTCOME_RETURN = "OUTCOME_RETURN"


@dataclass(frozen=True, slots=True)
class SalesOrder:
    """One step of the order of sales."""

    field: SalesField
    descending: bool


@dataclass(frozen=True, slots=True)
class SalesQuery:
    """Which sales are wanted, cut into which intervals, in which order."""

    start: datetime
    end: datetime
    interval: SalesInterval
    orders: tuple[SalesOrder, ...]
    company_ids: frozenset[str] | None = None
    retail_point_ids: frozenset[str] | None = None
    cashbox_ids: frozenset[str] | None = None
    document_types: frozenset[FiscalDocumentType] | None = None
    operation_types: frozenset[OperationType] | None = None
    taxation_types: frozenset[TaxationType] | None = None

    @property
    def empty(self) -> bool:
        """Whether no row can match, so that nobody needs to be asked."""
        return frozenset() in (
            self.company_ids,
            self.retail_point_ids,
            self.cashbox_ids,
            self.document_types,
            self.operation_types,
            self.taxation_types,
        )


@dataclass(frozen=True, slots=True)
class ExportTaskQuery:
    """Which export tasks are wanted, in the order of which time and in which direction."""

    by_update: bool = False
    direction: Direction = Direction.DESCENDING
    statuses: frozenset[ExportTaskStatus] | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    updated_from: datetime | None = None
    updated_to: datetime | None = None
    report_types: frozenset[str] | None = None

    @property
    def empty(self) -> bool:
        """Whether no row can match, so that nobody needs to be asked."""
        return (
            frozenset() in (self.statuses, self.report_types)
            or _crossed(self.created_from, self.created_to)
            or _crossed(self.updated_from, self.updated_to)
        )


def _crossed(start: Any, end: Any, *, inclusive: bool = False) -> bool:
    """Whether nothing lies between two bounds."""
    if start is None or end is None:
        return False
    return bool(start > end if inclusive else start >= end)


def _lately(now: datetime) -> SalesQuery:
    by_date = SalesOrder(SalesField.DATE, descending=False)
    return SalesQuery(now - timedelta(days=30), now, SalesInterval.DAY, (by_date,))


EVERYTHING: Mapping[str, Callable[[datetime], Any]] = {
    "invoices": lambda _: InvoiceQuery(),
    "payments": lambda _: PaymentQuery(),
    "sales": _lately,
    "export_tasks": lambda _: ExportTaskQuery(),
}
"""By kind of record a query that leaves nothing out, but for sales: they need a period."""
