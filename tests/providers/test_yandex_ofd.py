"""Yandex OFD: what its answers mean, what it is asked, what it refuses."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from providers import REGISTRY
from providers.base import Account, Key, Plan
from providers.errors import (
    MalformedError,
    RateLimitedError,
    RejectedError,
    UnauthorizedError,
    UnavailableError,
)
from providers.money import Money
from providers.origin import Origin
from providers.paginators import Stretch
from providers.queries import SalesField, SalesOrder, SalesQuery
from providers.records import (
    FiscalDocumentType,
    OperationType,
    ProviderName,
    SalesInterval,
    TaxationType,
)
from providers.views import View
from providers.wire import Request, Response
from providers.yandex_ofd import YANDEX_OFD, Credentials

EXAMPLES = Path(__file__).parent / "examples"
PRINTED = (EXAMPLES / "yandex_ofd_sales_printed.json").read_bytes()
ASKED = (EXAMPLES / "yandex_ofd_request_printed.json").read_bytes()
MOSCOW, AMSTERDAM = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Amsterdam")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
SALES = YANDEX_OFD.listings["sales"]
BY_DATE = (SalesOrder(SalesField.DATE, descending=False),)
BUCKETS = ("income", "income_return", "outcome", "outcome_return")
SECOND = timedelta(seconds=1)


class Owner:
    """Stands for the source of rows that no source has read."""

    name = "main"
    provider = ProviderName.YANDEX_OFD


def account(zone: ZoneInfo = MOSCOW) -> Account:
    return Account("main", Credentials("key", "ofd"), zone)


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def query(**changes: Any) -> SalesQuery:
    start, end = moscow("2026-01-01"), moscow("2026-02-01")
    values = {"start": start, "end": end, "interval": SalesInterval.DAY, "orders": BY_DATE}
    return SalesQuery(**{**values, **changes})


def body(asked: SalesQuery, zone: ZoneInfo = MOSCOW) -> Mapping[str, Any]:
    (request,) = SALES.plan(asked, account(zone)).lanes
    assert (request.method, request.path) == ("POST", "/docs/aggregations/sales")
    assert request.query == ()
    return dict(request.body)


def page(answer: Any, zone: ZoneInfo = MOSCOW, request: Request | None = None) -> Any:
    raw = answer if isinstance(answer, bytes) else msgspec.json.encode(answer)
    if request is None:
        (request,) = SALES.plan(query(), account(zone)).lanes
    origin = Origin(Owner(), zone, datetime(2026, 11, 20, tzinfo=UTC), request, raw, "data")
    return SALES.page(Response(200, {}, raw), origin)


def sales(zone: ZoneInfo = MOSCOW, **values: Any) -> Any:
    """The record of the smallest row there can be, with further values."""
    row = {"start": "2026-01-01", "end": "2026-01-01"} | values
    return page({"data": [row], "total": 1}, zone).rows[0]


def shown(value: Any) -> Any:
    """All that a view shows, views in it as well."""
    if not isinstance(value, View):
        return value
    made = {name for kind in type(value).__mro__ for name in vars(kind) if name[0] != "_"}
    made -= {"source", "fetched_at", "raw", "origin", "outer", "row", "at", "place"}
    made -= {"own_payment", "own_invoice"}  # the same row once more
    return {
        name: shown(getattr(value, name))
        for name in made
        if not callable(getattr(type(value), name))
    }


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    else:
        yield path, value


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    return value | {path[0]: replaced(value[path[0]], path[1:], new)}


def test_printed_answer() -> None:
    answer = page(PRINTED)
    july, june = answer.rows
    assert answer.total == 2
    assert (answer.more, answer.token) == (None, None)
    assert (july.start, july.end, july.provider_id) == (
        date(2018, 7, 1),
        date(2018, 7, 31),
        "2018-07-01",
    )
    assert july.date_from == moscow("2018-07-06 00:00:00")
    assert july.date_to == moscow("2018-07-25 23:59:59")
    assert june.income.cash == Money(Decimal("630.00"), "RUB")
    assert june.income.total == Money(Decimal("631.00"), "RUB")
    assert str(june.income_average.amount) == "63.10"
    assert (june.checks, june.checks_income) == (10, 10)
    assert june.outcome_return.credit == Money(Decimal("0.00"), "RUB")
    assert msgspec.json.decode(june.raw)["start"] == "2018-06-01"
    assert answer.summary.typename == "SalesSummary"
    assert answer.summary.currency == "RUB"
    assert answer.summary.income.total == Money(Decimal("981.00"), "RUB")
    assert answer.summary.date_from == moscow("2018-06-09 00:00:00")
    assert answer.summary.date_to == moscow("2018-07-25 23:59:59")
    assert answer.summary.income_average == Money(Decimal("65.40"), "RUB")


def other(value: Any) -> Any:
    """A value of the same kind that no example has."""
    return "1984-05-17" if isinstance(value, str) else value + 1234


DECODED = msgspec.json.decode(PRINTED)
VALUES = [
    *(("data", at, path) for at, row in enumerate(DECODED["data"]) for path, _ in leaves(row)),
    *(("full", 0, path) for path, _ in leaves(DECODED["full"])),
]


@pytest.mark.parametrize(("key", "at", "path"), VALUES)
def test_each_printed_value_is_shown(key: str, at: int, path: tuple[Any, ...]) -> None:
    objects = DECODED["data"] if key == "data" else [DECODED["full"]]
    before = dict(leaves(objects[at]))[path]
    changed = replaced(objects[at], path, other(before))
    answer = page(DECODED | {key: [changed] if key == "data" else changed})
    record = answer.rows[0] if key == "data" else answer.summary
    original = page(PRINTED).rows[at] if key == "data" else page(PRINTED).summary
    assert shown(record) != shown(original)


def test_printed_request() -> None:
    printed = msgspec.json.decode(ASKED)
    asked = query(
        start=moscow("2018-04-01"),
        end=moscow("2019-08-14"),
        interval=SalesInterval.MONTH,
        orders=(SalesOrder(SalesField.DATE, descending=True),),
        company_ids=frozenset({"301"}),
        document_types=frozenset(
            {
                FiscalDocumentType.RECEIPT,
                FiscalDocumentType.RECEIPT_CORRECTION,
                FiscalDocumentType.BSO,
                FiscalDocumentType.BSO_CORRECTION,
            }
        ),
    )
    (lane,) = SALES.plan(asked, account()).lanes
    request = SALES.paginator.request(lane, Stretch(0, 20))
    sent = msgspec.json.decode(msgspec.json.encode(dict(request.body)))
    assert sent == printed | {
        "date_from": f"{printed['date_from']} 00:00:00",
        "date_to": f"{printed['date_to']} 23:59:59",
        "document_types": sorted(printed["document_types"]),
    }


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
        ("123456789012345678901234567890.12", "123456789012345678901234567890.12"),
        ("70", "70.00"),
        ("70.0", "70.00"),
        ("7e1", "70.00"),
        ("-0.0", "0.00"),
        ("0", "0.00"),
    ],
)
def test_amounts_are_read_by_their_digits(written: str, amount: str) -> None:
    text = f'{{"data": [{{"start": "2026-01-01", "end": "2026-01-01", "income_avg": {written}}}]}}'
    money = page(text.encode()).rows[0].income_average
    assert (str(money.amount), money.currency) == (amount, "RUB")


def test_what_is_absent_is_none() -> None:
    record = sales(outcome={}, income={"total": 5.5, "undocumented": 1}, income_return=None)
    assert record.outcome.total is None
    assert (record.income.total, record.income.cash) == (Money(Decimal("5.50"), "RUB"), None)
    assert record.income_return is record.outcome_return is None
    assert record.date_from is record.date_to is record.checks is record.checks_income is None
    assert record.income_average is None


def test_absent_parts_of_the_answer() -> None:
    answer = page({"data": []})
    assert (answer.rows, answer.total, answer.summary) == ([], None, None)
    assert page({"total": 0}).rows == []
    assert page({"data": None, "total": 0, "full": None}).summary is None
    assert page({"data": [], "full": {}}).summary.income is None


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b"{}",
        {"data": 5},
        {"data": {}, "total": 0},
        {"data": None},
        {"total": 3},
        {"data": [], "total": -1},
        {"data": [], "total": 2**31},
        {"data": [], "total": "1"},
    ],
)
def test_bad_envelope(answer: Any) -> None:
    with pytest.raises(MalformedError):
        page(answer)


def test_days_may_have_a_time() -> None:
    row = {"start": "2026-03-01 00:00:00", "end": "2026-03-31 23:59:59"}
    (march,) = page({"data": [row]}).rows
    assert (march.provider_id, march.end) == ("2026-03-01", date(2026, 3, 31))


@pytest.mark.parametrize("name", ["start", "end"])
@pytest.mark.parametrize(
    "value", [None, "", "0000-00-00", "soon", "2026-02-30", "2026-01", 20260101, ["2026-01-01"]]
)
def test_bad_bounds_fail_the_page(name: str, value: Any) -> None:
    good = {"start": "2026-01-01", "end": "2026-01-01"}
    with pytest.raises(MalformedError, match=rf"^main: data\[1\]\.{name} "):
        page({"data": [good, good | {name: value}]})
    with pytest.raises(MalformedError, match=rf"^main: data\[0\]\.{name} is missing"):
        page({"data": [{key: text for key, text in good.items() if key != name}]})


@pytest.mark.parametrize(
    ("values", "attribute", "place"),
    [
        ({"checks": "5"}, "checks", "checks"),
        ({"checks": 2**31}, "checks", "checks"),
        ({"income_avg": [1]}, "income_average", "income_avg"),
        ({"income_avg": "NaN"}, "income_average", "income_avg"),
        ({"date_to": "yesterday"}, "date_to", "date_to"),
        ({"date_from": 5}, "date_from", "date_from"),
        ({"income": 5}, "income", "income"),
    ],
)
def test_a_bad_value_costs_its_field(values: Any, attribute: str, place: str) -> None:
    record = sales(**values, outcome={"total": 1.0})
    assert record.outcome.total == Money(Decimal("1.00"), "RUB")
    with pytest.raises(MalformedError, match=rf"^main: data\[0\]\.{place} "):
        getattr(record, attribute)


def test_a_bad_value_in_a_bucket_names_its_place() -> None:
    record = sales(income={"cashTotal": "much", "total": 2.0})
    assert record.income.total == Money(Decimal("2.00"), "RUB")
    with pytest.raises(MalformedError, match=r"^main: data\[0\]\.income\.cashTotal "):
        _ = record.income.cash


def test_a_bad_summary_spoils_no_row() -> None:
    row = {"start": "2026-01-01", "end": "2026-01-01"}
    answer = page({"data": [row], "full": {"checks": "many", "checks_income": 3}})
    assert answer.summary.checks_income == 3
    with pytest.raises(MalformedError, match=r"^main: full\.checks "):
        _ = answer.summary.checks
    answer = page({"data": [row], "full": 5})
    assert len(answer.rows) == 1
    with pytest.raises(MalformedError, match=r"^main: full "):
        _ = answer.summary.income


@pytest.mark.parametrize(
    ("zone", "written", "date_from", "date_to"),
    [
        (MOSCOW, "2026-03-05 09:30:00", "2026-03-05T09:30:00+03:00", "2026-03-05T09:30:00+03:00"),
        (MOSCOW, "2026-03-05", "2026-03-05T00:00:00+03:00", "2026-03-05T23:59:59+03:00"),
        # Two o'clock comes twice on this night: the earlier is meant.
        (
            AMSTERDAM,
            "2026-10-25 02:30:00",
            "2026-10-25T02:30:00+02:00",
            "2026-10-25T02:30:00+02:00",
        ),
        (AMSTERDAM, "2026-10-25", "2026-10-25T00:00:00+02:00", "2026-10-25T23:59:59+01:00"),
        (MOSCOW, "", None, None),
        (MOSCOW, "0000-00-00", None, None),
    ],
)
def test_bounds_are_times_or_dates(
    zone: ZoneInfo, written: str, date_from: str | None, date_to: str | None
) -> None:
    record = sales(zone, date_from=written, date_to=written)
    found = [each and each.isoformat() for each in (record.date_from, record.date_to)]
    assert found == [date_from, date_to]


# ---------------------------------------------------------------- asking


def test_plan_of_the_whole() -> None:
    asked = body(query())
    assert asked == {
        "date_from": "2026-01-01 00:00:00",
        "date_to": "2026-01-31 23:59:59",
        "interval": "day",
        "orders": ("date",),
    }
    plan = SALES.plan(query(), account())
    assert plan.applied >= {"start", "end", "company_ids", "taxation_types", "document_types"}
    assert SALES.sorts
    assert hash(plan.lanes[0])


@pytest.mark.parametrize(
    ("field", "word"),
    [
        (SalesField.DATE, "date"),
        (SalesField.INCOME, "income"),
        (SalesField.INCOME_RETURN, "income_return"),
        (SalesField.CASH, "cash"),
        (SalesField.ECASH, "ecash"),
        (SalesField.CHECKS, "checks"),
        (SalesField.CHECKS_INCOME, "checks_income"),
        (SalesField.INCOME_AVERAGE, "avg_receipt"),
        (SalesField.OUTCOME, "outcome"),
        (SalesField.OUTCOME_RETURN, "outcome_return"),
    ],
)
@pytest.mark.parametrize("descending", [False, True])
def test_each_order(field: SalesField, word: str, descending: bool) -> None:
    tie = () if field is SalesField.DATE else ("date",)
    sent = body(query(orders=(SalesOrder(field, descending),)))["orders"]
    assert sent == (f"-{word}" if descending else word, *tie)


def test_several_orders() -> None:
    orders = (
        SalesOrder(SalesField.CHECKS, descending=True),
        SalesOrder(SalesField.DATE, descending=True),
        SalesOrder(SalesField.INCOME, descending=False),
    )
    assert body(query(orders=orders))["orders"] == ("-checks", "-date", "income")
    assert body(query(orders=()))["orders"] == ("date",)


@pytest.mark.parametrize("interval", SalesInterval)
def test_each_interval(interval: SalesInterval) -> None:
    request = SALES.plan(query(interval=interval), account()).lanes[0]
    assert dict(request.body)["interval"] == interval.value.lower()
    row = {"start": "2026-01-01", "end": "2026-01-31"}
    assert page({"data": [row]}, request=request).rows[0].interval is interval


DOCUMENTS = [
    "bso",
    "bsoCorrection",
    "closeArchive",
    "closeShift",
    "currentStateReport",
    "fiscalReport",
    "fiscalReportCorrection",
    "openShift",
    "receipt",
    "receiptCorrection",
]
TAXATIONS = ["esn_agricultural", "osn", "psn", "usn_income", "usn_income_wo_expenditure"]


@pytest.mark.parametrize(
    ("name", "wanted", "sent"),
    [
        ("company_ids", {"9", "10", "a:b"}, ("10", "9", "a:b")),
        ("retail_point_ids", {"728"}, ("728",)),
        ("cashbox_ids", {"902", "RECEIPT"}, ("902", "RECEIPT")),
        ("document_types", set(FiscalDocumentType), tuple(DOCUMENTS)),
        ("operation_types", set(OperationType), BUCKETS),
        ("taxation_types", set(TaxationType), tuple(TAXATIONS)),
        ("operation_types", {OperationType.INCOME_RETURN}, ("income_return",)),
        ("taxation_types", {TaxationType.PSN}, ("psn",)),
    ],
)
def test_each_filter(name: str, wanted: Any, sent: Any) -> None:
    asked = body(query(**{name: frozenset(wanted)}))
    assert asked == {**body(query()), name: sent}
    assert SALES.plan(query(**{name: frozenset()}), account()) == Plan(lanes=())


def test_paging() -> None:
    (lane,) = SALES.plan(query(), account()).lanes
    request = SALES.paginator.request(lane, Stretch(30, 15))
    assert dict(request.body) == {**dict(lane.body), "offset": 30, "limit": 15}
    assert SALES.paginator.past_end(Response(204, {}, b""), Stretch(0, 15))


@pytest.mark.parametrize(
    ("start", "end", "date_from", "date_to"),
    [
        # A bound inside a second: that second's receipts are before it.
        (
            "2026-01-01T00:00:00.000001+03:00",
            "2026-01-02T00:00:00+03:00",
            "2026-01-01 00:00:01",
            "2026-01-01 23:59:59",
        ),
        (
            "2026-01-01T00:00:00+03:00",
            "2026-01-01T12:00:00.5+03:00",
            "2026-01-01 00:00:00",
            "2026-01-01 12:00:00",
        ),
        (
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:01Z",
            "2026-01-01 03:00:00",
            "2026-01-01 03:00:00",
        ),
        (
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59.9-14:00",
            "0001-01-03 02:30:17",
            "9999-12-29 02:59:59",
        ),
    ],
)
def test_bounds_are_whole_seconds(start: str, end: str, date_from: str, date_to: str) -> None:
    period = [datetime.fromisoformat(text) for text in (start, end)]
    asked = body(query(start=period[0], end=period[1]))
    assert (asked["date_from"], asked["date_to"]) == (date_from, date_to)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-01-01T00:00:00.1+03:00", "2026-01-01T00:00:00.9+03:00"),
        ("2026-01-01T00:00:00.1+03:00", "2026-01-01T00:00:01+03:00"),
    ],
)
def test_no_whole_second_is_no_request(start: str, end: str) -> None:
    period = [datetime.fromisoformat(text) for text in (start, end)]
    assert SALES.plan(query(start=period[0], end=period[1]), account()).lanes == ()


@pytest.mark.parametrize(
    ("start", "end", "date_from", "date_to"),
    [  # In UTC; at 01:00 the clock of Amsterdam goes back from 03:00 to 02:00.
        ("00:10", "00:40", "02:10:00", "02:39:59"),
        ("00:10", "01:00", "02:10:00", "02:59:59"),
        ("00:10", "01:40", "02:10:00", "02:59:59"),
        ("00:10", "02:00", "02:10:00", "02:59:59"),
        ("01:00", "02:10", "03:00:00", "03:09:59"),
        ("01:40", "02:10", "03:00:00", "03:09:59"),
        ("01:00", "02:00", None, None),
    ],
)
def test_an_hour_that_comes_twice(
    start: str, end: str, date_from: str | None, date_to: str | None
) -> None:
    period = [datetime.fromisoformat(f"2026-10-25T{text}:00Z") for text in (start, end)]
    plan = SALES.plan(query(start=period[0], end=period[1]), account(AMSTERDAM))
    asked = [dict(lane.body) for lane in plan.lanes]
    found = [(each["date_from"][11:], each["date_to"][11:]) for each in asked]
    assert found == ([] if date_from is None else [(date_from, date_to)])


def test_an_hour_that_never_comes() -> None:
    start, end = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)
    first = body(query(start=start, end=end), AMSTERDAM)
    second = body(query(start=end, end=end + timedelta(hours=1)), AMSTERDAM)
    assert first["date_to"] == "2026-03-29 01:59:59"
    assert second["date_from"] == "2026-03-29 03:00:00"


NIGHTS = [
    (AMSTERDAM, datetime(2026, 10, 25, 1, tzinfo=UTC)),
    (AMSTERDAM, datetime(2026, 3, 29, 1, tzinfo=UTC)),
    (MOSCOW, datetime(2014, 10, 25, 22, tzinfo=UTC)),
    (LORD_HOWE, datetime(2026, 4, 4, 15, tzinfo=UTC)),
    (LORD_HOWE, datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    (MOSCOW, datetime(2026, 1, 1, tzinfo=UTC)),
]
OFFSETS = st.integers(-3 * 3600 * 10**6, 3 * 3600 * 10**6) | st.integers(-7, 7).map(
    lambda half: half * 1800 * 10**6
)


@given(st.sampled_from(NIGHTS), OFFSETS, OFFSETS, st.lists(st.integers(-4 * 3600, 4 * 3600)))
def test_exactly_the_wanted_seconds_are_asked_for(
    night: tuple[ZoneInfo, datetime], one: int, two: int, seconds: list[int]
) -> None:
    assume(one != two)
    zone, middle = night
    start, end = sorted(middle + timedelta(microseconds=each) for each in (one, two))
    plan = SALES.plan(query(start=start, end=end), account(zone))
    asked = [dict(lane.body) for lane in plan.lanes]
    stamps = [
        (bound + s * SECOND).astimezone(zone).replace(tzinfo=None, microsecond=0, fold=0)
        for bound in (start, end, middle)
        for s in (-1, 0, 1, *seconds)
    ]
    for stamp in stamps:
        meant = stamp.replace(tzinfo=zone).astimezone(UTC)
        within = any(each["date_from"] <= str(stamp) <= each["date_to"] for each in asked)
        assert within == (start <= meant < end)


# ---------------------------------------------------------------- finding rows again

IDS = st.none() | st.frozensets(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1)


def some(kind: Any) -> Any:
    return st.none() | st.frozensets(st.sampled_from(kind), min_size=1)


MOMENTS = st.datetimes(
    datetime.fromisoformat("2000-01-01"),
    datetime.fromisoformat("2090-01-01"),
    timezones=st.just(UTC),
    allow_imaginary=False,
)
QUERIES = st.builds(
    SalesQuery,
    start=MOMENTS,
    end=MOMENTS,
    interval=st.sampled_from(SalesInterval),
    orders=st.lists(
        st.builds(SalesOrder, st.sampled_from(SalesField), st.booleans()), max_size=3
    ).map(tuple),
    company_ids=IDS,
    retail_point_ids=IDS,
    cashbox_ids=IDS,
    document_types=some(FiscalDocumentType),
    operation_types=some(OperationType),
    taxation_types=some(TaxationType),
)


@given(QUERIES, st.integers(0, 500), st.integers(1, 100))
def test_a_hint_finds_the_rows_again(asked: SalesQuery, offset: int, limit: int) -> None:
    lanes = SALES.plan(asked, account()).lanes
    assume(lanes)
    request = SALES.paginator.request(lanes[0], Stretch(offset, limit))
    row = {"start": "2026-01-01", "end": "2026-01-31"}
    record = page({"data": [row]}, request=request).rows[0]
    hint = record.hint or ""
    assert ":" not in hint
    assert hint.isascii()
    assert SALES.find is not None
    key = Key(record.provider_id, hint)
    ((found, keys),) = SALES.find([key], account()).items()
    assert keys == [key]
    assert dict(found.body) == {**dict(lanes[0].body), "orders": ("date",)}
    assert page({"data": [row]}, request=found).rows[0].hint == hint


def hint_of(**changes: Any) -> str:
    request = SALES.plan(query(**changes), account()).lanes[0]
    row = {"start": "2026-01-01", "end": "2026-01-01"}
    return str(page({"data": [row]}, request=request).rows[0].hint)


def test_hints_differ_by_all_that_is_asked_but_not_by_order() -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"start": moscow("2026-01-02")},
        {"end": moscow("2026-02-02")},
        {"interval": SalesInterval.WEEK},
        {"company_ids": frozenset({"1"})},
        {"retail_point_ids": frozenset({"1"})},
        {"cashbox_ids": frozenset({"1"})},
        {"document_types": frozenset({FiscalDocumentType.BSO})},
        {"operation_types": frozenset({OperationType.INCOME})},
        {"taxation_types": frozenset({TaxationType.OSN})},
    ]
    assert len({hint_of(**each) for each in changes}) == len(changes)
    assert hint_of(orders=(SalesOrder(SalesField.CASH, descending=True),)) == hint_of()


def test_rows_of_one_report_are_one_request() -> None:
    assert SALES.find is not None
    keys = [
        Key("2026-01-01", hint_of()),
        Key("2026-01-01", hint_of(interval=SalesInterval.WEEK)),
        Key("2026-01-02", hint_of()),
    ]
    assert list(SALES.find(keys, account()).values()) == [[keys[0], keys[2]], [keys[1]]]


def packed(*values: Any) -> str:
    return urlsafe_b64encode(msgspec.msgpack.encode(values)).rstrip(b"=").decode()


FIRST, LAST = "2026-01-01 00:00:00", "2026-01-31 23:59:59"
NOTHING = (None,) * 6
GOOD = packed(FIRST, LAST, "day", *NOTHING)


def test_a_packed_hint() -> None:
    assert hint_of() == GOOD


@pytest.mark.parametrize(
    "hint",
    [
        None,
        "",
        "x",
        "day",
        "ы",
        f"{GOOD}=",
        f"{GOOD} ",
        f"{GOOD}A",
        GOOD[:-1],
        packed(FIRST, LAST, "day"),
        packed(FIRST, LAST, "day", *NOTHING, None),
        packed(FIRST, LAST, "year", *NOTHING),
        packed(FIRST, LAST, None, *NOTHING),
        packed(LAST, FIRST, "day", *NOTHING),
        packed("2026-01-01", LAST, "day", *NOTHING),
        packed("2026-02-30 00:00:00", "2026-03-01 00:00:00", "day", *NOTHING),
        packed(f"{FIRST}+03:00", f"{LAST}+03:00", "day", *NOTHING),
        packed(FIRST, f"{LAST}\n", "day", *NOTHING),
        packed(FIRST, LAST, "day", [], *NOTHING[1:]),
        packed(FIRST, LAST, "day", ["2", "1"], *NOTHING[1:]),
        packed(FIRST, LAST, "day", ["1", "1"], *NOTHING[1:]),
        packed(FIRST, LAST, "day", [1], *NOTHING[1:]),
        packed(FIRST, LAST, "day", "1", *NOTHING[1:]),
        packed(FIRST, LAST, "day", None, None, None, ["income"], None, None),
        packed(FIRST, LAST, "day", None, None, None, None, ["INCOME"], None),
        packed(FIRST, LAST, "day", None, None, None, None, None, ["osn", "tax"]),
        urlsafe_b64encode(b"\x99\xc1").decode(),
        urlsafe_b64encode(b"\xdd\xff\xff\xff\xff").decode(),
        urlsafe_b64encode(b"\x91" * 100_000).decode(),
    ],
)
def test_forged_hints_are_left_out(hint: str | None) -> None:
    assert SALES.find is not None
    good = Key("2026-01-02", GOOD)
    found = SALES.find([Key("2026-01-01", hint), good], account())
    assert list(found.values()) == [[good]]


@given(st.text() | st.binary().map(lambda raw: urlsafe_b64encode(raw).decode().rstrip("=")))
def test_any_text_may_be_a_hint(text: str) -> None:
    assert SALES.find is not None
    assert not SALES.find([Key("2026-01-01", text)], account())


# ---------------------------------------------------------------- credentials and refusals


def test_credentials() -> None:
    assert YANDEX_OFD.sign(Credentials("one", "two")) == {"X-Yandex-Key": "one", "X-OFD-Key": "two"}
    assert YANDEX_OFD.time_zone == "Europe/Moscow"
    assert YANDEX_OFD.base_url == "https://api.ofd.yandex.net/v1"
    assert REGISTRY["yandex_ofd"] is YANDEX_OFD


@pytest.mark.parametrize(
    ("status", "code", "kind", "provider_code"),
    [
        (400, 5, RejectedError, "5"),
        (401, 1, UnauthorizedError, "1"),
        (401, 2, UnauthorizedError, "2"),
        (401, 3, UnauthorizedError, "3"),
        (403, 3, RejectedError, "3"),
        (403, 4, RejectedError, "4"),
        (403, 18, RejectedError, "18"),
        (403, 22, RejectedError, "22"),
        (403, 23, RejectedError, "23"),
        (403, 25, RejectedError, "25"),
        (403, 1, UnauthorizedError, "1"),
        (403, 0, UnauthorizedError, "0"),
        (403, None, UnauthorizedError, None),
        (403, "3", UnauthorizedError, None),
        (403, -3, UnauthorizedError, None),
        (404, None, RejectedError, None),
        (405, 0, RejectedError, "0"),
        (422, 7, RejectedError, "7"),
        (429, None, RateLimitedError, None),
        (500, 26, UnavailableError, "26"),
        (503, 10**30, UnavailableError, None),
    ],
)
def test_refusals(status: int, code: Any, kind: Any, provider_code: str | None) -> None:
    said = f'{{"code": {msgspec.json.encode(code).decode() if code != 10**30 else code},'
    text = f'{said} "message": "s3cret", "description": "Ошибка"}}'
    error: Any = YANDEX_OFD.refusal(Response(status, {"Retry-After": "7"}, text.encode()))
    assert type(error) is kind
    assert error.http_status == status
    assert error.provider_code == provider_code
    assert "s3cret" not in str(error)


@pytest.mark.parametrize("said", [b"", b"<html>", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_refusals_without_a_code(said: bytes) -> None:
    error: Any = YANDEX_OFD.refusal(Response(403, {}, said))
    assert isinstance(error, UnauthorizedError)
    assert error.provider_code is None


def test_an_answer_is_no_refusal() -> None:
    assert YANDEX_OFD.refusal(Response(200, {}, PRINTED)) is None
