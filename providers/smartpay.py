"""Sber SmartPay: a shop's invoices, and the payments in them (GET /invoices).

Oddities: pages count from 0; without `invoice_status` only confirmed and paid invoices are listed;
ids and order numbers are now numbers, now text; every amount and bonus is in hundredths, whatever
the currency, which may be missing; `invoices` may be null where there are none; `invoice_date` has
an offset of hours alone, `+03`, and `payment_date` is in UTC; `payment_info` may be missing, empty
or partial; every answer has an `error`, with the code "0" if all is well, so a 200 can be a
refusal. Nothing says in which zone the days that a list is asked for begin, nor which amount its
bounds mean: here the source's zone, and `amount_create`. GET of a single invoice has another shape
and is not used.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache, partial
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import msgspec
from msgspec import Meta, Raw

from providers.amounts import cents, points, ratio
from providers.base import Account, Key, Listing, Page, Plan, Provider
from providers.errors import MalformedError, RejectedError, UpstreamError
from providers.inlining import Attribute, Inline
from providers.narrowing import narrowed, read_page
from providers.origin import Origin
from providers.paginators import PageNumber
from providers.queries import InvoiceQuery, PaymentQuery
from providers.records import InvoiceStatus, PaymentStatus
from providers.timestamps import day, day_in
from providers.views import (
    Record,
    View,
    conversion,
    day_of,
    deferred,
    identifier,
    identity,
    label,
    lookup,
    moment,
    part,
    text,
    view,
)
from providers.wire import Request, Response, decode, status_refusal

T = TypeVar("T")
LIST = Request("GET", "/invoices")
ROWS = "invoices"
ALL = "all"
PAGES = PageNumber(first=0, number="page", size="size")
IDS = ("partner_client_id", "user_uid", "encrypted_sub_id", "partner_client_sub_id")

INVOICE_STATUSES = {
    "created": InvoiceStatus.PENDING,
    "executed": InvoiceStatus.PROCESSING,
    "paid": InvoiceStatus.AUTHORIZED,
    "confirmed": InvoiceStatus.PAID,
    "cancelled": InvoiceStatus.CANCELLED,
    "reversed": InvoiceStatus.CANCELLED,
    "refunded": InvoiceStatus.REFUNDED,
}
PAYMENT_STATUSES = {
    "created": PaymentStatus.PENDING,
    "executed": PaymentStatus.PENDING,
    "paid": PaymentStatus.AUTHORIZED,
    "confirmed": PaymentStatus.PAID,
    "cancelled": PaymentStatus.CANCELLED,
    "reversed": PaymentStatus.CANCELLED,
    "refunded": PaymentStatus.REFUNDED,
}

_CODE = re.compile(rb'"?([A-Za-z0-9_.-]{1,64})"?')
_NO_ERROR = (b"null", b'""', b'"0"', b"0")
_FOUR_DIGITS = re.compile(r"\d{4}", re.ASCII)
_EXPIRY = re.compile(r"(\d{4})(0[1-9]|1[0-2])", re.ASCII)
_JUST_BEFORE = timedelta(microseconds=1)
_LARGEST = 2**63 - 1  # of a whole number in most languages that the upstream can be written in


class Credentials(msgspec.Struct, forbid_unknown_fields=True):
    """What SmartPay is told about who asks; the ids narrow a partner's list to one client."""

    token: str
    partner_client_id: str | None = None
    user_uid: str | None = None
    encrypted_sub_id: str | None = None
    partner_client_sub_id: str | None = None


class AmountRow(msgspec.Struct, gc=False):
    """Money in hundredths."""

    amount: int | None = None


class DeviceRow(msgspec.Struct, gc=False):
    """What was paid on."""

    device_platform_type: str | None = None
    device_platform_version: str | None = None
    device_model: str | None = None
    device_manufacturer: str | None = None
    device_id: str | None = None
    surface: str | None = None
    surface_version: str | None = None


class LoyaltyRow(msgspec.Struct, gc=False):
    """Bonus points, in hundredths."""

    service_code: str | None = None
    service_name: str | None = None
    change_rate: Decimal | None = None
    payment_bonus: int | None = None
    award_bonus: int | None = None
    image: str | None = None


class BankRow(msgspec.Struct, gc=False):
    """The bank that issued the card."""

    bank_name: str | None = None
    bank_country_code: str | None = None
    bank_country_name: str | None = None
    bank_image: str | None = None


class PaymentInfoRow(msgspec.Struct, gc=False):
    """How an invoice was paid, or was to be."""

    payment_date: str | None = None
    payment_id: int | str | None = None
    device_info: DeviceRow | None = None
    loyalty_info: LoyaltyRow | None = None
    masked_pan: str | None = None
    expiry_date: str | None = None
    cardholder: str | None = None
    payment_system: str | None = None
    payment_system_image: str | None = None
    image: str | None = None
    paysys: str | None = None
    paysys_image: str | None = None
    payment_way: str | None = None
    payment_way_code: str | None = None
    payment_way_logo: str | None = None
    bank_info: BankRow | None = None


class PaymentIdsRow(msgspec.Struct, gc=False):
    """The same, as far as the payment is known by it."""

    payment_id: int | str | None = None


class InvoiceRow(msgspec.Struct, gc=False):
    """One element of `invoices`. Whether `payment_info` has members shows in its text alone."""

    invoice_id: int | str
    invoice_date: str | None = None
    invoice_status: str | None = None
    amount_create: AmountRow | None = None
    amount_confirm: AmountRow | None = None
    amount_current: AmountRow | None = None
    order_number: int | str | None = None
    currency: str | None = None
    description: str | None = None
    language: str | None = None
    org_name: str | None = None
    org_inn: str | None = None
    trademarks: str | None = None
    trade_name: str | None = None
    visual_name: str | None = None
    visual_amount: str | None = None
    payment_info: Raw = Raw(b"null")
    image: str | None = None


class Envelope(msgspec.Struct, Generic[T]):
    """A page of the list."""

    rows: list[T] | None = msgspec.field(name=ROWS)
    total: Annotated[int, Meta(ge=0, lt=2**31)] | None = msgspec.field(
        name="totalElements", default=None
    )
    last: bool | None = None
    error: Raw = Raw(b"null")


class ErrorRow(msgspec.Struct):
    """The upstream's verdict; its texts may echo anything and are not read."""

    error_code: Raw = Raw(b"null")


class Verdict(msgspec.Struct):
    """What every answer has beside its content."""

    error: ErrorRow | None = None


class Device(View):
    """What the graph shows of a device."""

    __slots__ = ()
    typename = "SmartpayDeviceInfo"
    platform_type = text("device_platform_type")
    platform_version = text("device_platform_version")
    model = text("device_model")
    manufacturer = text("device_manufacturer")
    device_id = text("device_id")
    surface = text("surface")
    surface_version = text("surface_version")


class Loyalty(View):
    """What the graph shows of bonus points."""

    __slots__ = ()
    typename = "SmartpayLoyaltyInfo"
    service_code = text("service_code")
    service_name = text("service_name")
    change_rate = ratio("change_rate")
    payment_bonus = points("payment_bonus")
    award_bonus = points("award_bonus")
    image = text("image")


class Bank(View):
    """What the graph shows of a bank."""

    __slots__ = ()
    typename = "SmartpayBankInfo"
    name = text("bank_name")
    country_code = text("bank_country_code")
    country_name = text("bank_country_name")
    image = text("bank_image")


@lru_cache(maxsize=1024)
def _year_and_month(digits: str | None) -> str | None:
    """`2019-12` of `201912`."""
    if not digits:
        return None
    if not (found := _EXPIRY.fullmatch(digits)):
        raise MalformedError("is not a year and month")
    return "-".join(found.groups())


class PaymentInfo(View):
    """What the graph shows of how an invoice was paid."""

    __slots__ = ()
    typename = "SmartpayPaymentInfo"
    payment_date = moment("payment_date")
    payment_id = identifier("payment_id")
    device_info = view("device_info", Device)
    loyalty_info = view("loyalty_info", Loyalty)
    masked_pan = text("masked_pan")
    cardholder = text("cardholder")
    payment_system = text("payment_system")
    payment_system_image = text("payment_system_image")
    image = text("image")
    payment_operator = text("paysys")
    payment_operator_image = text("paysys_image")
    payment_way = text("payment_way")
    payment_way_code = text("payment_way_code")
    payment_way_logo = text("payment_way_logo")
    bank_info = view("bank_info", Bank)
    card_expiry = conversion("expiry_date", _year_and_month, str)


PAYMENT_INFO = deferred("payment_info", PaymentInfoRow, PaymentInfo)
PAYMENT_IDS = deferred("payment_info", PaymentIdsRow, PaymentInfo)


def _trademarks(joined: str | None) -> Sequence[str]:
    parts = joined.split(";") if joined else []
    return parts if all(parts) else [each for each in parts if each]


class InvoiceDetails(View):
    """What only SmartPay says of an invoice."""

    __slots__ = ()
    typename = "SmartpayInvoice"
    currency = text("currency", "RUB")
    amount_created = cents("amount_create")
    amount_confirmed = cents("amount_confirm")
    amount_current = cents("amount_current")
    language = text("language")
    org_name = text("org_name")
    org_inn = text("org_inn")
    trade_name = text("trade_name")
    visual_name = text("visual_name")
    visual_amount = text("visual_amount")
    image = text("image")
    trademarks = conversion("trademarks", _trademarks, list[str])
    payment_info = PAYMENT_INFO


class Row(Record):
    """What an invoice and the payment in it have in common."""

    __slots__ = ()
    key_id = identity("invoice_id")
    provider_status = text("invoice_status")
    created_at = moment("invoice_date")
    currency = text("currency", "RUB")

    hint = day_of("invoice_date")
    """The calendar day of its creation, for which the list can be asked."""


class Invoice(Row):
    """A SmartPay invoice as one of the graph's. What was refunded is never stated."""

    __slots__ = ()
    typename = "Invoice"
    refunded = None
    provider_id = identity("invoice_id")
    number = label("order_number")
    status = lookup("invoice_status", INVOICE_STATUSES, InvoiceStatus.UNKNOWN)
    description = text("description")
    total = cents("amount_create")
    captured = cents("amount_confirm")
    details = part(InvoiceDetails)

    @property
    def card_last_four(self) -> str | None:
        """The end of the card's masked number, if these are digits."""
        info = self.details.payment_info
        end = (info.masked_pan or "")[-4:] if info else ""
        return end if _FOUR_DIGITS.fullmatch(end) else None


class PaymentDetails(View):
    """What only SmartPay says of a payment."""

    __slots__ = ()
    typename = "SmartpayPayment"
    info = PAYMENT_INFO


class Payment(Row):
    """The payment in a SmartPay invoice, known by the invoice's id: its own may come later.

    Whether there is one, and its id, is often all that is asked: `_ids` has no more.
    """

    __slots__ = ("_ids",)
    __parts__: ClassVar = {**Row.__parts__, "i": "{s}._ids"}
    typename = "Payment"
    net = vat = invoice_number = order_number = afas_invoice_id = None
    cancelled_at = expired_at = failed_at = None
    status = lookup("invoice_status", PAYMENT_STATUSES, PaymentStatus.UNKNOWN)
    gross = cents("amount_confirm")
    details = part(PaymentDetails)
    provider_id = Attribute(
        lambda payment: str((payment._ids and payment._ids.payment_id) or payment.key_id),
        Inline("str(({i} and {i}.payment_id) or {key_id})", kind=str),
    )
    own_invoice = Attribute(
        lambda payment: Invoice(payment.row, payment.origin, payment.at),
        Inline(parts={"w": "{w}", "o": "{o}"}, of=Invoice),
    )

    paid_at = Attribute(
        lambda payment: info.payment_date if (info := payment.details.info) else None,
        PaymentInfo.payment_date.inline.inside(PAYMENT_INFO.inline),
    )

    def __init__(self, row: Any, origin: Origin, at: int = 0) -> None:
        self.row, self.origin, self.at = row, origin, at
        try:
            known: PaymentInfo | None = PAYMENT_IDS.__get__(self)
        except MalformedError:  # not an object at all
            known = None
        self._ids = known and known.row  # no view, which has this one in it

    @property
    def present(self) -> bool:
        return self._ids is not None


def _own_payment(invoice: Invoice) -> Payment | None:
    payment = Payment(invoice.row, invoice.origin, invoice.at)
    return payment if payment.present else None


_OWN_PAYMENT = {"i": PAYMENT_IDS.inline.parts["w"], "w": "{w}", "o": "{o}"}
_PLACED = {"when": "{created_at}", "named": "{key_id}"}  # else it cannot be shown in a list
Invoice.own_payment = Attribute(  # here, since each of the two has the other
    _own_payment, Inline(names=PAYMENT_IDS.inline.names, parts=_OWN_PAYMENT | _PLACED, of=Payment)
)


def sign(credentials: Credentials) -> Mapping[str, str]:
    """The headers that say who asks."""
    return {"Authorization": f"Bearer {credentials.token}"}


def refusal(response: Response) -> UpstreamError | None:
    """What an answer refuses: by its status, or in a 200 by the code of its error."""
    page = response.page(Envelope, response.rows_as or InvoiceRow)  # which mostly is read next
    try:
        error: ErrorRow | None = (
            decode(response.body, Verdict).error
            if page is None
            else decode(page.error, ErrorRow | None)
        )
    except MalformedError:
        error = None
    code = bytes(error.error_code) if error else b"null"
    said = None if code in _NO_ERROR else _CODE.fullmatch(code)
    provider_code = said[1].decode() if said else None
    if response.status == 200 and code not in _NO_ERROR:
        reason = "the provider refused the request with an error inside its answer"
        return RejectedError(reason, http_status=200, provider_code=provider_code)
    return status_refusal(response, provider_code)


def plan_invoices(query: InvoiceQuery, account: Account) -> Plan:
    """One list, narrowed by all but the currency; none for what no number or card can be."""
    words, card = _words(query.statuses, INVOICE_STATUSES), query.card_last_four
    impossible = query.number == "" or (card is not None and not _FOUR_DIGITS.fullmatch(card))
    if query.empty or impossible or not words:
        return Plan(lanes=())
    asked = {
        "total_from": ("amount_from", _kopecks(query.total_from, ROUND_CEILING)),
        "total_to": ("amount_to", _kopecks(query.total_to, ROUND_FLOOR)),
        "number": ("order_num", query.number),
        "card_last_four": ("masked_pan", card),
    }
    exact = {name for name, (_, value) in asked.items() if value is not None}
    told = _narrowed(query, words, account.zone) | dict(asked.values())
    return Plan((_list(account, told),), _exact(query, words, account.zone) | exact)


def plan_payments(query: PaymentQuery, account: Account) -> Plan:
    """The list of invoices, narrowed by statuses and days; its payments have no numbers."""
    words = _words(query.statuses, PAYMENT_STATUSES)
    numbers = {query.invoice_number, query.order_number, query.afas_invoice_id}
    if query.empty or numbers != {None} or not words:
        return Plan(lanes=())
    asked = _narrowed(query, words, account.zone)
    exact = _exact(query, words, account.zone)
    return Plan((_list(account, asked),), exact, holds_others=True)


def _words(statuses: frozenset[Any] | None, meanings: Mapping[str, Any]) -> str:
    """The statuses in the upstream's words, of which UNKNOWN has none; empty if none is left."""
    if statuses is None or any(status.name == "UNKNOWN" for status in statuses):
        return ALL
    return ",".join(word for word, status in meanings.items() if status in statuses)


def _narrowed(query: InvoiceQuery | PaymentQuery, words: str, zone: tzinfo) -> dict[str, Any]:
    """What either query asks the list for; the last day is that of the last wanted moment."""
    return {
        "invoice_status": words,
        "date_from": day_in(query.created_from, zone),
        "date_to": day_in(query.created_to, zone, _JUST_BEFORE),
    }


def _exact(query: InvoiceQuery | PaymentQuery, words: str, zone: tzinfo) -> frozenset[str]:
    """Which of these restrictions the upstream applies to the letter."""
    told = {
        "statuses": words != ALL,
        "created_from": _begins_day(query.created_from, zone),
        "created_to": _begins_day(query.created_to, zone),
    }
    return frozenset(name for name, exact in told.items() if exact)


def _begins_day(moment: datetime | None, zone: tzinfo) -> bool:
    """Whether a day of the zone begins at the moment, so that days say the same."""
    today, before = day_in(moment, zone), day_in(moment, zone, _JUST_BEFORE)
    return None not in (today, before) and today != before


def _kopecks(bound: Decimal | None, rounding: str) -> int | None:
    """A bound of amounts in hundredths; None if it is larger than the upstream may read."""
    if bound is None:
        return None
    sign, digits, exponent = bound.as_tuple()
    assert isinstance(exponent, int), "a bound is a number"
    whole = int(Decimal((sign, digits, exponent + 2)).to_integral_value(rounding))
    return whole if abs(whole) <= _LARGEST else None


def _list(account: Account, asked: Mapping[str, Any]) -> Request:
    """The list for the configured client, with what is asked of it."""
    ids = {name: getattr(account.credentials, name) for name in IDS}
    told = {name: value for name, value in {**ids, **asked}.items() if value is not None}
    return LIST.asking(**told)


def find(keys: Sequence[Key], account: Account) -> Mapping[Request, Sequence[Key]]:
    """The lists of the days of the keys; the whole list for those without a day."""
    found: dict[Request, list[Key]] = {}
    for key in keys:
        if not key.hint or _is_day(key.hint):
            days = {"date_from": key.hint or None, "date_to": key.hint or None}
            request = _list(account, {"invoice_status": ALL, **days})
            found.setdefault(request, []).append(key)
    return found


def _is_day(hint: str) -> bool:
    try:
        return day(hint) is not None
    except MalformedError:
        return False


def invoices(response: Response, origin: Origin) -> Page:
    """The invoices of an answer to the list request."""
    return _page(response, origin, Invoice)


def payments(response: Response, origin: Origin) -> Page:
    """The payments of an answer to the list request; those of unpaid invoices are not present."""
    return _page(response, origin, Payment)


def _page(response: Response, origin: Origin, kind: type[Row]) -> Page:
    """The rows of an answer. A total below their number, as in the document, says nothing."""
    answer, rows = read_page(response, origin, Envelope, InvoiceRow, kind)
    stated = answer.total is not None and answer.total >= len(rows)
    more = None if answer.last is None else not answer.last
    return Page(rows, answer.total if stated else None, more)


SMARTPAY = Provider(
    name="smartpay",
    time_zone="Europe/Moscow",
    credentials=Credentials,
    sign=sign,
    refusal=refusal,
    base_url="https://smartpay.devices.sberbank.ru/smartpay/v1",
    listings={
        "invoices": Listing(
            ROWS,
            plan_invoices,
            PAGES,
            invoices,
            find=find,
            narrow=partial(narrowed, InvoiceRow, Invoice),
        ),
        "payments": Listing(ROWS, plan_payments, PAGES, payments, find=find),
    },
)
