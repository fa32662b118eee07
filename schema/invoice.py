"""Invoices, whichever provider keeps them."""

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import strawberry

from execution.inlining import read_in_place
from providers.records import InvoiceStatus, ProviderName
from resolvers.context import Context
from resolvers.links import OWN_PAYMENTS, own_payments_of, payments_of, shows_one
from schema.binding import Info, described, node_id, present, selected, shows_records
from schema.composition import ROW_KEYS
from schema.connection import AFTER, BEFORE, CURSOR, FIRST, LAST, SOURCES, TOTAL, PageInfo
from schema.details.smartpay import SmartpayInvoice
from schema.details.yume import YumeInvoice
from schema.money import Money
from schema.node import Node
from schema.payment import PaymentConnection
from schema.scalars import JSON
from schema.scopes import REQUIRES_RAW
from schema.source import Source, SourceOutcome

UNSET = strawberry.UNSET

described(
    InvoiceStatus,
    "Where an invoice stands, in words that are the same for every provider.",
    PENDING="Issued, nothing was paid yet.",
    PROCESSING="A payment is under way.",
    AUTHORIZED="The money is held, but not taken yet.",
    PAID="Paid in full; final unless refunded.",
    CANCELLED="Withdrawn by the payer or the merchant before it was paid.",
    FAILED="The payment was refused.",
    REFUNDED="Paid and given back.",
    UNKNOWN="A word that is not known here; see providerStatus.",
)


@strawberry.enum(description="The orders that invoices can be listed in.")
class InvoiceOrder(Enum):
    """By time of creation, then source name, then the provider's id."""

    CREATED_AT_ASC = strawberry.enum_value(
        "CREATED_AT_ASC", description="Oldest first; those without a time come before all others."
    )
    CREATED_AT_DESC = strawberry.enum_value(
        "CREATED_AT_DESC", description="Newest first; the exact reverse of CREATED_AT_ASC."
    )


UNPAGED = (UNSET, UNSET, UNSET, UNSET)

InvoiceDetails = Annotated[
    SmartpayInvoice | YumeInvoice,
    strawberry.union("InvoiceDetails", description="What only one provider says of an invoice."),
]


def _are_in_place(context: Context, **asked: int | str | None) -> bool:
    return shows_one(context, present(**asked))


@read_in_place(OWN_PAYMENTS, when=_are_in_place)
def _payments(
    root: Any,
    info: Info,
    first: Annotated[int | None, FIRST] = UNSET,
    after: Annotated[str | None, AFTER] = UNSET,
    last: Annotated[int | None, LAST] = UNSET,
    before: Annotated[str | None, BEFORE] = UNSET,
) -> PaymentConnection | None:
    asked = (first, after, last, before)
    page = {} if asked == UNPAGED else present(first=first, after=after, last=last, before=before)
    own = own_payments_of(info.context, root, page=page)
    if own is not None:  # nothing to wait for, as in most of many rows
        return own  # type: ignore[return-value]
    return payments_of(info.context, root, page=page, fields=selected(info))  # type: ignore[return-value]


@strawberry.type(
    description="A demand for money, from whichever provider keeps it.", directives=ROW_KEYS
)
@shows_records
class Invoice(Node):
    """Bound to providers.records.Invoice."""

    id: strawberry.ID = strawberry.field(resolver=node_id, description="Unique in the whole graph.")
    source: Source = strawberry.field(description="The account that it was read from.")
    fetched_at: datetime = strawberry.field(description="When it was read from the provider.")
    provider_id: strawberry.ID = strawberry.field(
        description="The id that the provider itself gives it; unique within the source only."
    )
    number: str | None = strawberry.field(
        description="The number that the merchant or provider shows to people."
    )
    status: InvoiceStatus = strawberry.field(description="Where it stands.")
    provider_status: str | None = strawberry.field(
        description="The provider's own word for the status."
    )
    description: str | None = strawberry.field(description="What it is for, as shown to the payer.")
    created_at: datetime | None = strawberry.field(description="When it was issued.")
    currency: str | None = strawberry.field(description="The currency of all its amounts.")
    total: Money | None = strawberry.field(description="What is asked for.")
    captured: Money | None = strawberry.field(description="What was taken from the payer.")
    refunded: Money | None = strawberry.field(
        description="What was given back; null where the provider does not say."
    )
    payments: PaymentConnection | None = strawberry.field(
        resolver=_payments,
        description="Payments that settle it, from every source that knows any; newest first.",
    )
    details: InvoiceDetails = strawberry.field(description="What only its provider says of it.")
    raw: JSON | None = strawberry.field(
        extensions=[REQUIRES_RAW],
        description="The provider's record as received. Needs the scope `raw:read`.",
    )


@strawberry.type(description="An invoice at its place in a list.")
class InvoiceEdge:
    """Bound to resolvers.connections.Edge."""

    cursor: str = strawberry.field(description=CURSOR)
    node: Invoice = strawberry.field(description="The invoice.")


@strawberry.type(description="A page of a list of invoices.")
class InvoiceConnection:
    """Bound to resolvers.connections.Connection."""

    edges: list[InvoiceEdge] = strawberry.field(description="The invoices with their cursors.")
    nodes: list[Invoice] = strawberry.field(
        description="The invoices, where cursors do not matter."
    )
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int | None = strawberry.field(description=TOTAL)
    sources: list[SourceOutcome] = strawberry.field(description=SOURCES)


@strawberry.input(description="Which invoices to list. All conditions must hold; null sets none.")
class InvoiceFilter:
    """What a list of invoices can be restricted by."""

    sources: list[str] | None = strawberry.field(
        default=UNSET, description="Only of these accounts, by Source.name."
    )
    providers: list[ProviderName] | None = strawberry.field(
        default=UNSET, description="Only of accounts at these providers."
    )
    statuses: list[InvoiceStatus] | None = strawberry.field(
        default=UNSET,
        description="Only in one of these states; an empty list matches none.",
    )
    created_from: datetime | None = strawberry.field(
        default=UNSET, description="Issued at this moment or later."
    )
    created_to: datetime | None = strawberry.field(
        default=UNSET, description="Issued before this moment."
    )
    total_from: Decimal | None = strawberry.field(
        default=UNSET, description="Of this total or more, whatever the currency."
    )
    total_to: Decimal | None = strawberry.field(
        default=UNSET, description="Of this total or less, whatever the currency."
    )
    currencies: list[str] | None = strawberry.field(
        default=UNSET, description='Only in these currencies, by ISO 4217 code: "RUB".'
    )
    number: str | None = strawberry.field(default=UNSET, description="With exactly this number.")
    card_last_four: str | None = strawberry.field(
        default=UNSET,
        description="Paid with a card that ends in these four digits. Needs the scope `card:read`.",
    )
