"""Yandex OFD: sales added up from receipts (POST /docs/aggregations/sales).

Oddities: a POST that only reads; amounts are JSON floats of roubles, read by their digits; keys may
be absent and unknown ones present; intervals without sales are left out, and `total` counts those
that are there; the bounds of a row are now times, now bare dates; what is not found is a 403, and 0
is the code of an error. Rows have no id: what was asked and the start of the interval are one.

Times have no zone, and both bounds are inclusive seconds. Receipts bear whole seconds, so a bound
inside a second becomes the next whole one: a receipt of that second is before it. Of an hour that a
clock runs through twice the stamps mean the first pass; a bound in the second is at its end.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta

from providers.amounts import number
from providers.base import Account, Key, Listing, Page, Plan, Provider, by_request
from providers.errors import RejectedError, UpstreamError
from providers.origin import Origin
from providers.paginators import Offset
from providers.queries import SalesField, SalesQuery
from providers.records import FiscalDocumentType, OperationType, SalesInterval, TaxationType
from providers.timestamps import instant, local
from providers.views import Record, View, integer, moment, view
from providers.wire import Request, Response, decode_object, decode_rows, stated, status_refusal

T = TypeVar("T")
LIST = Request("POST", "/docs/aggregations/sales")
ROWS = "data"
NOT_FOUND = (3, 4, 18, 22, 23, 25)
SECOND = timedelta(seconds=1)
EARLIEST = datetime(1, 1, 3, tzinfo=UTC)  # no zone moves a moment from here on out of the calendar
LATEST = datetime(9999, 12, 29, tzinfo=UTC)

WORDS: Mapping[Any, str] = {
    **{each: each.value.lower() for kind in (SalesInterval, SalesField) for each in kind},
    **{each: each.value.lower() for kind in (OperationType, TaxationType) for each in kind},
    SalesField.INCOME_AVERAGE: "avg_receipt",
    FiscalDocumentType.FISCAL_REPORT: "fiscalReport",
    FiscalDocumentType.FISCAL_REPORT_CORRECTION: "fiscalReportCorrection",
    FiscalDocumentType.OPEN_SHIFT: "openShift",
    FiscalDocumentType.CLOSE_SHIFT: "closeShift",
    FiscalDocumentType.RECEIPT: "receipt",
    FiscalDocumentType.RECEIPT_CORRECTION: "receiptCorrection",
    FiscalDocumentType.BSO: "bso",
    FiscalDocumentType.BSO_CORRECTION: "bsoCorrection",
    FiscalDocumentType.CURRENT_STATE_REPORT: "currentStateReport",
    FiscalDocumentType.CLOSE_ARCHIVE: "closeArchive",
}
INTERVALS = {WORDS[interval]: interval for interval in SalesInterval}
FILTERS: Mapping[str, Iterable[Any]] = {  # what may be in them; of ids that is anything
    "company_ids": (),
    "retail_point_ids": (),
    "cashbox_ids": (),
    "document_types": FiscalDocumentType,
    "operation_types": OperationType,
    "taxation_types": TaxationType,
}
HINTED = ("date_from", "date_to", "interval", *FILTERS)
Stamp = Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\Z")]
Values = Annotated[tuple[str, ...], Meta(min_length=1)] | None
HINT = msgspec.msgpack.Decoder(
    tuple[Stamp, Stamp, str, Values, Values, Values, Values, Values, Values]
)


class Credentials(msgspec.Struct, forbid_unknown_fields=True):
    """The key to the API, and the key to a client's cash registers."""

    yandex_key: str
    ofd_key: str


class BucketRow(msgspec.Struct):
    """The receipts of one operation."""

    prepaid: Decimal | None = None
    cash_total: Decimal | None = msgspec.field(default=None, name="cashTotal")
    credit: Decimal | None = None
    ecash_total: Decimal | None = msgspec.field(default=None, name="ecashTotal")
    provision: Decimal | None = None
    total: Decimal | None = None


class FiguresRow(msgspec.Struct, kw_only=True):
    """The value of `full`."""

    date_from: str | None = None
    date_to: str | None = None
    income: BucketRow | None = None
    income_return: BucketRow | None = None
    outcome: BucketRow | None = None
    outcome_return: BucketRow | None = None
    checks: int | None = None
    checks_income: int | None = None
    income_avg: Decimal | None = None


class SalesRow(FiguresRow, kw_only=True):
    """One element of `data`."""

    start: str
    end: str


class Envelope(msgspec.Struct, Generic[T]):
    """A page of the report. `full` is read by itself: nothing in it spoils the rows."""

    rows: list[T] | None = msgspec.field(name=ROWS, default=None)
    full: msgspec.Raw = msgspec.Raw(b"null")
    total: Annotated[int, Meta(ge=0, lt=2**31)] | None = None


def _day(name: str) -> property:
    """A calendar day, written with or without a time."""

    def read(row: View) -> date | None:
        found: datetime | None = row.converted(name, lambda raw: instant(raw, row.origin.zone))
        return found and found.date()

    return property(read)


def _until(name: str) -> property:
    """A moment up to which something goes: of a bare date its last second."""

    def read(row: View) -> datetime | None:
        found: datetime | None = row.converted(name, lambda raw: instant(raw, row.origin.zone))
        if found is None or len(getattr(row.row, name)) > len("2026-01-31"):
            return found
        return found.replace(hour=23, minute=59, second=59)

    return property(read)


class SalesTotals(View):
    """The sales of one kind. No currency is named: they are in roubles."""

    __slots__ = ()
    typename = "SalesTotals"
    currency = "RUB"
    prepaid = number("prepaid")
    cash = number("cash_total")
    credit = number("credit")
    ecash = number("ecash_total")
    provision = number("provision")
    total = number("total")


class SalesSummary(View):
    """The whole period."""

    __slots__ = ()
    typename = "SalesSummary"

    currency = "RUB"
    date_from = moment("date_from")
    date_to = _until("date_to")
    income = view("income", SalesTotals)
    income_return = view("income_return", SalesTotals)
    outcome = view("outcome", SalesTotals)
    outcome_return = view("outcome_return", SalesTotals)
    checks = integer("checks")
    checks_income = integer("checks_income")
    income_average = number("income_avg")


class SalesAggregate(Record, SalesSummary):
    """One interval: the same figures."""

    __slots__ = ()
    typename = "SalesAggregate"
    start = _day("start")
    end = _day("end")

    @property
    def provider_id(self) -> str:
        return str(self.start)

    @property
    def hint(self) -> str:
        return hint(self.origin.request)

    @property
    def interval(self) -> SalesInterval:
        return INTERVALS[dict(self.origin.request.body)["interval"]]


def sign(credentials: Credentials) -> Mapping[str, str]:
    """The headers that say who asks."""
    return {"X-Yandex-Key": credentials.yandex_key, "X-OFD-Key": credentials.ofd_key}


def plan(query: SalesQuery, account: Account) -> Plan:
    """The report. Yandex applies all there is to a query; equal figures are asked for by date."""
    first, last = _whole(query.start, account.zone), _whole(query.end, account.zone) - SECOND
    if first > last or query.empty:
        return Plan(lanes=())
    orders = [f"{'-' if by.descending else ''}{WORDS[by.field]}" for by in query.orders]
    if not {"date", "-date"}.intersection(orders):
        orders.append("date")
    filters = (_words(getattr(query, name)) for name in FILTERS)
    period = local(first, account.zone), local(last, account.zone)
    values = (*period, WORDS[query.interval], *filters)
    return Plan((_request(values, *orders),), frozenset(each.name for each in fields(query)))


def _whole(bound: datetime, zone: tzinfo) -> datetime:
    """The first moment from this one on that a stamp can mean."""
    bound = min(max(bound, EARLIEST), LATEST).astimezone(UTC)
    bound += timedelta(microseconds=-bound.microsecond) % SECOND
    if not bound.astimezone(zone).fold:
        return bound
    passes = range(24 * 3600)
    rest = bisect_left(passes, 1, key=lambda s: 1 - (bound + s * SECOND).astimezone(zone).fold)
    return bound + rest * SECOND


def _words(wanted: Iterable[Any] | None) -> Values:
    return None if wanted is None else tuple(sorted(WORDS.get(each, each) for each in wanted))


def _request(values: Sequence[Any], *orders: str) -> Request:
    given = {name: value for name, value in zip(HINTED, values, strict=True) if value is not None}
    return LIST.saying(**given, orders=orders)


def page(response: Response, origin: Origin) -> Page:
    """The intervals of an answer. A row without its bounds is none, so they are judged here."""
    answer = decode_rows(response.body, Envelope, SalesRow, ROWS, origin.malformed)
    if answer.rows is None and answer.total != 0:
        raise origin.malformed(f"{ROWS} is missing")
    rows = [SalesAggregate(row, origin, at) for at, row in enumerate(answer.rows or ())]
    for row in rows:
        if row.start is None or row.end is None:
            raise row.malformed("end" if row.start else "start", "is empty")
    if bytes(answer.full) == b"null":
        return Page(rows, answer.total)
    full = decode_object(answer.full, FiguresRow, "full", origin.malformed)
    return Page(rows, answer.total, summary=SalesSummary(full, origin, "full"))


def hint(request: Request) -> str:
    """All that a request says but for paging and order; with it the rows can be asked for again."""
    body = dict(request.body)
    packed = msgspec.msgpack.encode([body.get(name) for name in HINTED])
    return urlsafe_b64encode(packed).rstrip(b"=").decode()


def find(keys: Sequence[Key], _: Account) -> Mapping[Request, Sequence[Key]]:
    """One report for all rows that came out of the same."""
    return by_request(keys, lambda key: _hinted(key.hint or ""))


def _hinted(text: str) -> Request | None:
    """The report that a hint names; None where `plan` would never have asked so."""
    try:
        values = HINT.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        first, last = map(datetime.fromisoformat, values[:2])
    except (ValueError, msgspec.DecodeError):
        return None
    sound = first <= last and values[2] in INTERVALS and all(map(_sound, FILTERS, values[3:]))
    request = _request(values, "date")
    return request if sound and hint(request) == text else None


def _sound(name: str, values: Values) -> bool:
    known = {WORDS[word] for word in FILTERS[name]} or set(values or ())
    return values is None or values == tuple(sorted(known.intersection(values)))


def refusal(response: Response) -> UpstreamError | None:
    """What a status and the number in the body say. Some of 403 would be a 404 elsewhere."""
    if response.status == 200:
        return None
    error = stated(response.body, "code", Annotated[int, Meta(ge=0, lt=2**31)])
    code = None if error is None else str(error)
    if response.status == 403 and error in NOT_FOUND:
        reason = "the provider does not know what a filter names (HTTP 403)"
        return RejectedError(reason, http_status=403, provider_code=code)
    return status_refusal(response, code)


YANDEX_OFD = Provider(
    name="yandex_ofd",
    time_zone="Europe/Moscow",
    credentials=Credentials,
    sign=sign,
    refusal=refusal,
    listings={"sales": Listing(ROWS, plan, Offset("offset", "limit"), page, sorts=True, find=find)},
    base_url="https://api.ofd.yandex.net/v1",
)
