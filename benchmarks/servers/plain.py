"""Plain Strawberry over the same upstream, as its documentation shows it: an object for each row.

It answers the operations Q1 to Q4 of this project's schema, with none of what that promises: one
page of one source, no cursors, no limits, nothing checked.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import aiohttp
import strawberry
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL

from benchmarks.servers.rows import HEADERS, LIST
from benchmarks.servers.serving import serve

STATUSES = {
    "created": "PENDING",
    "executed": "PROCESSING",
    "paid": "AUTHORIZED",
    "confirmed": "PAID",
    "cancelled": "CANCELLED",
    "reversed": "CANCELLED",
    "refunded": "REFUNDED",
}


@strawberry.type
class Money:
    """An amount of money."""

    amount: Decimal
    currency: str


@strawberry.type
class LoyaltyInfo:
    """Bonus points."""

    service_code: str | None
    change_rate: Decimal | None
    payment_bonus: Decimal | None


@strawberry.type
class BankInfo:
    """A bank."""

    name: str | None
    country_code: str | None


@strawberry.type
class PaymentInfo:
    """How an invoice was paid."""

    payment_date: datetime | None
    payment_id: strawberry.ID | None
    masked_pan: str | None
    card_expiry: str | None
    cardholder: str | None
    payment_system: str | None
    payment_operator: str | None
    payment_way: str | None
    payment_way_code: str | None
    loyalty_info: LoyaltyInfo | None
    bank_info: BankInfo | None


@strawberry.type
class SmartpayInvoice:
    """What only SmartPay says."""

    amount_created: Money | None
    amount_confirmed: Money | None
    amount_current: Money | None
    language: str | None
    org_name: str | None
    org_inn: str | None
    trade_name: str | None
    visual_name: str | None
    visual_amount: str | None
    image: str | None
    trademarks: list[str]
    payment_info: PaymentInfo | None


@strawberry.type
class YumeInvoice:
    """The other member of the union."""

    tenant_id: strawberry.ID | None


@strawberry.type
class Source:
    """The account."""

    name: str = "sber-main"
    provider: str = "SMARTPAY"
    state: str = "HEALTHY"


@strawberry.type
class Payment:
    """A payment."""

    status: str
    gross: Money | None


@strawberry.type
class PaymentConnection:
    """Payments."""

    nodes: list[Payment]


@strawberry.type
class Invoice:
    """An invoice."""

    id: strawberry.ID
    provider_id: strawberry.ID
    number: str | None
    status: str
    provider_status: str | None
    description: str | None
    created_at: datetime | None
    fetched_at: datetime
    currency: str | None
    total: Money | None
    captured: Money | None
    source: Source
    details: Annotated[SmartpayInvoice | YumeInvoice, strawberry.union("InvoiceDetails")]

    @strawberry.field
    async def payments(self) -> PaymentConnection:
        assert isinstance(self.details, SmartpayInvoice)
        paid = [Payment(status=self.status, gross=self.captured)]
        return PaymentConnection(nodes=paid if self.details.payment_info else [])


@strawberry.type
class InvoiceConnection:
    """A page of invoices."""

    nodes: list[Invoice]


@strawberry.type
class Query:
    """The entry points."""

    @strawberry.field
    def sources(self) -> list[Source]:
        return [Source()]

    @strawberry.field
    async def invoices(self, info: strawberry.Info, first: int) -> InvoiceConnection:
        async with info.context["session"].get(LIST) as response:
            page = await response.json()
        return InvoiceConnection(nodes=[_invoice(row) for row in page["invoices"][:first]])


def _money(row: Any, currency: str) -> Money | None:
    amount = (row or {}).get("amount")
    return None if amount is None else Money(amount=Decimal(amount).scaleb(-2), currency=currency)


def _points(row: Any, name: str) -> Decimal | None:
    return None if row.get(name) is None else Decimal(row[name]).scaleb(-2)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _payment_info(row: Any) -> PaymentInfo:
    loyalty, bank = row.get("loyalty_info"), row.get("bank_info")
    expiry = row.get("expiry_date")
    return PaymentInfo(
        payment_date=_moment(row.get("payment_date")),
        payment_id=strawberry.ID(str(row["payment_id"])) if row.get("payment_id") else None,
        masked_pan=row.get("masked_pan"),
        card_expiry=f"{expiry[:4]}-{expiry[4:]}" if expiry else None,
        cardholder=row.get("cardholder"),
        payment_system=row.get("payment_system"),
        payment_operator=row.get("paysys"),
        payment_way=row.get("payment_way"),
        payment_way_code=row.get("payment_way_code"),
        loyalty_info=loyalty
        and LoyaltyInfo(
            service_code=loyalty.get("service_code"),
            change_rate=Decimal(str(loyalty["change_rate"])) if "change_rate" in loyalty else None,
            payment_bonus=_points(loyalty, "payment_bonus"),
        ),
        bank_info=bank
        and BankInfo(name=bank.get("bank_name"), country_code=bank.get("bank_country_code")),
    )


def _invoice(row: Any) -> Invoice:
    currency = row.get("currency") or "RUB"
    total, captured = (
        _money(row.get(f"amount_{each}"), currency) for each in ("create", "confirm")
    )
    info = row.get("payment_info")
    return Invoice(
        id=strawberry.ID(f"Invoice:sber-main:{row['invoice_id']}"),
        provider_id=strawberry.ID(str(row["invoice_id"])),
        number=str(row["order_number"]) if row.get("order_number") else None,
        status=STATUSES.get(row.get("invoice_status"), "UNKNOWN"),
        provider_status=row.get("invoice_status"),
        description=row.get("description"),
        created_at=_moment(row.get("invoice_date")),
        fetched_at=datetime.now(UTC),
        currency=currency,
        total=total,
        captured=captured,
        source=Source(),
        details=SmartpayInvoice(
            amount_created=total,
            amount_confirmed=captured,
            amount_current=_money(row.get("amount_current"), currency),
            language=row.get("language"),
            org_name=row.get("org_name"),
            org_inn=row.get("org_inn"),
            trade_name=row.get("trade_name"),
            visual_name=row.get("visual_name"),
            visual_amount=row.get("visual_amount"),
            image=row.get("image"),
            trademarks=[each for each in (row.get("trademarks") or "").split(";") if each],
            payment_info=_payment_info(info) if info else None,
        ),
    )


class Endpoint(GraphQL[Any, None]):
    """Strawberry's view with a session in its context."""

    async def get_context(self, *_: Any, **__: Any) -> Any:
        return {"session": SESSIONS[0]}


SESSIONS: list[aiohttp.ClientSession] = []


def app(upstream: str) -> Starlette:
    """The application."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(upstream, headers=HEADERS) as session:
            SESSIONS.append(session)
            yield

    endpoint = Endpoint(strawberry.Schema(Query))
    return Starlette(routes=[Route("/graphql", endpoint)], lifespan=lifespan)


if __name__ == "__main__":
    serve(app(sys.argv[1]))
