"""Yume's invoices, against the example that its document prints and whatever else may come."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path as Folder
from typing import Any

import pytest

from providers.base import Account, Plan
from providers.errors import MalformedError
from providers.money import Money
from providers.paginators import Slice
from providers.queries import InvoiceQuery
from providers.records import InvoiceStatus
from providers.wire import Request, Response
from providers.yume import YUME, Credentials, InvoiceRow
from tests.providers.reading import Path, differences, leaves, origin, replaced, shown, written

EXAMPLES = Folder(__file__).parent / "examples"
PRINTED = json.loads((EXAMPLES / "yume_invoices_printed.json").read_text())
TELLING = json.loads((EXAMPLES / "yume_invoices.json").read_text())  # each value is its own
ROW = TELLING["results"][0]
LIST = YUME.listings["invoices"]
SINGLE = LIST.single
MAIN = Account("main", Credentials("s3cret"), UTC)
FIELDS = [path for path, _ in leaves(ROW) if path[-1] != "invoice"]  # parts repeat their invoice
TYPED = [path for path in FIELDS if "extra" not in path]
NULLABLE = [path for path in TYPED if isinstance(path[-1], str) and path != ("id",)]
PARTS: list[Path] = [
    *(("items", 0), ("errors", 0)),
    *(("items", 0, "integration"), ("items", 0, "variant")),
]
OWN = {"id", "currency", "status", "total", "captured_amount", "refund_amount", "created_at"}
ATTRIBUTES = {
    "id": "provider_id",
    "tenant": "tenant_id",
    "card": "card_id",
    "captured_amount": "captured",
    "refund_amount": "refunded",
    "integration_period": "integration_period_id",
    "visable": "visible",
}
MONEY: set[Path] = {("total",), ("captured",), ("refunded",)}
MONEY |= {("details", "items", at, name) for at in (0, 1) for name in ("price", "amount")}


def read(answer: Any) -> Any:
    """The page of an answer, given as JSON or as it is on the wire."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return LIST.page(Response(200, {}, body), origin(body, LIST.rows))


def invoice(row: Any) -> Any:
    """The record of a row that is the only one."""
    return read({**TELLING, "results": [row]}).rows[0]


def look_up(body: bytes) -> Any:
    assert SINGLE is not None
    return SINGLE.record(Response(200, {}, body), origin(body))


def places(path: Path) -> set[Path]:
    """Where the graph shows what is at a path of the row."""
    if path == ("id",):
        return {("provider_id",), ("key_id",)}
    if path == ("currency",):
        return {("currency",), ("details", "currency"), *MONEY}
    if path == ("status",):
        return {("status",), ("provider_status",)}
    attribute = tuple(ATTRIBUTES.get(str(key), key) for key in path)
    return {attribute if path[0] in OWN else ("details", *attribute)}


def at(value: Any, path: Path) -> Any:
    """What is at the end of a path."""
    for key in path:
        value = value[key]
    return value


def texts(value: Any) -> list[str]:
    """Every value as text, as Yume would write it."""
    if isinstance(value, datetime):
        return [value.isoformat().replace("+00:00", "Z")]
    if isinstance(value, Money):
        return [str(value.amount), value.currency]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [str(value)]


# ---------------------------------------------------------------- the example


def test_printed_example_decodes() -> None:
    (record,) = read(PRINTED).rows
    assert isinstance(record.row, InvoiceRow)
    complaints = {text for text in texts(shown(record)) if " is not " in text}
    places = {text.removesuffix(" is not a decimal number") for text in complaints}
    row = "main: results[0]"  # its amounts are "<string>"
    assert places == {
        *(f"{row}.{name}" for name in ("total", "captured_amount", "refund_amount")),
        *(f"{row}.items[0].{name}" for name in ("price", "amount")),
    }


def keys(value: Any) -> set[str]:
    """The keys of an object and of those in it."""
    return {".".join(key for key in path if isinstance(key, str)) for path, _ in leaves(value)}


def test_telling_example_is_shaped_as_printed() -> None:
    telling = keys(replaced(ROW, ("items", 0, "integration", "extra"), None))
    assert telling - {"items.integration", "items.variant"} == keys(PRINTED["results"][0])
    assert TELLING.keys() == PRINTED.keys()


def test_telling_example_has_no_value_twice() -> None:
    values = [str(at(ROW, path)) for path in FIELDS]
    assert {value for value in values if values.count(value) > 1} == {"True", "None"}


def test_every_value_is_shown() -> None:
    record = invoice(ROW)
    assert isinstance(record.row, InvoiceRow)
    found = texts(shown(record))
    assert [path for path, value in leaves(ROW) if str(value) not in found] == []


@pytest.mark.parametrize("path", FIELDS, ids=written)
def test_every_value_makes_a_difference_where_it_is_shown(path: Path) -> None:
    value = at(ROW, path)
    others = {bool: not value, int: 5, float: 5.5, type(None): {"id": 5}}
    other = others.get(type(value), "2020-01-01T00:00:00Z" if str(value)[-1] == "Z" else "5.55")
    changed = differences(shown(invoice(ROW)), shown(invoice(replaced(ROW, path, other))))
    assert set(changed) == places(path)


def test_what_becomes_what() -> None:
    record = invoice(ROW)
    assert {
        name: getattr(record, name)
        for name in ("provider_id", "number", "status", "provider_status", "description")
    } == {
        "provider_id": "9401",
        "number": None,
        "status": InvoiceStatus.PAID,
        "provider_status": "confirmed",
        "description": None,
    }
    assert record.created_at == datetime(2026, 10, 7, 5, 31, 56, tzinfo=UTC)
    assert record.currency == "KZT"
    assert record.total == Money(Decimal("44700.50"), "KZT")
    assert record.captured == Money(Decimal("44650.25"), "KZT")
    assert record.refunded == Money(Decimal("-120.75"), "KZT")
    assert record.details.items[1].price == Money(Decimal("3900.30"), "KZT")
    assert record.details.items[0].integration.visible is True


def test_views_name_their_graph_types() -> None:
    record = invoice(ROW)
    item = record.details.items[0]
    views = (record, record.details, item, item.integration, item.variant, record.details.errors[0])
    assert [view.typename for view in views] == [
        *("Invoice", "YumeInvoice", "YumeInvoiceItem"),
        *("YumeIntegration", "YumeVariant", "YumeInvoiceError"),
    ]


def test_raw_is_the_row() -> None:
    body = (EXAMPLES / "yume_invoices.json").read_bytes()
    assert [json.loads(bytes(row.raw)) for row in read(body).rows] == TELLING["results"]
    single = json.dumps(ROW).encode()
    assert bytes(look_up(single).raw) == single


@pytest.mark.parametrize("bad", [b"", b', "slug": 5'])
def test_extra_is_as_it_was(bad: bytes) -> None:
    extra = b'{"fee": 2.50,  "ceiling": 12345678901234567890, "name": "T\\u00f6lem"}'
    row = b'{"id": 1, "items": [{"integration": {"extra": %s%s}}]}' % (extra, bad)
    record = read(b'{"count": 1, "results": [%s]}' % row).rows[0]
    assert bytes(record.details.items[0].integration.extra) == extra


# ---------------------------------------------------------------- what may be otherwise


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("waiting", InvoiceStatus.PENDING),
        ("confirmed", InvoiceStatus.PAID),
        ("rejected", InvoiceStatus.FAILED),
        ("refunded", InvoiceStatus.REFUNDED),
        ("on_hold", InvoiceStatus.UNKNOWN),
        ("Confirmed", InvoiceStatus.UNKNOWN),
        (" waiting", InvoiceStatus.UNKNOWN),
    ],
)
def test_status(word: str, status: InvoiceStatus) -> None:
    record = invoice({"id": 1, "status": word})
    assert (record.status, record.provider_status) == (status, word)


@pytest.mark.parametrize("row", [{"id": 1}, {"id": 1, "status": None}, {"id": 1, "status": ""}])
def test_status_that_is_not_stated(row: Any) -> None:
    assert (invoice(row).status, invoice(row).provider_status) == (InvoiceStatus.UNKNOWN, None)


def test_status_that_is_no_word() -> None:
    record = invoice({"id": 1, "status": 5})
    assert record.status is InvoiceStatus.UNKNOWN
    with pytest.raises(MalformedError, match=r"results\[0\].status is not what the provider"):
        _ = record.provider_status


NOTHING: dict[str, Any] = {
    **dict.fromkeys(["number", "description", "card_last_four"], None),
    **dict.fromkeys(["provider_status", "created_at", "currency"], None),
    **dict.fromkeys(["total", "captured", "refunded"], None),
}


@pytest.mark.parametrize(
    "row",
    [
        {"id": 1},
        {"id": 1, **dict.fromkeys(ROW.keys() - {"id"})},
        {
            "id": 1,
            "tenant": 0,
            "card": 0,
            "currency": "",
            "status": "",
            "total": "",
            "captured_amount": "",
            "refund_amount": "",
            "captured_at": "",
            "start_at": "",
            "end_at": "",
            "items": [],
            "errors": [],
            "transaction_url": "",
            "created_at": "",
        },
        {"id": 1, "tenant": "", "card": "", "new": {"deep": [None]}},
    ],
    ids=["missing", "null", "empty", "strange"],
)
def test_row_that_says_nothing(row: Any) -> None:
    record = invoice(row)
    assert isinstance(record.row, InvoiceRow)
    assert {name: getattr(record, name) for name in NOTHING} == NOTHING
    details = shown(record.details)
    assert (details.pop("items"), details.pop("errors")) == ([], [])
    assert set(details.values()) == {None}


def emptied(part: Any) -> Any:
    """The part with an empty string or a zero in place of each value."""
    empty: dict[type, Any] = {str: "", int: 0}
    return {key: empty.get(type(value)) for key, value in part.items() if key != "count"}


@pytest.mark.parametrize("path", PARTS, ids=written)
@pytest.mark.parametrize("nothing", [lambda _: {}, lambda _: {"new": [{}]}, dict.fromkeys, emptied])
def test_part_that_says_nothing(path: Path, nothing: Callable[[Any], Any]) -> None:
    row = replaced(ROW, path, nothing(at(ROW, path)))
    if "extra" in at(row, path):
        row = replaced(row, (*path, "extra"), None)
    (place,) = places(path)
    record = invoice(row)
    assert isinstance(record.row, InvoiceRow)
    part = at(shown(record), place)
    assert {name for name, value in part.items() if value not in (None, [])} == set()
    assert {name for name, value in part.items() if value == []} == (
        {"tags", "modules", "limits"} & part.keys()
    )


@pytest.mark.parametrize("path", NULLABLE, ids=written)
def test_null_costs_that_value_only(path: Path) -> None:
    record = invoice(replaced(ROW, path, None))
    assert isinstance(record.row, InvoiceRow)
    after = shown(record)
    changed = set(differences(shown(invoice(ROW)), after))
    assert changed == (places(path) if at(ROW, path) is not None else set())
    assert {at(after, place) for place in changed} <= {None, InvoiceStatus.UNKNOWN}


def test_money_without_a_currency_is_none() -> None:
    record = invoice({**ROW, "currency": None})
    assert (record.total, record.details.items[0].price) == (None, None)
    assert (record.currency, record.provider_id) == (None, "9401")


def test_amount_of_zero_is_zero() -> None:
    record = invoice({"id": 1, "currency": "USD", "refund_amount": "0.00"})
    assert record.refunded == Money(Decimal("0.00"), "USD")


def test_long_amount_keeps_its_digits() -> None:
    total = "123456789012345678901234567890123456789"
    assert str(invoice({"id": 1, "currency": "UZS", "total": total}).total.amount) == f"{total}.00"


# ---------------------------------------------------------------- what is wrong


@pytest.mark.parametrize("poison", [[["s3cret"]], [{"s3cret": 1.5}], -1.5], ids=str)
@pytest.mark.parametrize("path", TYPED, ids=written)
def test_wrong_type_costs_that_value_only(path: Path, poison: Any) -> None:
    value = path[:-1] if isinstance(path[-1], int) else path  # a list of words is one value
    after = shown(invoice(replaced(ROW, path, poison)))
    changed = set(differences(shown(invoice(ROW)), after))
    assert changed == places(value)
    complaint = f"main: results[0].{written(value)} is not what the provider documents"
    assert {at(after, place) for place in changed - {("status",)}} == {complaint}
    assert after["status"] == (InvoiceStatus.UNKNOWN if path == ("status",) else InvoiceStatus.PAID)


@pytest.mark.parametrize("name", ["items", "errors"])
@pytest.mark.parametrize("value", [5, "s3cret", {"id": 5}, True], ids=str)
def test_list_that_is_none_costs_what_is_read_of_it(name: str, value: Any) -> None:
    after = shown(invoice({**ROW, name: value}))
    assert differences(shown(invoice(ROW)), after) == [("details", name)]
    (part,) = after["details"][name]
    complaint = f"main: results[0].{name} is not what the provider documents"
    assert set(part.values()) == {complaint}


@pytest.mark.parametrize(
    ("read_value", "path", "value", "complaint"),
    [
        (lambda r: r.created_at, "created_at", "yesterday", "is not a timestamp"),
        (lambda r: r.created_at, "created_at", 1700000000, "is not what the provider documents"),
        (lambda r: r.total, "total", "1e5", "is not a decimal number"),
        (lambda r: r.total, "total", 118.36, "is not what the provider documents"),
        (lambda r: r.total, "currency", 398, "is not what the provider documents"),
        (lambda r: r.details.captured_at, "captured_at", "soon", "is not a timestamp"),
        (lambda r: r.details.tenant_id, "tenant", True, "is not what the provider documents"),
        (lambda r: r.details.card_id, "card", 1.5, "is not what the provider documents"),
        (lambda r: r.details.items[0].count, "items[0].count", 2**31, "is too large"),
        (lambda r: r.details.items[1].price, "items[1].price", "x", "is not a decimal number"),
        (lambda r: r.details.items[0].start_at, "items[0].start_at", "x", "is not a timestamp"),
        (
            lambda r: r.details.errors[1].created_at,
            "errors[1].created_at",
            "x",
            "is not a timestamp",
        ),
    ],
)
def test_complaint_names_the_place(
    read_value: Callable[[Any], Any], path: str, value: Any, complaint: str
) -> None:
    (exact,) = (each for each in FIELDS if written(each) == path)
    rows = [{"id": 1}, {"id": 2}, {"id": 3}, replaced(ROW, exact, value)]
    with pytest.raises(MalformedError) as raised:
        read_value(read({"count": 4, "results": rows}).rows[3])
    assert raised.value.reason == f"results[3].{path} {complaint}"
    with pytest.raises(MalformedError) as raised:
        read_value(look_up(json.dumps(rows[3]).encode()))
    assert raised.value.reason == f"{path} {complaint}"


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"id": None}, "results[0].id is not what the provider documents"),
        ({"id": []}, "results[0].id is not what the provider documents"),
        ({"id": True}, "results[0].id is not what the provider documents"),
        ({"id": 1.5}, "results[0].id is not what the provider documents"),
        ({"id": ""}, "results[0].id is empty"),
        ({"total": "5.00"}, "results[0].id is missing"),
        ({}, "results[0].id is missing"),
        (None, "results[0] is not what the provider documents"),
        ("s3cret", "results[0] is not what the provider documents"),
        ([{"id": 1}], "results[0] is not what the provider documents"),
    ],
)
def test_row_without_an_id(row: Any, complaint: str) -> None:
    with pytest.raises(MalformedError) as raised:
        _ = invoice(row).provider_id
    assert raised.value.reason == complaint


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ({"results": []}, "count is missing"),
        ({"count": 1}, "results is missing"),
        ({"count": -1, "results": []}, "count is not what the provider documents"),
        ({"count": 2**31, "results": []}, "count is not what the provider documents"),
        ({"count": None, "results": []}, "count is not what the provider documents"),
        ({"count": "s3cret", "results": []}, "count is not what the provider documents"),
        ({"count": True, "results": []}, "count is not what the provider documents"),
        ({"count": 1, "results": None}, "results is not what the provider documents"),
        ({"count": 1, "results": {"s3cret": 1}}, "results is not what the provider documents"),
        ({"detail": "s3cret"}, "count is missing"),
        (None, "the answer has a wrong shape"),
        ([], "the answer has a wrong shape"),
        ("s3cret", "the answer has a wrong shape"),
        (b"", "the answer is not JSON"),
        (b"<html>s3cret</html>", "the answer is not JSON"),
    ],
)
def test_wrong_envelope(answer: Any, complaint: str) -> None:
    with pytest.raises(MalformedError) as raised:
        read(answer)
    assert raised.value.reason == complaint


# ---------------------------------------------------------------- asking


def test_sign() -> None:
    assert YUME.sign(Credentials("s3cret")) == {"Authorization": "Bearer s3cret"}
    assert YUME.sign(Credentials("s3cret", "Token")) == {"Authorization": "Token s3cret"}


def test_list_request() -> None:
    (lane,) = LIST.plan(InvoiceQuery(), MAIN).lanes
    assert LIST.paginator.request(lane, Slice(2, 20)) == Request(
        "GET", "/v1/billing/invoices/", (("page", "3"), ("pageSize", "20"))
    )


@pytest.mark.parametrize(
    "query",
    [
        InvoiceQuery(),
        InvoiceQuery(statuses=frozenset({InvoiceStatus.PAID})),
        InvoiceQuery(created_from=datetime(2026, 1, 1, tzinfo=UTC)),
        InvoiceQuery(created_to=datetime(2026, 1, 1, tzinfo=UTC)),
        InvoiceQuery(total_from=Decimal(1)),
        InvoiceQuery(total_to=Decimal(1)),
        InvoiceQuery(currencies=frozenset({"KZT"})),
    ],
)
def test_one_list_whatever_is_wanted(query: InvoiceQuery) -> None:
    lanes = (Request("GET", "/v1/billing/invoices/"),)
    assert LIST.plan(query, MAIN) == Plan(lanes, applied=frozenset(), holds_others=False)


@pytest.mark.parametrize(
    "query",
    [InvoiceQuery(number="5"), InvoiceQuery(card_last_four="1234"), InvoiceQuery(number="")],
)
def test_filter_on_what_yume_does_not_have_matches_nothing(query: InvoiceQuery) -> None:
    assert LIST.plan(query, MAIN) == Plan(())


@pytest.mark.parametrize("provider_id", ["1", "9401", "12345678901234567890"])
def test_single_request(provider_id: str) -> None:
    assert SINGLE is not None
    assert SINGLE.request(provider_id) == Request("GET", f"/v1/billing/invoices/{provider_id}/")


@pytest.mark.parametrize(
    "provider_id",
    [
        *("", "0", "00", "007", "-1", "+1", "1.0", "1e3", "abc", "1a", " 1", "1 ", "1\n"),
        *("1/../2", "1/", "1?page=2", "1#", "%31", "\uff11", "\u0661", "\u00b2", "1\x00"),
    ],
)
def test_no_request_for_what_is_no_id_of_yume(provider_id: str) -> None:
    assert SINGLE is not None
    assert SINGLE.request(provider_id) is None


def test_single_invoice_is_that_of_the_list() -> None:
    assert shown(look_up(json.dumps(ROW).encode())) == shown(invoice(ROW))


@pytest.mark.parametrize("body", [b"null", b"[]", b"5", b"", b"<html></html>"])
def test_single_invoice_that_is_none(body: bytes) -> None:
    with pytest.raises(MalformedError):
        look_up(body)


@pytest.mark.parametrize(
    ("links", "more"),
    [
        ({"next": "http://api.example.org/accounts/?page=4"}, True),
        ({"next": None}, False),
        ({"next": ""}, False),
        ({"next": {"s3cret": []}}, True),
        ({}, None),
    ],
)
def test_page(links: Any, more: bool | None) -> None:
    page = read({"count": 43, "results": TELLING["results"], **links})
    assert ([row.provider_id for row in page.rows], page.total, page.more) == (
        *(["9401", "9400"], 43, more),
    )


def test_defaults() -> None:
    assert (YUME.time_zone, YUME.base_url) == ("UTC", None)
