"""What the graph asks of a provider: the unified filters, before a provider translates them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from providers.records import InvoiceStatus


class Direction(Enum):
    """The order of a list by its sort key: how an upstream lists, and how a client wants it."""

    ASCENDING = "created_at_asc"
    DESCENDING = "created_at_desc"


@dataclass(frozen=True, slots=True)
class InvoiceQuery:
    """Which invoices are wanted. None does not restrict; bounds as in the contract."""

    statuses: frozenset[InvoiceStatus] | None = None
    created_from: datetime | None = None  # inclusive
    created_to: datetime | None = None  # exclusive
    total_from: Decimal | None = None  # inclusive
    total_to: Decimal | None = None  # inclusive
    currencies: frozenset[str] | None = None
    number: str | None = None
    card_last_four: str | None = None

    @property
    def empty(self) -> bool:
        """Whether no row can match, so that nobody needs to be asked."""
        return (
            self.statuses == frozenset()
            or self.currencies == frozenset()
            or _crossed(self.created_from, self.created_to)
            or _crossed(self.total_from, self.total_to, inclusive=True)
        )


def _crossed(start: Any, end: Any, *, inclusive: bool = False) -> bool:
    """Whether nothing is from `start` up to `end`, itself `inclusive` or not."""
    if start is None or end is None:
        return False
    return bool(start > end if inclusive else start >= end)
