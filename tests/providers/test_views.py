"""Attributes of records convert when asked, each in its own way."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import pytest

from providers import origin as origin_module
from providers.amounts import amount, cents, number, points, ratio
from providers.errors import MalformedError
from providers.money import Money
from providers.origin import Origin
from providers.records import InvoiceStatus
from providers.views import (
    Record,
    View,
    calendar_day,
    deferred,
    identifier,
    identity,
    integer,
    json,
    label,
    lookup,
    moment,
    part,
    plain,
    text,
    texts,
    view,
    views,
)
from providers.wire import decode_row, decode_rows, raw_rows
from tests.providers.reading import origin, shown

T = TypeVar("T")
WORDS = {"open": InvoiceStatus.PENDING, "": InvoiceStatus.FAILED}


class Line(msgspec.Struct):
    """A part of a row."""

    price: str | None = None
    at: str | None = None


class Cents(msgspec.Struct):
    """Money as an object."""

    amount: int | None = None


class Row(msgspec.Struct):
    """A row with one attribute for each kind of property."""

    id: int | str | None = None
    flag: bool | None = None
    word: str | None = None
    words: list[str] | None = None
    other: int | str | None = None
    count: int | None = None
    at: str | None = msgspec.field(default=None, name="createdAt")
    total: str | None = None
    currency: str | None = None
    extra: msgspec.Raw = msgspec.Raw(b"null")
    line: Line | None = None
    lines: list[Line] | None = None
    day: str | None = None
    mark: int | str | None = None
    percent: int | None = None
    price: Decimal | None = None
    paid: Cents | None = None
    later: msgspec.Raw = msgspec.Raw(b"null")


class Envelope(msgspec.Struct, Generic[T]):
    """A page of rows."""

    rows: list[T] = msgspec.field(name="data")


class LineView(View):
    """A view of a part, whose money is in the currency of the whole."""

    __slots__ = ()
    price = amount("price", currency="outer.currency")
    at = moment("at")


class Details(View):
    """Another view of the row."""

    __slots__ = ()
    currency = text("currency")
    lines = views("lines", LineView)


class Thing(Record):
    """A record with one attribute for each kind of property."""

    __slots__ = ()
    typename = "Thing"
    provider_id = identity("id")
    flag = plain("flag")
    word = text("word")
    words = texts("words")
    other = identifier("other")
    count = integer("count")
    created_at = moment("at")
    total = amount("total")
    currency = text("currency")
    extra = json("extra")
    line = view("line", LineView)
    lines = views("lines", LineView)
    status = lookup("word", WORDS, InvoiceStatus.UNKNOWN)
    details = part(Details)
    named = text("word", "nobody")
    day = calendar_day("day")
    mark = label("mark")
    percent = integer("percent", within=range(101))
    price = number("price")
    rate = ratio("price")
    hundredths = points("count")
    paid = cents("paid")
    later = deferred("later", Line, LineView)


def thing(body: bytes, **changes: Any) -> Thing:
    """The record of an answer that is the row itself."""
    where = origin(body, **changes)
    return Thing(decode_row(body, Row, where.malformed), where)


def listed(*bodies: bytes) -> list[Thing]:
    """The records of an answer with rows under `data`."""
    body = b'{"data": [%s]}' % b", ".join(bodies)
    where = origin(body, "data")
    answer = decode_rows(body, Envelope, Row, "data", where.malformed)
    return [Thing(row, where, at) for at, row in enumerate(answer.rows)]


@pytest.mark.parametrize(
    ("attribute", "body", "value"),
    [
        ("provider_id", b'{"id": 7}', "7"),
        ("provider_id", b'{"id": "7a"}', "7a"),
        ("provider_id", b'{"id": 12345678901234567890}', "12345678901234567890"),
        ("flag", b'{"flag": false}', False),
        ("flag", b'{"flag": null}', None),
        ("word", b'{"word": "a"}', "a"),
        ("word", b'{"word": " "}', " "),
        ("word", b'{"word": ""}', None),
        ("words", b'{"words": ["a", ""]}', ["a", ""]),
        ("words", b'{"words": []}', []),
        ("words", b'{"words": null}', []),
        ("other", b'{"other": 3}', "3"),
        ("other", b'{"other": "3"}', "3"),
        ("other", b'{"other": 0}', None),
        ("other", b'{"other": ""}', None),
        ("count", b'{"count": 0}', 0),
        ("count", b'{"count": 2147483647}', 2**31 - 1),
        ("count", b'{"count": -2147483648}', -(2**31)),
        ("created_at", b'{"createdAt": "2026-01-31"}', datetime(2026, 1, 31, tzinfo=UTC)),
        ("created_at", b'{"createdAt": ""}', None),
        ("total", b'{"total": "5", "currency": "KZT"}', Money(Decimal("5.00"), "KZT")),
        ("total", b'{"total": "0.00", "currency": "KZT"}', Money(Decimal("0.00"), "KZT")),
        ("total", b'{"total": "5", "currency": ""}', None),
        ("total", b'{"total": "", "currency": "KZT"}', None),
        ("extra", b'{"extra": {"a": [1.50, null]}}', {"a": ["1.50", None]}),
        ("extra", b'{"extra": null}', None),
        ("extra", b'{"extra": ""}', ""),
        ("named", b'{"word": "a"}', "a"),
        ("named", b'{"word": ""}', "nobody"),
        ("named", b"{}", "nobody"),
        ("day", b'{"day": "2026-01-31"}', date(2026, 1, 31)),
        ("day", b'{"day": ""}', None),
        ("mark", b'{"mark": 0}', "0"),
        ("mark", b'{"mark": "07"}', "07"),
        ("mark", b'{"mark": ""}', None),
        ("percent", b'{"percent": 0}', 0),
        ("percent", b'{"percent": 100}', 100),
        ("price", b'{"price": 5, "currency": "KZT"}', Money(Decimal("5.00"), "KZT")),
        ("price", b'{"price": 0.1, "currency": "KZT"}', Money(Decimal("0.10"), "KZT")),
        ("price", b'{"price": 5}', None),
        ("price", b'{"price": null, "currency": "KZT"}', None),
        ("rate", b'{"price": 63.1}', Decimal("63.1")),
        ("hundredths", b'{"count": 19801}', Decimal("198.01")),
        (
            "paid",
            b'{"paid": {"amount": 11836}, "currency": "RUB"}',
            Money(Decimal("118.36"), "RUB"),
        ),
        ("paid", b'{"paid": {"amount": 11836}}', None),
        ("paid", b'{"paid": {}, "currency": "RUB"}', None),
        ("paid", b'{"paid": null, "currency": "RUB"}', None),
        ("later", b'{"later": {"price": null}}', {"price": None, "at": None}),
        ("later", b'{"later": {}}', None),
        ("later", b'{"later": { }}', None),
        ("later", b'{"later": ""}', None),
        ("later", b'{"later": null}', None),
        ("line", b'{"line": null}', None),
        ("line", b'{"line": {}}', {"price": None, "at": None}),
        ("lines", b'{"lines": null}', []),
        ("lines", b'{"lines": [{}]}', [{"price": None, "at": None}]),
        ("status", b'{"word": "open"}', InvoiceStatus.PENDING),
        ("status", b'{"word": "Open"}', InvoiceStatus.UNKNOWN),
        ("status", b'{"word": null}', InvoiceStatus.FAILED),
        ("status", b'{"word": 5}', InvoiceStatus.UNKNOWN),
    ],
)
def test_attribute(attribute: str, body: bytes, value: Any) -> None:
    assert shown(getattr(thing(body), attribute)) == value


@pytest.mark.parametrize(
    "attribute",
    [
        *("flag", "word", "other", "count", "created_at", "total", "extra", "line"),
        *("day", "mark", "percent", "price", "rate", "hundredths", "paid", "later"),
    ],
)
def test_absent_attribute(attribute: str) -> None:
    assert getattr(thing(b"{}"), attribute) is None


@pytest.mark.parametrize(
    ("read", "body", "complaint"),
    [
        (lambda row: row.provider_id, b'{"id": null}', "id is empty"),
        (lambda row: row.provider_id, b'{"id": ""}', "id is empty"),
        (lambda row: row.provider_id, b"{}", "id is empty"),
        (lambda row: row.count, b'{"count": 2147483648}', "count is too large"),
        (lambda row: row.count, b'{"count": -2147483649}', "count is too small"),
        (lambda row: row.created_at, b'{"createdAt": "now"}', "createdAt is not a timestamp"),
        (lambda row: row.total, b'{"total": "1e5"}', "total is not a decimal number"),
        (lambda row: row.extra, b'{"extra": "\xff"}', "extra is not UTF-8"),
        (lambda row: row.percent, b'{"percent": 101}', "percent is too large"),
        (lambda row: row.percent, b'{"percent": -1}', "percent is too small"),
        (lambda row: row.day, b'{"day": "today"}', "day is not a date"),
        (
            lambda row: row.price,
            b'{"price": true}',
            "price is not what the provider documents",
        ),
        (
            lambda row: row.paid,
            b'{"paid": {"amount": "5"}}',
            "paid.amount is not what the provider documents",
        ),
        (lambda row: row.later.at, b'{"later": {"at": "now"}}', "later.at is not a timestamp"),
        (
            lambda row: row.later.price,
            b'{"later": {"price": 5}}',
            "later.price is not what the provider documents",
        ),
        (lambda row: row.later, b'{"later": [5]}', "later is not what the provider documents"),
        (lambda row: row.line.at, b'{"line": {"at": "now"}}', "line.at is not a timestamp"),
        (
            lambda row: row.lines[1].price,
            b'{"lines": [{}, {"price": "x"}]}',
            "lines[1].price is not a decimal number",
        ),
        (
            lambda row: row.details.lines[1].price,
            b'{"lines": [{}, {"price": "x"}]}',
            "lines[1].price is not a decimal number",
        ),
        (lambda row: row.word, b'{"word": 5}', "word is not what the provider documents"),
        (
            lambda row: row.line.at,
            b'{"line": {"at": 5}}',
            "line.at is not what the provider documents",
        ),
    ],
)
def test_bad_value_names_its_place(read: Callable[[Any], Any], body: bytes, complaint: str) -> None:
    for row, place in ((thing(body), ""), (listed(b"{}", body)[1], "data[1].")):
        with pytest.raises(MalformedError) as raised:
            read(row)
        assert raised.value.reason == place + complaint
        assert (raised.value.source, raised.value.provider) == ("main", "YUME")


def test_nothing_is_judged_before_it_is_asked_for() -> None:
    row = thing(b'{"id": [], "createdAt": "now", "total": "x", "word": "a", "extra": "\xff"}')
    assert row.word == "a"


def test_money_of_a_part_is_in_the_currency_of_the_whole() -> None:
    row = thing(b'{"currency": "RUB", "lines": [{"price": "7"}]}')
    assert row.details.lines[0].price == Money(Decimal("7.00"), "RUB")


def test_time_is_in_the_zone_of_the_source() -> None:
    row = thing(b'{"createdAt": "2026-01-31 12:00"}', zone=ZoneInfo("Europe/Moscow"))
    assert row.created_at.isoformat() == "2026-01-31T12:00:00+03:00"


def test_record_says_where_it_is_from() -> None:
    where = origin(b"{}")
    row = Thing(Row(), where)
    assert (row.source, row.fetched_at) == (where.source, where.fetched_at)
    assert (row.hint, row.present, row.own_payment, row.own_invoice) == (None, True, None, None)


def test_key_is_the_providers_id() -> None:
    assert (thing(b'{"id": 7}').key_id, thing(b'{"id": "7a"}').key_id) == ("7", "7a")


def test_raw_is_the_row_as_received() -> None:
    rows = (b'{"id": 1,  "new": 1.50}', b'{"id": 2, "word": 5}')
    assert [bytes(row.raw) for row in listed(*rows)] == list(rows)
    assert bytes(thing(rows[0]).raw) == rows[0]


def test_answer_is_looked_through_once_for_all_its_raw_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[str] = []

    def counted(body: bytes, key: str) -> Sequence[msgspec.Raw]:
        looked.append(key)
        return raw_rows(body, key)

    monkeypatch.setattr(origin_module, "raw_rows", counted)
    rows = listed(b'{"id": 1}', b'{"id": 2}')
    assert looked == []
    assert [bytes(row.raw) for row in rows] == [b'{"id": 1}', b'{"id": 2}']
    assert looked == ["data"]


def test_raw_that_is_not_utf8() -> None:
    body = b'{"id": 1, "new": "\xff"}'
    good, bad = listed(b'{"id": 0}', body)
    assert bytes(good.raw) == b'{"id": 0}'
    with pytest.raises(MalformedError, match=r"^main: data\[1\] is not UTF-8$"):
        _ = bad.raw
    with pytest.raises(MalformedError, match=r"^main: the answer is not UTF-8$"):
        _ = thing(body).raw


def test_origin_attributes_its_errors() -> None:
    where: Origin = origin()
    assert where.malformed("nonsense").extensions["source"] == "main"
