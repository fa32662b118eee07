"""GoedGeplaatst: what its answers mean, what it is asked, what it refuses."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import REGISTRY
from providers.base import Account, Key, Page, Plan
from providers.errors import MalformedError, RejectedError, UnauthorizedError, UpstreamError
from providers.goedgeplaatst import GOEDGEPLAATST, LIST, STATUSES, Credentials
from providers.money import Money
from providers.origin import Origin
from providers.paginators import Slice
from providers.queries import PaymentQuery
from providers.records import PaymentStatus, ProviderName
from providers.timestamps import instant
from providers.views import View
from providers.wire import Request, Response

EXAMPLES = Path(__file__).parent / "examples"
PRINTED = msgspec.json.decode((EXAMPLES / "goedgeplaatst_payments_printed.json").read_bytes())
REQUEST = msgspec.json.decode((EXAMPLES / "goedgeplaatst_request_printed.json").read_bytes())
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MAIN = Account("main", Credentials("s3cret", 12311), AMSTERDAM)
PAYMENTS = GOEDGEPLAATST.listings["payments"]


class Owner:
    """Stands for the source of rows that no source has read."""

    name = "main"
    provider = ProviderName.GOEDGEPLAATST


def page(body: Any) -> Page:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    read_at = datetime(2026, 11, 20, tzinfo=UTC)
    origin = Origin(Owner(), AMSTERDAM, read_at, LIST, raw, PAYMENTS.rows)
    return PAYMENTS.page(Response(200, {}, raw), origin)


def payment(**changes: Any) -> Any:
    """The second of two payments, the printed one with changes."""
    rows = [PRINTED["data"][0], PRINTED["data"][0] | changes]
    return page({"data": rows}).rows[1]


def shown(value: Any) -> Any:
    """All that a view shows, views in it as well; a value that cannot be read as its error."""
    if isinstance(value, View):
        kinds = type(value).__mro__
        made = {name for kind in kinds for name in vars(kind) if name[0] != "_"}
        made -= {"source", "fetched_at", "raw", "origin", "outer", "row", "at", "place"}
        made -= {"own_payment", "own_invoice"}  # the same row once more
        made = {name for name in made if not callable(getattr(type(value), name))}
        return {name: attribute(value, name) for name in made}
    return value


def attribute(view: View, name: str) -> Any:
    try:
        return shown(getattr(view, name))
    except MalformedError as error:
        return error.message


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from leaves(inner, (*path, name))
        else:
            yield (*path, name)


def replaced(row: Any, path: tuple[str, ...], new: Any) -> Any:
    inner = replaced(row[path[0]], path[1:], new) if path[1:] else new
    return row | {path[0]: inner}


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


# ------------------------------------------------------------------ what the answers mean


def test_printed_payment() -> None:
    filled = ("first_name", "last_name", "address", "city", "county", "country", "email", "phone")
    assert shown(page(PRINTED).rows[0]) == {
        "typename": "Payment",
        "provider_id": "tr_WmQMBh9cmu",
        "key_id": "tr_WmQMBh9cmu",
        "hint": "1435668.20190227123902",
        "present": True,
        "currency": "EUR",
        "status": PaymentStatus.PAID,
        "provider_status": "paid",
        "net": eur("10.00"),
        "vat": eur("2.10"),
        "gross": eur("12.10"),
        "invoice_number": "GG19010302",
        "order_number": "1435668",
        "afas_invoice_id": None,
        "created_at": datetime(2019, 2, 27, 12, 39, 2, tzinfo=AMSTERDAM),
        "paid_at": datetime(2019, 2, 27, 12, 48, 33, tzinfo=AMSTERDAM),
        "cancelled_at": None,
        "expired_at": None,
        "failed_at": None,
        "details": {
            "typename": "GoedgeplaatstPayment",
            "user_id": "12311",
            "afas_invoice_id": None,
            "user": {
                "typename": "GoedgeplaatstUser",
                "user_id": "12311",
                "company_name": "companyName",
                "gender": "M",
                "house_number": "houseNumber",
                "postal_code": "postalCode",
                **{name: PRINTED["data"][0]["user"][camel(name)] for name in filled},
                **dict.fromkeys(("client_id", "external_user_id", "date_of_birth")),
                **dict.fromkeys(("website", "fax", "cellular")),
            },
        },
    }


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))


@pytest.mark.parametrize("path", list(leaves(PRINTED["data"][0])), ids=".".join)
def test_every_value_is_shown_and_a_bad_one_is_named(path: tuple[str, ...]) -> None:
    row = PRINTED["data"][0]
    before, after = page({"data": [row, replaced(row, path, {"oops": []})]}).rows
    place = ".".join(("data[1]", *path))
    assert f"main: {place} is not what the provider documents" in repr(shown(after))
    assert "oops" not in repr(shown(after))
    assert shown(before) == shown(page(PRINTED).rows[0])


def test_every_key_of_a_user_is_shown() -> None:
    keys = PRINTED["data"][0]["user"]
    numbers = {"userId": 1, "clientId": 2, "externalUserId": 3, "dateOfBirth": "1984-05-17"}
    user = shown(payment(user={name: name for name in keys} | numbers).details.user)
    expected: dict[str, Any] = {camel(name): value for name, value in user.items()}
    expected.pop("typename")
    ids = {"userId": "1", "clientId": "2", "externalUserId": "3"}
    assert expected == {name: name for name in keys} | ids | {"dateOfBirth": date(1984, 5, 17)}


def test_page() -> None:
    assert page(PRINTED)[1:5] == (1, None, None, None)
    assert page({"data": []})[1:5] == (None, None, None, None)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", "the answer is not JSON"),
        (b"[]", "the answer has a wrong shape"),
        (b'{"result": true}', "data is missing"),
        (b'{"data": null}', "data is not"),
        (b'{"data": [], "totalItems": "1"}', "totalItems is not"),
        (b'{"data": [], "totalItems": -1}', "totalItems is not"),
    ],
)
def test_bad_envelope(body: bytes, place: str) -> None:
    with pytest.raises(MalformedError, match=f"^{place}"):
        page(body)


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"paymentId": 77}, "provider_id", "77"),
        ({"orderId": 0}, "order_number", None),
        ({"orderId": None}, "order_number", None),
        ({"orderId": "A-1"}, "order_number", "A-1"),
        ({"invoiceId": ""}, "invoice_number", None),
        ({"invoiceId": 7400001}, "invoice_number", "7400001"),
        ({"afasInvoiceId": "AF1"}, "afas_invoice_id", "AF1"),
        ({"status": "canceled"}, "status", PaymentStatus.UNKNOWN),
        ({"status": "canceled"}, "provider_status", "canceled"),
        ({"status": ""}, "provider_status", None),
        ({"status": None}, "status", PaymentStatus.UNKNOWN),
        ({"amountGross": 0}, "gross", eur("0.00")),
        ({"amountGross": None}, "gross", None),
        ({"amountGross": -12.1}, "gross", eur("-12.10")),
        ({"paymentCreated": ""}, "created_at", None),
        ({"paymentCreated": "0000-00-00 00:00:00"}, "created_at", None),
        ({"datePaid": None}, "paid_at", None),
        ({"dateFailed": "2019-07-01 10:00:00"}, "failed_at", datetime(2019, 7, 1, 8, tzinfo=UTC)),
        ({"orderId": 0}, "hint", "-.20190227123902"),
        ({"paymentCreated": None}, "hint", "1435668.-"),
        ({"paymentCreated": "2019-10-27 02:30:00"}, "hint", "1435668.20191027023000"),
        ({"paymentCreated": "2019-03-31 02:30:00"}, "hint", "1435668.20190331023000"),
        ({"paymentCreated": "0999-01-01 00:00:00"}, "hint", "1435668.09990101000000"),
        ({"paymentCreated": "9999-12-31T23:59:59Z"}, "hint", "1435668.-"),
        ({"orderId": "1:2", "paymentCreated": None}, "hint", "-.-"),
        ({"unknown": 1}, "provider_id", "tr_WmQMBh9cmu"),
    ],
)
def test_oddities(changes: Any, name: str, value: Any) -> None:
    assert getattr(payment(**changes), name) == value


@pytest.mark.parametrize("word", STATUSES)
def test_statuses(word: str) -> None:
    assert payment(status=word).status.value == word.upper()


@pytest.mark.parametrize("text", [b"10", b"2.1", b"12.10", b"0.1", b"1e2", b"12345678901234567.89"])
def test_amounts_are_exact(text: bytes) -> None:
    row: Any = page(b'{"data": [{"paymentId": "a", "amountGross": %s}]}' % text).rows[0]
    assert row.gross.amount == Decimal(text.decode())
    assert row.gross.amount.as_tuple().exponent <= -2


@pytest.mark.parametrize("text", [b'"NaN"', b'"Infinity"', b"1e99", b"true", b'""'])
def test_amount_that_is_none(text: bytes) -> None:
    row: Any = page(b'{"data": [{"paymentId": "a", "amountGross": %s}]}' % text).rows[0]
    with pytest.raises(MalformedError, match=r"^main: data\[0\]\.amountGross is"):
        _ = row.gross


@given(st.integers(-(10**15), 10**15))
def test_cents_are_exact(cents: int) -> None:
    amount = Decimal(cents).scaleb(-2)
    row: Any = page(f'{{"data": [{{"paymentId": "a", "amountNet": {amount:f}}}]}}'.encode()).rows[0]
    assert row.net.amount * 100 == cents


@pytest.mark.parametrize("born", ["17-05-1984", "1984-02-30", "1984-05-17 00:00:00", "unknown"])
def test_birthday_that_is_none(born: str) -> None:
    with pytest.raises(MalformedError, match=r"data\[1\]\.user\.dateOfBirth is not a date$"):
        _ = payment(user={"dateOfBirth": born}).details.user.date_of_birth


@pytest.mark.parametrize("born", [None, "", "0000-00-00"])
def test_birthday_that_is_not_known(born: Any) -> None:
    assert payment(user={"dateOfBirth": born}).details.user.date_of_birth is None


def test_row_of_nothing_but_an_id() -> None:
    bare: Any = page(b'{"data": [{"paymentId": "tr_1"}]}').rows[0]
    values = {name for name, value in shown(bare).items() if value is not None}
    assert values == {
        *("typename", "provider_id", "key_id", "hint", "present"),
        *("status", "currency", "details"),
    }
    assert (bare.hint, bare.details.user) == ("-.-", None)


@pytest.mark.parametrize("row", [{}, {"paymentId": None}, {"paymentId": ""}, 5])
def test_row_without_an_id(row: Any) -> None:
    bad: Any = page({"data": [row]}).rows[0]
    with pytest.raises(MalformedError, match=r"^main: data\[0\]"):
        _ = bad.provider_id


# ------------------------------------------------------------------ what is asked


def saying(**members: Any) -> Request:
    return LIST.saying(userId=12311, useCache=False, **members)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_request_has_the_members_of_the_printed_one() -> None:
    query = PaymentQuery(
        created_from=at("2019-01-01T00:00:00+01:00"), created_to=at("2020-01-01T00:00:00+01:00")
    )
    (lane,) = PAYMENTS.plan(query, MAIN).lanes
    request = PAYMENTS.paginator.request(lane, Slice(0, 10))
    assert (request.method, request.path) == ("POST", "/reports/payments/")
    assert dict(request.body) == REQUEST


@pytest.mark.parametrize(
    ("query", "asked", "applied"),
    [
        ({}, {}, ()),
        ({"currencies": {"EUR", "RUB"}}, {}, ("currencies",)),
        ({"order_number": "1435668"}, {"orderId": 1435668}, ("order_number",)),
        ({"invoice_number": "GG1"}, {"invoiceId": "GG1"}, ("invoice_number",)),
        ({"afas_invoice_id": "42"}, {"afasInvoiceId": "42"}, ("afas_invoice_id",)),
        ({"afas_invoice_id": "0"}, {"afasInvoiceId": "0"}, ()),
        ({"invoice_number": "0"}, {"invoiceId": "0"}, ()),
        ({"paid_from": at("2019-01-01T00:00:00Z")}, {}, ()),
        ({"paid_to": at("2019-01-01T00:00:00Z")}, {}, ()),
        ({"gross_from": Decimal(1), "gross_to": Decimal(2)}, {}, ()),
        ({"statuses": {PaymentStatus.UNKNOWN, PaymentStatus.PAID}}, {}, ()),
        ({"statuses": {PaymentStatus.PAID}}, {"status": "paid"}, ("statuses",)),
        (
            {"statuses": {PaymentStatus.PAID, PaymentStatus.PENDING}, "order_number": "5"},
            {"orderId": 5, "status": "paid"},
            ("statuses", "order_number"),
        ),
        ({"created_from": at("0001-01-01T00:00:00Z")}, {}, ()),
        ({"created_to": at("9999-12-31T23:59:59Z")}, {}, ()),
        (
            {"created_from": at("2019-07-01T10:00:00.7Z")},
            {"dateStart": "2019-07-01 12:00:00"},
            (),
        ),
        ({"created_to": at("2019-07-01T10:00:00.7Z")}, {"dateEnd": "2019-07-01 12:00:01"}, ()),
    ],
)
def test_plan(query: Any, asked: Any, applied: Any) -> None:
    sets = {name: frozenset(value) for name, value in query.items() if isinstance(value, set)}
    plan = PAYMENTS.plan(PaymentQuery(**query | sets), MAIN)
    assert plan == Plan((saying(**asked),), frozenset(applied))


def test_one_list_a_status() -> None:
    statuses = frozenset({PaymentStatus.FAILED, PaymentStatus.EXPIRED, PaymentStatus.CANCELLED})
    plan = PAYMENTS.plan(PaymentQuery(statuses=statuses), MAIN)
    lanes = tuple(saying(status=word) for word in ("cancelled", "expired", "failed"))
    assert plan == Plan(lanes, frozenset({"statuses"}))


@pytest.mark.parametrize(
    "query",
    [
        PaymentQuery(statuses=frozenset()),
        PaymentQuery(currencies=frozenset({"RUB"})),
        *(PaymentQuery(order_number=text) for text in ("", "A1", "0", "007", "-1", "1" * 19, "٣")),
        PaymentQuery(invoice_number=""),
        PaymentQuery(afas_invoice_id=""),
    ],
)
def test_payments_that_cannot_be(query: PaymentQuery) -> None:
    assert PAYMENTS.plan(query, MAIN) == Plan(())


def test_statuses_that_payments_never_have() -> None:
    query = PaymentQuery(statuses=frozenset({PaymentStatus.PENDING, PaymentStatus.REFUNDED}))
    assert PAYMENTS.plan(query, MAIN).lanes == ()


@pytest.mark.parametrize(
    ("bound", "start", "end"),
    [
        ("2019-07-01T10:00:00Z", "2019-07-01 12:00:00", "2019-07-01 12:00:00"),
        ("2019-01-01T10:00:00Z", "2019-01-01 11:00:00", "2019-01-01 11:00:00"),
        # From 02:00 to 03:00 on this day there is no time.
        ("2019-03-31T00:59:59Z", "2019-03-31 01:59:59", "2019-03-31 01:59:59"),
        ("2019-03-31T01:00:00Z", "2019-03-31 02:00:00", "2019-03-31 03:00:00"),
        ("2019-04-01T01:00:00Z", "2019-04-01 03:00:00", "2019-04-01 03:00:00"),
        # The hour from 02:00 to 03:00 comes twice, and its times mean the first.
        ("2019-10-27T00:30:00Z", "2019-10-27 02:30:00", "2019-10-27 02:30:00"),
        ("2019-10-27T01:00:00Z", "2019-10-27 02:00:00", "2019-10-27 03:00:00"),
        ("2019-10-27T01:30:00Z", "2019-10-27 02:30:00", "2019-10-27 03:30:00"),
        ("2019-10-28T01:00:00Z", "2019-10-28 02:00:00", "2019-10-28 02:00:00"),
    ],
)
def test_bounds_when_the_clock_is_turned(bound: str, start: str, end: str) -> None:
    plan = PAYMENTS.plan(PaymentQuery(created_from=at(bound)), MAIN)
    assert plan.lanes == (saying(dateStart=start),)
    plan = PAYMENTS.plan(PaymentQuery(created_to=at(bound)), MAIN)
    assert plan.lanes == (saying(dateEnd=end),)


turns = st.sampled_from([datetime(2026, 3, 29, 2), datetime(2026, 10, 25, 2)])  # noqa: DTZ001
near = st.builds(
    lambda turn, by: turn + by, turns, st.timedeltas(-2 * timedelta(1), 2 * timedelta(1))
)
SAMOA = ZoneInfo("Pacific/Apia")
skipped = datetime(2011, 12, 30)  # noqa: DTZ001  this day never was there
zoned = st.one_of(
    st.tuples(near, near, st.just(AMSTERDAM)),
    st.tuples(
        st.datetimes(skipped - timedelta(3), skipped + timedelta(3)),
        st.datetimes(skipped - timedelta(3), skipped + timedelta(3)),
        st.just(SAMOA),
    ),
)


@given(zoned, st.sampled_from([0, 1]), st.booleans())
def test_bounds_never_cut_off_a_wanted_row(
    case: tuple[datetime, datetime, ZoneInfo], fold: int, inclusive: bool
) -> None:
    bound, shown_time, zone = case
    moment = bound.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    text = str(shown_time.replace(microsecond=0))
    created = instant(text, zone)
    assert created is not None
    account = Account("main", Credentials("s3cret", 1), zone)
    if created >= moment:
        plan = PAYMENTS.plan(PaymentQuery(created_from=moment), account)
        assert dict(plan.lanes[0].body)["dateStart"] <= text
    else:
        plan = PAYMENTS.plan(PaymentQuery(created_to=moment), account)
        end = dict(plan.lanes[0].body)["dateEnd"]
        assert text <= end if inclusive else text < end


def find(*keys: Key) -> Any:
    assert PAYMENTS.find is not None
    return PAYMENTS.find(keys, MAIN)


def test_find() -> None:
    created = {"dateStart": "2019-02-27 12:39:02", "dateEnd": "2019-02-27 12:39:03"}
    keys = [
        Key("a", "1435668.20190227123902"),
        Key("b", "-.20190227123902"),
        Key("c", "1435668.-"),
        Key("d", "1435668.20190227123902"),
        Key("e"),
        Key("f", "-.-"),
    ]
    assert find(*keys) == {
        saying(orderId=1435668, **created): [keys[0], keys[3]],
        saying(**created): [keys[1]],
        saying(orderId=1435668): [keys[2]],
        saying(): [keys[4], keys[5]],
    }


@pytest.mark.parametrize(
    "hint",
    [
        *("soon", ".", "-", "1.", "0.-", "007.-", "1435668", "-.20190230000000", "-.2019022712390"),
        *("-.99991231235959", "-.20190227123902.", "-.20190227246060", "٣.-", "1" * 19 + ".-"),
    ],
)
def test_hint_that_is_none(hint: str) -> None:
    assert find(Key("a", hint)) == {}


@pytest.mark.parametrize(
    "created", ["2019-10-27 02:30:00", "2019-03-31 02:30:00", "0001-02-03 04:05:06"]
)
def test_hint_finds_its_row(created: str) -> None:
    found = payment(paymentCreated=created)
    (request,) = find(Key(found.key_id, found.hint))
    body = dict(request.body)
    assert (body["orderId"], body["dateStart"]) == (1435668, created)
    assert body["dateEnd"] > created


# ------------------------------------------------------------------ who asks, what is refused


def test_sign() -> None:
    assert GOEDGEPLAATST.sign(Credentials("s3cret", 1)) == {"Authentication": "s3cret"}


def test_registered() -> None:
    assert REGISTRY["goedgeplaatst"] is GOEDGEPLAATST
    assert GOEDGEPLAATST.time_zone == "Europe/Amsterdam"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"result": true, "errors": []}', b'{"data": []}', b"\xff"]
)
def test_no_refusal(body: bytes) -> None:
    assert GOEDGEPLAATST.refusal(Response(200, {}, body)) is None


@pytest.mark.parametrize(
    ("status", "errors", "kind", "code"),
    [
        (200, [], RejectedError, None),
        (200, None, RejectedError, None),
        (200, "s3cret", RejectedError, None),
        (200, ["s3cret"], RejectedError, None),
        (200, {"code": "s3cret"}, RejectedError, None),
        (200, [{"message": "s3cret"}], RejectedError, None),
        (200, [{"code": 17}], RejectedError, "17"),
        (200, [{"code": "USER_UNKNOWN"}, {"code": 2}], RejectedError, "USER_UNKNOWN"),
        (200, [{"code": "no user s3cret"}], RejectedError, None),
        (200, [{"code": "x" * 65}], RejectedError, None),
        (200, [{"code": []}], RejectedError, None),
        (400, [{"code": 17}], RejectedError, "17"),
        (403, [{"code": 17}], UnauthorizedError, "17"),
    ],
)
def test_refusals(status: int, errors: Any, kind: type[UpstreamError], code: Any) -> None:
    body = msgspec.json.encode({"result": False, "errors": errors, "data": []})
    error = GOEDGEPLAATST.refusal(Response(status, {}, body))
    assert type(error) is kind
    assert (error.http_status, error.provider_code) == (status, code)
    assert "s3cret" not in str(error.extensions) + error.message


def test_refusal_by_status_alone() -> None:
    error = GOEDGEPLAATST.refusal(Response(401, {}, b"<html>"))
    assert isinstance(error, UnauthorizedError)
    assert error.provider_code is None
