"""Payments, whichever provider keeps them."""

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from execution.inlining import read_in_place
from providers.records import PaymentStatus, ProviderName
from resolvers.links import OWN_INVOICE, invoice_of
from schema.binding import Info, described, node_id, shows_records
from schema.composition import ROW_KEYS
from schema.connection import CURSOR, SOURCES, TOTAL, PageInfo
from schema.details.goedgeplaatst import GoedgeplaatstPayment
from schema.details.smartpay import SmartpayPayment
from schema.money import Money
from schema.node import Node
from schema.scalars import JSON
from schema.scopes import REQUIRES_RAW
from schema.source import Source, SourceOutcome

if TYPE_CHECKING:
    from schema.invoice import Invoice

UNSET = strawberry.UNSET

described(
    PaymentStatus,
    "Where a payment stands, in words that are the same for every provider.",
    PENDING="Begun, not decided yet.",
    AUTHORIZED="The money is held, but not taken yet.",
    PAID="Paid; final unless refunded.",
    CANCELLED="Given up before it was paid.",
    EXPIRED="Not paid in time.",
    FAILED="Refused.",
    REFUNDED="Paid and given back.",
    UNKNOWN="A word that is not known here; see providerStatus.",
)


@strawberry.enum(description="The orders that payments can be listed in.")
class PaymentOrder(Enum):
    """By time of creation, then source name, then the provider's id."""

    CREATED_AT_ASC = strawberry.enum_value(
        "CREATED_AT_ASC", description="Oldest first; those without a time come before all others."
    )
    CREATED_AT_DESC = strawberry.enum_value(
        "CREATED_AT_DESC", description="Newest first; the exact reverse of CREATED_AT_ASC."
    )


PaymentDetails = Annotated[
    GoedgeplaatstPayment | SmartpayPayment,
    strawberry.union("PaymentDetails", description="What only one provider says of a payment."),
]


@read_in_place(OWN_INVOICE)
async def _invoice(root: Any, info: Info) -> Any:
    return await invoice_of(info.context, root)


@strawberry.type(description="Money that was given, or should have been.", directives=ROW_KEYS)
@shows_records
class Payment(Node):
    """Bound to providers.records.Payment."""

    id: strawberry.ID = strawberry.field(resolver=node_id, description="Unique in the whole graph.")
    source: Source = strawberry.field(description="The account that it was read from.")
    fetched_at: datetime = strawberry.field(description="When it was read from the provider.")
    provider_id: strawberry.ID = strawberry.field(
        description="The id that the provider itself gives it; unique within the source only."
    )
    status: PaymentStatus = strawberry.field(description="Where it stands.")
    provider_status: str | None = strawberry.field(
        description="The provider's own word for the status."
    )
    net: Money | None = strawberry.field(description="The amount without VAT.")
    vat: Money | None = strawberry.field(description="The VAT in it.")
    gross: Money | None = strawberry.field(description="The whole amount.")
    invoice_number: str | None = strawberry.field(
        description="The number of the invoice that it is for, as the provider states it."
    )
    order_number: str | None = strawberry.field(
        description="The number of the order that it is for, as the provider states it."
    )
    created_at: datetime | None = strawberry.field(description="When it was begun.")
    paid_at: datetime | None = strawberry.field(description="When it was paid.")
    cancelled_at: datetime | None = strawberry.field(description="When it was given up.")
    expired_at: datetime | None = strawberry.field(description="When it ran out of time.")
    failed_at: datetime | None = strawberry.field(description="When it was refused.")
    invoice: Annotated["Invoice", strawberry.lazy("schema.invoice")] | None = strawberry.field(
        resolver=_invoice,
        description="The invoice that this payment settles, if any source knows it.",
    )
    details: PaymentDetails = strawberry.field(description="What only its provider says of it.")
    raw: JSON | None = strawberry.field(
        extensions=[REQUIRES_RAW],
        description="The provider's record as received. Needs the scope `raw:read`.",
    )


@strawberry.type(description="A payment at its place in a list.")
class PaymentEdge:
    """Bound to resolvers.connections.Edge."""

    cursor: str = strawberry.field(description=CURSOR)
    node: Payment = strawberry.field(description="The payment.")


@strawberry.type(description="A page of a list of payments.")
class PaymentConnection:
    """Bound to resolvers.connections.Connection."""

    edges: list[PaymentEdge] = strawberry.field(description="The payments with their cursors.")
    nodes: list[Payment] = strawberry.field(description="The payments, without cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int | None = strawberry.field(description=TOTAL)
    sources: list[SourceOutcome] = strawberry.field(description=SOURCES)


@strawberry.input(description="Which payments to list. All conditions must hold; null sets none.")
class PaymentFilter:
    """What a list of payments can be restricted by."""

    sources: list[str] | None = strawberry.field(
        default=UNSET, description="Only of these accounts, by Source.name."
    )
    providers: list[ProviderName] | None = strawberry.field(
        default=UNSET, description="Only of accounts at these providers."
    )
    statuses: list[PaymentStatus] | None = strawberry.field(
        default=UNSET, description="Only in one of these states; none with an empty list."
    )
    created_from: datetime | None = strawberry.field(
        default=UNSET, description="Begun at this moment or later."
    )
    created_to: datetime | None = strawberry.field(
        default=UNSET, description="Begun before this moment."
    )
    paid_from: datetime | None = strawberry.field(
        default=UNSET, description="Paid at this moment or later."
    )
    paid_to: datetime | None = strawberry.field(
        default=UNSET, description="Paid before this moment."
    )
    gross_from: Decimal | None = strawberry.field(
        default=UNSET, description="Of this amount or more, whatever the currency."
    )
    gross_to: Decimal | None = strawberry.field(
        default=UNSET, description="Of this amount or less, whatever the currency."
    )
    currencies: list[str] | None = strawberry.field(
        default=UNSET, description='Only in these currencies, by ISO 4217 code: "EUR".'
    )
    invoice_number: str | None = strawberry.field(
        default=UNSET, description="For the invoice of exactly this number."
    )
    order_number: str | None = strawberry.field(
        default=UNSET, description="For the order of exactly this number."
    )
    afas_invoice_id: str | None = strawberry.field(
        default=UNSET, description="With exactly this invoice id in AFAS."
    )
