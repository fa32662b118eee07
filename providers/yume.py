"""Yume: billing invoices of a rental platform (GET /v1/billing/invoices/).

Oddities: pages count from 1, and one past the end is a 404; `pageSize` is camelCase in an API of
snake_case; `next` may name another host than the one asked, so it is not followed; money is
decimal strings; `visable` is spelled so; nearly everything may be null. No filter is documented
and no order, so the configuration says how a source lists. The credential is not documented
either: a bearer token is the habit of the framework whose answers these are.
"""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta

from providers.amounts import amount
from providers.base import Account, Listing, Page, Plan, Provider, Single
from providers.narrowing import narrowed, read_page
from providers.origin import Origin
from providers.paginators import PageNumber
from providers.queries import InvoiceQuery
from providers.records import InvoiceStatus
from providers.views import (
    Record,
    View,
    identifier,
    identity,
    integer,
    json,
    lookup,
    moment,
    part,
    plain,
    text,
    texts,
    view,
    views,
)
from providers.wire import Request, Response, decode_row, status_refusal

T = TypeVar("T")
LIST = Request("GET", "/v1/billing/invoices/")
ROWS = "results"
NO_LINK = (b"null", b'""')

STATUSES = {
    "waiting": InvoiceStatus.PENDING,
    "confirmed": InvoiceStatus.PAID,
    "rejected": InvoiceStatus.FAILED,
    "refunded": InvoiceStatus.REFUNDED,
}


class Credentials(msgspec.Struct, forbid_unknown_fields=True):
    """What Yume is told about who asks."""

    token: str
    authorization_scheme: str = "Bearer"


class IntegrationRow(msgspec.Struct):
    """A service that can be rented."""

    id: int | str | None = None
    code: str | None = None
    name: str | None = None
    slug: str | None = None
    comment: str | None = None
    slogan: str | None = None
    type: str | None = None
    detail: str | None = None
    icon: str | None = None
    image: str | None = None
    image_alt: str | None = None
    disabled: bool | None = None
    extra: msgspec.Raw = msgspec.Raw(b"null")
    demo_enabled: bool | None = None
    demo_duration: str | None = None
    tags: list[str] | None = None
    modules: list[str] | None = None
    visable: bool | None = None


class VariantRow(msgspec.Struct):
    """A tariff of a service."""

    id: int | str | None = None
    name: str | None = None
    code: str | None = None
    limits: list[str] | None = None


class ItemRow(msgspec.Struct):
    """One line of an invoice."""

    id: int | str | None = None
    integration: IntegrationRow | None = None
    variant: VariantRow | None = None
    invoice: int | str | None = None
    type: str | None = None
    start_at: str | None = None
    end_at: str | None = None
    count: int | None = None
    price: str | None = None
    amount: str | None = None
    integration_period: int | str | None = None


class ErrorRow(msgspec.Struct):
    """Something that went wrong while an invoice was collected."""

    id: int | str | None = None
    code: str | None = None
    description: str | None = None
    created_at: str | None = None
    invoice: int | str | None = None


class InvoiceRow(msgspec.Struct):
    """One element of `results`."""

    id: int | str
    tenant: int | str | None = None
    card: int | str | None = None
    currency: str | None = None
    status: str | None = None
    total: str | None = None
    captured_amount: str | None = None
    refund_amount: str | None = None
    captured_at: str | None = None
    start_at: str | None = None
    end_at: str | None = None
    items: list[ItemRow] | None = None
    errors: list[ErrorRow] | None = None
    transaction_url: str | None = None
    created_at: str | None = None


class Envelope(msgspec.Struct, Generic[T]):
    """A page of the list. Of `next` it only matters whether there is one."""

    count: Annotated[int, Meta(ge=0, lt=2**31)]
    rows: list[T] = msgspec.field(name=ROWS)
    next: msgspec.Raw = msgspec.Raw()


class Integration(View):
    """What the graph shows of a service."""

    __slots__ = ()
    typename = "YumeIntegration"
    provider_id = identifier("id")
    code = text("code")
    name = text("name")
    slug = text("slug")
    comment = text("comment")
    slogan = text("slogan")
    type = text("type")
    detail = text("detail")
    icon = text("icon")
    image = text("image")
    image_alt = text("image_alt")
    disabled = plain("disabled")
    extra = json("extra")
    demo_enabled = plain("demo_enabled")
    demo_duration = text("demo_duration")
    tags = texts("tags")
    modules = texts("modules")
    visible = plain("visable")


class Variant(View):
    """What the graph shows of a tariff."""

    __slots__ = ()
    typename = "YumeVariant"
    provider_id = identifier("id")
    name = text("name")
    code = text("code")
    limits = texts("limits")


class Item(View):
    """What the graph shows of a line. Its money is in the invoice's currency."""

    __slots__ = ()
    typename = "YumeInvoiceItem"
    provider_id = identifier("id")
    integration = view("integration", Integration)
    variant = view("variant", Variant)
    type = text("type")
    start_at = moment("start_at")
    end_at = moment("end_at")
    count = integer("count")
    price = amount("price", currency="outer.currency")
    amount = amount("amount", currency="outer.currency")
    integration_period_id = identifier("integration_period")


class Error(View):
    """What the graph shows of a collection error."""

    __slots__ = ()
    typename = "YumeInvoiceError"
    provider_id = identifier("id")
    code = text("code")
    description = text("description")
    created_at = moment("created_at")


class Details(View):
    """What only Yume says of an invoice."""

    __slots__ = ()
    typename = "YumeInvoice"
    currency = text("currency")
    tenant_id = identifier("tenant")
    card_id = identifier("card")
    captured_at = moment("captured_at")
    start_at = moment("start_at")
    end_at = moment("end_at")
    transaction_url = text("transaction_url")
    items = views("items", Item)
    errors = views("errors", Error)


class Invoice(Record):
    """A Yume invoice as one of the graph's. It has no number for people, no text, no card."""

    __slots__ = ()
    typename = "Invoice"
    number = None
    description = None
    card_last_four = None
    provider_id = identity("id")
    status = lookup("status", STATUSES, InvoiceStatus.UNKNOWN)
    provider_status = text("status")
    created_at = moment("created_at")
    currency = text("currency")
    total = amount("total")
    captured = amount("captured_amount")
    refunded = amount("refund_amount")
    details = part(Details)


def sign(credentials: Credentials) -> Mapping[str, str]:
    """The headers that say who asks."""
    return {"Authorization": f"{credentials.authorization_scheme} {credentials.token}"}


def plan(query: InvoiceQuery, _: Account) -> Plan:
    """The one list there is; a filter on what Yume does not have matches nothing."""
    known = {*STATUSES.values(), InvoiceStatus.UNKNOWN}
    impossible = query.statuses is not None and query.statuses.isdisjoint(known)
    if impossible or query.number is not None or query.card_last_four is not None or query.empty:
        return Plan(lanes=())
    return Plan(lanes=(LIST,))


def page(response: Response, origin: Origin) -> Page:
    """The invoices of an answer to the list request."""
    answer, invoices = read_page(response, origin, Envelope, InvoiceRow, Invoice)
    link = bytes(answer.next)
    more = link not in NO_LINK if link else None
    return Page(invoices, answer.count, more)


def single(provider_id: str) -> Request | None:
    """GET of one invoice; Yume's ids are whole numbers, so no other text is put into a path.

    007 is not an id either, though Yume would answer with the invoice 7.
    """
    if not (provider_id.isascii() and provider_id.isdecimal()) or provider_id[0] == "0":
        return None
    return Request("GET", f"{LIST.path}{provider_id}/")


def record(response: Response, origin: Origin) -> Invoice:
    """The invoice of an answer to `single`."""
    return Invoice(decode_row(response.body, InvoiceRow, origin.malformed), origin)


YUME = Provider(
    name="yume",
    time_zone="UTC",
    credentials=Credentials,
    sign=sign,
    refusal=status_refusal,
    listings={
        "invoices": Listing(
            rows=ROWS,
            plan=plan,
            paginator=PageNumber(first=1, number="page", size="pageSize"),
            page=page,
            single=Single(single, record),
            narrow=partial(narrowed, InvoiceRow, Invoice),
        )
    },
)
