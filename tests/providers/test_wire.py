"""Answers become rows, and a bad value costs that value only."""

import math
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any, Generic, TypeVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import MalformedError, RateLimitedError
from providers.wire import (
    Lenient,
    Request,
    Response,
    decode,
    decode_row,
    decode_rows,
    raw_rows,
    status_refusal,
    utf8,
    wire_name,
)

T = TypeVar("T")
DEEP = b'{"id": 1, "count": 1, "data": [], "more": %s%s}' % (b"[" * 100_000, b"]" * 100_000)
LONG = b"1" * 5_000
BAD_KEY = b'{"\xff": 1, "id": 1, "name": 5}'
HUGE = b"1e99999999999999999999"
NOT_JSON = (
    *(b"", b" ", b"<html></html>", b"{", b'{"id', b"{'id': 1}", b"NaN", DEEP),
    *(b'{"id": 1, "count": 1, "data": []}' + end for end in (b"}", b"{}", b"x", b"\x00")),
)


class Part(msgspec.Struct):
    """A part of a row."""

    code: str | None = None
    weight: int | None = None
    inner: "Part | None" = None


class Row(msgspec.Struct):
    """A row with a value of each kind."""

    id: int | str
    name: str | None = None
    price: Decimal | None = None
    flag: bool | None = None
    words: list[str] | None = None
    part: Part | None = None
    parts: list[Part] | None = None
    must: list[Part] = msgspec.field(default_factory=list)
    extra: msgspec.Raw = msgspec.Raw(b"null")
    kind: str | None = msgspec.field(default="usual", name="Kind")


class Envelope(msgspec.Struct, Generic[T]):
    """A page of them."""

    count: int
    rows: list[T] = msgspec.field(name="data")


def plain(row: Any, kind: Any = Row) -> Any:
    """The attributes of a row, strict or lenient, as plain values."""
    values = {field.name: getattr(row, field.name) for field in msgspec.structs.fields(kind)}
    for name in ("part", "inner"):
        if values.get(name) is not None:
            values[name] = plain(values[name], Part)
    for name in ("parts", "must"):
        if values.get(name) is not None:
            values[name] = [plain(part, Part) for part in values[name]]
    return {n: bytes(v) if isinstance(v, msgspec.Raw) else v for n, v in values.items()}


def page(*rows: bytes) -> Any:
    body = b'{"count": 9, "data": [' + b",".join(rows) + b"]}"
    return decode_rows(body, Envelope, Row, "data", MalformedError)


# ---------------------------------------------------------------- requests and refusals


def test_equal_requests_are_one() -> None:
    one = Request("POST", "/list", (("page", "1"),), (("dates", ("a", "b")), ("size", 20)))
    other = Request("POST", "/list", (("page", "1"),), (("dates", ("a", "b")), ("size", 20)))
    assert {one: "answer"}[other] == "answer"


def test_asking_adds_parameters_behind_the_present_ones() -> None:
    lane = Request("GET", "/list", (("kind", "a"),))
    assert lane.asking(page=3, q="x").query == (("kind", "a"), ("page", "3"), ("q", "x"))
    assert lane.query == (("kind", "a"),)


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        *((status, "UPSTREAM_REJECTED", False) for status in (201, 204, 301, 302, 400, 404, 418)),
        *((status, "UPSTREAM_UNAUTHORIZED", False) for status in (401, 403)),
        (429, "UPSTREAM_RATE_LIMITED", True),
        *((status, "UPSTREAM_UNAVAILABLE", True) for status in (500, 502, 503, 504, 599)),
    ],
)
def test_refusal_by_status(status: int, code: str, retryable: bool) -> None:
    refusal = status_refusal(Response(status, {}, b"token s3cret is wrong"), "E7")
    assert refusal is not None
    assert (refusal.code, refusal.retryable) == (code, retryable)
    assert (refusal.http_status, refusal.provider_code) == (status, "E7")
    assert "s3cret" not in str(refusal)
    assert str(status) in str(refusal)


def test_200_is_no_refusal() -> None:
    assert status_refusal(Response(200, {"Retry-After": "5"}, b"")) is None


def retry_after(value: str | None) -> float | None:
    headers = {} if value is None else {"Retry-After": value}
    refusal = status_refusal(Response(429, headers, b""))
    assert isinstance(refusal, RateLimitedError)
    return refusal.retry_after_seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0),
        ("120", 120),
        ("007", 7),
        ("1" * 5_000, 111_111_111),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),  # over
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
        ("Mon, 1 Jan 99999999999999999999 00:00:00 GMT", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value) == seconds


@pytest.fixture
def far_from_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose clock is set to another zone."""
    monkeypatch.setenv("TZ", "XXX-11")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("far_from_greenwich")
@pytest.mark.parametrize("form", ["GMT", "+0000", "-0000", "asctime"])
def test_retry_after_as_a_date(form: str) -> None:
    then = datetime.now(UTC) + timedelta(hours=1)
    forms = {"GMT": format_datetime(then, usegmt=True), "+0000": format_datetime(then)}
    forms["-0000"] = format_datetime(then.replace(tzinfo=None))
    forms["asctime"] = then.strftime("%a %b %d %H:%M:%S %Y")
    seconds = retry_after(forms[form])
    assert seconds is not None
    assert 0 < seconds <= 3600


@pytest.mark.parametrize("zone", ["-1200", "+1200"])
def test_retry_after_at_the_end_of_the_calendar(zone: str) -> None:
    seconds = retry_after(f"Fri, 31 Dec 9999 23:59:59 {zone}")
    assert seconds is not None
    assert seconds > 10**11


@given(st.text(max_size=50) | st.from_regex(r"\A\w{3}, \d+ Jan \d+ \d+:\d+:\d+ [+-]?\w{0,6}\Z"))
def test_retry_after_is_seconds_or_nothing(value: str) -> None:
    seconds = retry_after(value)
    assert seconds is None or (seconds >= 0 and math.isfinite(seconds))


# ---------------------------------------------------------------- decoding


@pytest.mark.parametrize("body", NOT_JSON)
@pytest.mark.parametrize("kind", [Any, Row, Envelope[Row], Envelope[Any]])
def test_what_is_no_json(body: bytes, kind: Any) -> None:
    with pytest.raises(MalformedError, match=r"^the answer is not JSON$"):
        decode(body, kind)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"null", "the answer has a wrong shape"),
        (b"[]", "the answer has a wrong shape"),
        (b'"s3cret"', "the answer has a wrong shape"),
        (HUGE, "the answer has a wrong shape"),
        (LONG, "the answer has a wrong shape"),
        (b"{}", "count is missing"),
        (b'{"count": 1}', "data is missing"),
        (b'{"count": "s3cret", "data": []}', "count is not what the provider documents"),
        (b'{"count": null, "data": []}', "count is not what the provider documents"),
        (b'{"count": 1.5, "data": []}', "count is not what the provider documents"),
        (b'{"count": %s, "data": []}' % LONG, "count is not what the provider documents"),
        (b'{"count": 1, "data": null}', "data is not what the provider documents"),
        (b'{"count": 1, "data": {"s3cret": 1}}', "data is not what the provider documents"),
    ],
)
def test_wrong_envelope(body: bytes, complaint: str) -> None:
    with pytest.raises(MalformedError) as strict:
        decode(body, Envelope[Row])
    with pytest.raises(MalformedError) as lenient:
        decode_rows(body, Envelope, Row, "data", MalformedError)
    assert str(strict.value) == str(lenient.value) == complaint


def test_number_that_is_no_decimal() -> None:
    with pytest.raises(MalformedError):
        decode(b'{"a": %s}' % HUGE, Any)


def test_numbers_are_exact() -> None:
    assert decode(b"[118.36, 0.10, 12345678901234567890]", Any) == [
        *(Decimal("118.36"), Decimal("0.10"), 12345678901234567890)
    ]
    assert page(b'{"id": 1, "price": 0.10}').rows[0].price.as_tuple() == (0, (1, 0), -2)


def test_rows_as_documented_are_structs() -> None:
    given = page(b'{"id": 1, "name": "a", "unknown": {"x": []}}', b'{"id": "b", "Kind": "odd"}')
    assert given.count == 9
    assert given.rows == [Row(1, "a"), Row("b", kind="odd")]


def test_only_the_bad_row_is_lenient() -> None:
    rows = page(b'{"id": 1}', b'{"id": 2, "name": 5}', b'{"id": 3}').rows
    assert [type(row) for row in rows] == [Row, Lenient, Row]
    assert [row.id for row in rows] == [1, 2, 3]


BAD_ROW = b"""{"name": 5, "flag": "s3cret", "words": ["a", null], "Kind": {}, "price": "s3cret",
    "part": {"code": 7, "inner": {"weight": "s3cret"}}, "parts": [{}, {"code": 1}, 3]}"""


@pytest.mark.parametrize(
    ("row", "prefix"),
    [(page(BAD_ROW).rows[0], "data[0]."), (decode_row(BAD_ROW, Row, MalformedError), "")],
)
def test_bad_values_name_their_place(row: Any, prefix: str) -> None:
    readings: dict[str, Callable[[], Any]] = {
        "name": lambda: row.name,
        "flag": lambda: row.flag,
        "words": lambda: row.words,
        "Kind": lambda: row.kind,
        "price": lambda: row.price,
        "part.code": lambda: row.part.code,
        "part.inner.weight": lambda: row.part.inner.weight,
        "parts[1].code": lambda: row.parts[1].code,
        "parts[2]": lambda: row.parts[2].weight,
    }
    for place, read in readings.items():
        with pytest.raises(MalformedError) as raised:
            read()
        assert str(raised.value) == f"{prefix}{place} is not what the provider documents"
    with pytest.raises(MalformedError) as raised:
        _ = row.id
    assert str(raised.value) == f"{prefix}id is missing"
    assert (row.extra, row.part.weight, row.parts[0].code) == (msgspec.Raw(b"null"), None, None)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("name", [b"5", b"true", b"[]", b"{}"]),
        ("price", [b"true", b"[]", b"{}", b'"s3cret"', b'""']),
        ("flag", [b"0", b'"true"', b"[]"]),
        ("words", [b"5", b'"s3cret"', b"{}", b"[1]", b"[null]"]),
        ("part", [b"5", b'"s3cret"', b"true", b"[]", b"[{}]"]),
        ("parts", [b"5", b'"s3cret"', b"true", b"{}", b"[[]]", b"[null]", b'["s3cret"]']),
        ("must", [b"5", b'"s3cret"', b"true", b"{}", b"[[]]", b"null"]),
    ],
)
def test_value_of_a_wrong_kind(name: str, values: list[bytes]) -> None:
    for value in (*values, HUGE, b'"\xff"', LONG if name != "price" else HUGE):
        row = page(b'{"id": 1, "kind": "a", "%s": %s}' % (name.encode(), value)).rows[0]
        assert row.id == 1
        with pytest.raises(MalformedError) as raised:
            plain(row)
        place = str(raised.value).removesuffix(" is not what the provider documents")
        assert place.removesuffix("[0]") == f"data[0].{name}"


def test_list_that_is_none_is_one_object_of_which_nothing_can_be_read() -> None:
    (part,) = page(b'{"id": 1, "parts": {"code": "x"}}').rows[0].parts
    for name in ("code", "weight", "inner"):
        with pytest.raises(MalformedError, match=r"^data\[0\].parts is not what the provider doc"):
            getattr(part, name)


@pytest.mark.parametrize("row", [b"5", b"null", b"[]", b'"s3cret"', BAD_KEY, LONG])
def test_row_that_is_no_object(row: bytes) -> None:
    good, bad = page(b'{"id": 1}', row).rows
    assert good == Row(1)
    with pytest.raises(MalformedError, match=r"^data\[1\] is not what the provider documents$"):
        _ = bad.id


@pytest.mark.parametrize("body", [b"null", b"[]", b"5", b'"s3cret"', LONG])
def test_single_row_that_is_no_object(body: bytes) -> None:
    with pytest.raises(MalformedError, match=r"^the answer has a wrong shape$"):
        decode_row(body, Row, MalformedError)


@pytest.mark.parametrize("body", NOT_JSON)
def test_rows_that_are_no_json(body: bytes) -> None:
    with pytest.raises(MalformedError, match=r"^the answer is not JSON$"):
        decode_row(body, Row, MalformedError)
    with pytest.raises(MalformedError, match=r"^the answer is not JSON$"):
        decode_rows(body, Envelope, Row, "data", MalformedError)


def test_unknown_keys_are_not_judged() -> None:
    row = page(b'{"id": 1, "name": 5, "new": %s, "newer": %s}' % (LONG, HUGE)).rows[0]
    assert row.id == 1


# JSON of a good row: each key absent, null or as documented.
words = st.text(max_size=5)
weights = st.integers(-(10**20), 10**20)
part_json = st.recursive(
    st.fixed_dictionaries({}, optional={"code": st.none() | words, "weight": st.none() | weights}),
    lambda inner: st.fixed_dictionaries({"inner": st.none() | inner}, optional={"code": words}),
    max_leaves=3,
)
any_json = st.recursive(
    st.none() | st.booleans() | weights | words | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
optional = {
    "name": words,
    "price": weights | st.decimals(allow_nan=False, allow_infinity=False).map(str),
    "flag": st.booleans(),
    "words": st.lists(words, max_size=3),
    "part": part_json,
    "parts": st.lists(part_json, max_size=3),
    "Kind": words,
}
row_json = st.fixed_dictionaries(
    {"id": weights | words},
    optional={
        **{key: st.none() | values for key, values in optional.items()},
        "must": st.lists(part_json, max_size=3),
        "extra": any_json,
        "unknown": any_json,
    },
)


def leniently(text: bytes) -> Lenient:
    """What `decode_row` makes of a row, had one value of it been bad."""
    return Lenient(Row, decode(text, dict[str, msgspec.Raw]), "", MalformedError)


@given(row_json)
def test_lenient_decoding_agrees_with_strict_decoding(row: dict[str, Any]) -> None:
    text = msgspec.json.encode(row)
    assert plain(leniently(text)) == plain(decode(text, Row))


POISONS: list[Any] = [[[1]], [5, True], {"code": [[]]}]


@given(row_json, st.sampled_from(sorted({*optional, "must"})), st.sampled_from(POISONS))
def test_poisoned_value_costs_only_that_value(row: dict[str, Any], key: str, poison: Any) -> None:
    good = decode(msgspec.json.encode(row), Row)
    bad = decode_row(msgspec.json.encode({**row, key: poison}), Row, MalformedError)
    for field in msgspec.structs.fields(Row):
        if field.encode_name != key:
            assert getattr(bad, field.name) == getattr(good, field.name)
    with pytest.raises(MalformedError, match=rf"^{key}\b.*is not what the provider documents$"):
        plain(bad)


def test_lenient_row_has_only_the_attributes_of_its_struct() -> None:
    row = leniently(b'{"id": 1, "unknown": 2}')
    assert hasattr(row, "id")
    assert not hasattr(row, "unknown")


def test_wire_name() -> None:
    assert wire_name(Row(1), "kind") == "Kind"
    assert wire_name(leniently(b"{}"), "kind") == "Kind"


# ---------------------------------------------------------------- rows as received


def test_raw_rows_are_as_received() -> None:
    body = b'{"data": [ {"a": 1.50,  "b":"\\u0041"} , 7 ], "count": 2}'
    assert [bytes(row) for row in raw_rows(body, "data")] == [b'{"a": 1.50,  "b":"\\u0041"}', b"7"]


def test_undecoded_text_is_checked_to_be_utf8() -> None:
    good = msgspec.Raw('{"имя": "Төлем"}'.encode())
    assert utf8(good) is good
    with pytest.raises(MalformedError, match=r"^is not UTF-8$"):
        utf8(msgspec.Raw(b'{"a": "\xff"}'))
