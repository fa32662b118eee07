"""GoedGeplaatst: the report of one user's payments (POST /reports/payments/).

Oddities: it is read by POST, and the key is in a header called Authentication; pages count from 1
and hold 100 rows at most; amounts are JSON numbers of euros; 0 and empty strings stand for none,
and so does the time 0000-00-00 00:00:00; times have no zone, and of the hour that the clock runs
through twice nothing tells which; a refusal can come with status 200 and `result` false. Nothing
says what `dateStart` and `dateEnd` compare, nor whether the end belongs to the period: here
`paymentCreated`, and both readings of the end are served.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta, Raw

from providers.amounts import number
from providers.base import Account, Key, Listing, Page, Plan, Provider
from providers.errors import MalformedError, RejectedError, UpstreamError
from providers.inlining import Attribute, Inline
from providers.narrowing import narrowed, read_page
from providers.origin import Origin
from providers.paginators import PageNumber
from providers.queries import PaymentQuery
from providers.records import PaymentStatus
from providers.timestamps import local
from providers.views import (
    Record,
    View,
    calendar_day,
    identifier,
    identity,
    lookup,
    moment,
    part,
    text,
    view,
)
from providers.wire import Request, Response, decode, status_refusal

T = TypeVar("T")
LIST = Request("POST", "/reports/payments/")
ROWS = "data"
CURRENCY = "EUR"

STATUSES = {
    "paid": PaymentStatus.PAID,
    "cancelled": PaymentStatus.CANCELLED,
    "expired": PaymentStatus.EXPIRED,
    "failed": PaymentStatus.FAILED,
}

APPLIED = ("order_number", "invoice_number", "afas_invoice_id", "currencies")

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)
_PART = timedelta(microseconds=999_999)  # so that cutting to the second is rounding up
_ORDER = re.compile(r"[1-9]\d{0,17}", re.ASCII)
_HINT = re.compile(r"([1-9]\d{0,17}|-)\.(\d{14}|-)", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class Credentials(msgspec.Struct, forbid_unknown_fields=True):
    """What GoedGeplaatst is told about who asks, and about whose payments are asked for."""

    key: str
    user_id: Annotated[int, Meta(description="a whole number")]


class UserRow(msgspec.Struct, rename="camel"):
    """Who a payment is of."""

    user_id: int | str | None = None
    client_id: int | str | None = None
    external_user_id: int | str | None = None
    company_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    gender: str | None = None
    date_of_birth: str | None = None
    address: str | None = None
    house_number: str | None = None
    postal_code: str | None = None
    city: str | None = None
    county: str | None = None
    country: str | None = None
    email: str | None = None
    website: str | None = None
    phone: str | None = None
    fax: str | None = None
    cellular: str | None = None


class PaymentRow(msgspec.Struct, rename="camel"):
    """One element of `data`."""

    payment_id: int | str
    user_id: int | str | None = None
    amount_net: Decimal | None = None
    amount_vat: Decimal | None = None
    amount_gross: Decimal | None = None
    status: str | None = None
    order_id: int | str | None = None
    invoice_id: int | str | None = None
    afas_invoice_id: int | str | None = None
    payment_created: str | None = None
    date_paid: str | None = None
    date_cancelled: str | None = None
    date_expired: str | None = None
    date_failed: str | None = None
    user: UserRow | None = None


class Envelope(msgspec.Struct, Generic[T]):
    """A page of the list."""

    rows: list[T] = msgspec.field(name=ROWS)
    total: Annotated[int, Meta(ge=0, lt=2**31)] | None = msgspec.field(
        name="totalItems", default=None
    )


class ErrorRow(msgspec.Struct):
    """A reason of a refusal; no document shows one. Texts may echo anything and are not read."""

    code: int | str | None = None


class Verdict(msgspec.Struct):
    """Whether the request was granted."""

    result: Raw = Raw(b"null")
    errors: Raw = Raw(b"[]")


class User(View):
    """What the graph shows of a user."""

    __slots__ = ()
    typename = "GoedgeplaatstUser"
    user_id = identifier("user_id")
    client_id = identifier("client_id")
    external_user_id = identifier("external_user_id")
    company_name = text("company_name")
    first_name = text("first_name")
    last_name = text("last_name")
    gender = text("gender")
    date_of_birth = calendar_day("date_of_birth")
    address = text("address")
    house_number = text("house_number")
    postal_code = text("postal_code")
    city = text("city")
    county = text("county")
    country = text("country")
    email = text("email")
    website = text("website")
    phone = text("phone")
    fax = text("fax")
    cellular = text("cellular")


class Details(View):
    """What only GoedGeplaatst says of a payment."""

    __slots__ = ()
    typename = "GoedgeplaatstPayment"
    user_id = identifier("user_id")
    afas_invoice_id = identifier("afas_invoice_id")
    user = view("user", User)


def _hint_of(order: str | None, moment: datetime | None, zone: tzinfo) -> str:
    known, created = order if _ORDER.fullmatch(order or "") else "-", _clock(moment, zone)
    return f"{known}.{re.sub('[^0-9]', '', created) if created else '-'}"


def _clock(moment: datetime | None, zone: tzinfo) -> str | None:
    """What the upstream's clock shows at a moment; None outside of its calendar."""
    try:
        return None if moment is None else local(moment, zone)
    except OverflowError:
        return None


class Payment(Record):
    """A GoedGeplaatst payment as one of the graph's."""

    __slots__ = ()
    typename = "Payment"
    currency = CURRENCY
    provider_id = identity("payment_id")
    status = lookup("status", STATUSES, PaymentStatus.UNKNOWN)
    provider_status = text("status")
    net = number("amount_net")
    vat = number("amount_vat")
    gross = number("amount_gross")
    invoice_number = identifier("invoice_id")
    order_number = identifier("order_id")
    afas_invoice_id = identifier("afas_invoice_id")
    created_at = moment("payment_created")
    paid_at = moment("date_paid")
    cancelled_at = moment("date_cancelled")
    expired_at = moment("date_expired")
    failed_at = moment("date_failed")
    details = part(Details)

    hint = Attribute(
        lambda row: _hint_of(row.order_number, row.created_at, row.origin.zone),
        Inline("{of}({order_number}, {created_at}, {o}.zone)", {"of": _hint_of}, str),
    )
    """By what the list can be asked for it: orderId and creation, `1435668.20190227123902`."""


def sign(credentials: Credentials) -> Mapping[str, str]:
    """The headers that say who asks."""
    return {"Authentication": credentials.key}


def refusal(response: Response) -> UpstreamError | None:
    """What an answer refuses: by its status, or in a 200 by its `result`."""
    try:
        verdict = decode(response.body, Verdict)
    except MalformedError:
        verdict = Verdict()
    code = _code(verdict.errors)
    if response.status == 200 and bytes(verdict.result) == b"false":
        reason = "the provider refused the request with an error inside its answer"
        return RejectedError(reason, http_status=200, provider_code=code)
    return status_refusal(response, code)


def _code(errors: Raw) -> str | None:
    """The code of the first error, where that has one in a harmless form."""
    try:
        code = str(decode(decode(errors, list[Raw])[0], ErrorRow).code or "")
    except (MalformedError, IndexError):
        return None
    return code if _CODE.fullmatch(code) else None


def plan(query: PaymentQuery, account: Account) -> Plan:
    """A list for each asked status, narrowed by numbers and, with room to spare, by creation.

    Nothing of other currencies, and no number in another form than the upstream gives them.
    """
    order, currencies = query.order_number, query.currencies
    impossible = (
        "" in (query.invoice_number, query.afas_invoice_id)
        or (order is not None and not _ORDER.fullmatch(order))
        or (currencies is not None and CURRENCY not in currencies)
    )
    if query.empty or impossible:
        return Plan(lanes=())
    asked = {
        "orderId": None if order is None else int(order),
        "invoiceId": query.invoice_number,
        "afasInvoiceId": query.afas_invoice_id,
        "dateStart": _clock_from(query.created_from, account.zone),
        "dateEnd": _clock_to(query.created_to, account.zone),
    }
    lane = _list(account, asked)
    # The upstream may take "0" for the number 0, which is none.
    exact = frozenset(name for name in APPLIED if getattr(query, name) not in (None, "0"))
    if query.statuses is None or PaymentStatus.UNKNOWN in query.statuses:
        return Plan((lane,), exact)
    words = [word for word, status in STATUSES.items() if status in query.statuses]
    return Plan(tuple(lane.saying(status=word) for word in words), exact | {"statuses"})


def _clock_from(moment: datetime | None, zone: tzinfo) -> str | None:
    """The earliest that the clock can have shown at a moment or later, cut to the second."""
    shown = _shown(moment, zone)
    return None if shown is None else min(shown).isoformat(" ", "seconds")


def _clock_to(moment: datetime | None, zone: tzinfo) -> str | None:
    """The latest that the clock can have shown before a moment, or a second more."""
    shown = _shown(moment, zone, _PART)
    return None if shown is None else max(shown).isoformat(" ", "seconds")


def _shown(
    moment: datetime | None, zone: tzinfo, ahead: timedelta = timedelta(0)
) -> Sequence[datetime] | None:
    """What the clock shows at a moment and what it would show, had it not been turned of late.

    So a time counts as what it was read as, also one that the clock showed twice or never.
    """
    if moment is None:
        return None
    try:
        now = moment.astimezone(UTC) + ahead
        then = now - _DAY
        return [
            now.astimezone(zone).replace(tzinfo=None),
            then.astimezone(zone).replace(tzinfo=None) + _DAY,
        ]
    except OverflowError:
        return None


def _list(account: Account, asked: Mapping[str, Any]) -> Request:
    """The list of the configured user's payments, with what is asked of it."""
    told = {name: value for name, value in asked.items() if value is not None}
    return LIST.saying(userId=account.credentials.user_id, useCache=False, **told)


def find(keys: Sequence[Key], account: Account) -> Mapping[Request, Sequence[Key]]:
    """The lists of the orders and times of the keys; the whole list for those without."""
    found: dict[Request, list[Key]] = {}
    for key in keys:
        asked = _hinted(key.hint) if key.hint else {}
        if asked is not None:
            found.setdefault(_list(account, asked), []).append(key)
    return found


def _hinted(hint: str) -> Mapping[str, Any] | None:
    """What a hint narrows the list to; None if it is no hint. The end serves both readings."""
    parts = _HINT.fullmatch(hint)
    if not parts:
        return None
    order, digits = (None if each == "-" else each for each in parts.groups())
    asked: dict[str, Any] = {"orderId": order and int(order)}
    if digits is None:
        return asked
    try:
        created = datetime.fromisoformat(f"{digits[:8]}T{digits[8:]}")
        return {**asked, "dateStart": str(created), "dateEnd": str(created + _SECOND)}
    except (ValueError, OverflowError):
        return None


def page(response: Response, origin: Origin) -> Page:
    """The payments of an answer to the list request."""
    answer, payments = read_page(response, origin, Envelope, PaymentRow, Payment)
    return Page(payments, answer.total)


GOEDGEPLAATST = Provider(
    name="goedgeplaatst",
    time_zone="Europe/Amsterdam",
    credentials=Credentials,
    sign=sign,
    refusal=refusal,
    base_url="https://api.goedgeplaatst.nl/rest/v1",
    listings={
        "payments": Listing(
            rows=ROWS,
            plan=plan,
            paginator=PageNumber(first=1, number="page", size="itemsPerPage", in_body=True),
            page=page,
            find=find,
            narrow=partial(narrowed, PaymentRow, Payment),
        )
    },
)
