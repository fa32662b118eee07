"""SmartPay: what its answers mean, what it is asked, what it refuses."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
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
from providers.money import Money
from providers.origin import Origin
from providers.paginators import Slice
from providers.queries import InvoiceQuery, PaymentQuery
from providers.records import InvoiceStatus, PaymentStatus, ProviderName
from providers.smartpay import INVOICE_STATUSES, LIST, PAYMENT_STATUSES, SMARTPAY, Credentials
from providers.views import View
from providers.wire import Request, Response

EXAMPLES = Path(__file__).parent / "examples"
PRINTED = msgspec.json.decode((EXAMPLES / "smartpay_invoices_printed.json").read_bytes())
ERROR = (EXAMPLES / "smartpay_error_printed.json").read_bytes()
MOSCOW = ZoneInfo("Europe/Moscow")
MSK = timezone(timedelta(hours=3))
MAIN = Account("main", Credentials("s3cret"), MOSCOW)
INVOICES, PAYMENTS = SMARTPAY.listings["invoices"], SMARTPAY.listings["payments"]
LISTINGS = [INVOICES, PAYMENTS]


class Owner:
    """Stands for the source of rows that no source has read."""

    name = "main"
    provider = ProviderName.SMARTPAY


def page(listing: Any, body: Any) -> Page:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    response = Response(200, {}, raw)
    origin = Origin(Owner(), MOSCOW, datetime(2026, 11, 20, tzinfo=UTC), LIST, raw, listing.rows)
    result: Page = listing.page(response, origin)
    return result


def records(listing: Any, **changes: Any) -> Any:
    """The records of the printed row and of one with changes."""
    rows = [PRINTED["invoices"][0], PRINTED["invoices"][0] | changes]
    return page(listing, {"invoices": rows}).rows


def invoice(**changes: Any) -> Any:
    return records(INVOICES, **changes)[1]


def payment(**changes: Any) -> Any:
    return records(PAYMENTS, **changes)[1]


def shown(value: Any) -> Any:
    """All that a view shows, views in it as well; a value that cannot be read as its error."""
    if isinstance(value, View):
        made = {name for kind in type(value).__mro__ for name in vars(kind) if name[0] != "_"}
        made -= {"source", "fetched_at", "raw", "origin", "outer", "row", "at", "place"}
        made -= {"own_payment", "own_invoice"}  # the same row once more
        return {name: attribute(value, name) for name in made if not callable_of(value, name)}
    return value


def callable_of(view: View, name: str) -> bool:
    return callable(getattr(type(view), name))


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


def rub(amount: str) -> Money:
    return Money(Decimal(amount), "RUB")


# ------------------------------------------------------------------ what the answers mean


def test_printed_invoice() -> None:
    row = PRINTED["invoices"][0]
    info = row["payment_info"]
    names = ("language", "org_name", "org_inn", "trade_name", "visual_name", "visual_amount")
    created = datetime(2020, 4, 29, 8, 18, 3, tzinfo=MSK)
    assert shown(page(INVOICES, PRINTED).rows[0]) == {
        "typename": "Invoice",
        "provider_id": "1234567890",
        "key_id": "1234567890",
        "hint": "2020-04-29",
        "present": True,
        "number": "1234567",
        "status": InvoiceStatus.PENDING,
        "provider_status": "created",
        "description": row["description"],
        "created_at": created,
        "currency": "RUB",
        "total": rub("118.36"),
        "captured": rub("118.36"),
        "refunded": None,
        "card_last_four": "1111",
        "details": {
            "typename": "SmartpayInvoice",
            "currency": "RUB",
            "amount_created": rub("118.36"),
            "amount_confirmed": rub("118.36"),
            "amount_current": rub("118.36"),
            **{name: row[name] for name in (*names, "image")},
            "trademarks": row["trademarks"].split(";"),
            "payment_info": printed_info(info),
        },
    }


def printed_info(info: Any) -> Any:
    same: tuple[str, ...] = (
        "payment_id",
        "masked_pan",
        "cardholder",
        "payment_system",
        "payment_system_image",
    )
    same += ("image", "payment_way", "payment_way_code", "payment_way_logo")
    device, bank, loyalty = info["device_info"], info["bank_info"], info["loyalty_info"]
    return {
        "typename": "SmartpayPaymentInfo",
        **{name: info[name] for name in same},
        "payment_date": datetime(2024, 7, 29, 15, 51, 28, 71_000, UTC),
        "card_expiry": "2019-12",
        "payment_operator": info["paysys"],
        "payment_operator_image": info["paysys_image"],
        "device_info": {
            "typename": "SmartpayDeviceInfo",
            **{name.removeprefix("device_"): device[name] for name in list(device)[:4]},
            **{name: device[name] for name in list(device)[4:]},
        },
        "loyalty_info": {
            "typename": "SmartpayLoyaltyInfo",
            **{name: loyalty[name] for name in ("service_code", "service_name", "image")},
            "change_rate": Decimal(1),
            "payment_bonus": Decimal("198.00"),
            "award_bonus": Decimal("218.50"),
        },
        "bank_info": {
            "typename": "SmartpayBankInfo",
            **{name.removeprefix("bank_"): bank[name] for name in bank},
        },
    }


def test_printed_payment() -> None:
    row = PRINTED["invoices"][0]
    info = printed_info(row["payment_info"])
    assert shown(page(PAYMENTS, PRINTED).rows[0]) == {
        "typename": "Payment",
        "provider_id": "d290f1ee-6c54-4b01-90e6-d701748f0851",
        "key_id": "1234567890",
        "hint": "2020-04-29",
        "present": True,
        "status": PaymentStatus.PENDING,
        "provider_status": "created",
        "currency": "RUB",
        "created_at": datetime(2020, 4, 29, 8, 18, 3, tzinfo=MSK),
        "paid_at": datetime(2024, 7, 29, 15, 51, 28, 71_000, UTC),
        "gross": rub("118.36"),
        **dict.fromkeys(("net", "vat", "invoice_number", "order_number", "afas_invoice_id")),
        **dict.fromkeys(("cancelled_at", "expired_at", "failed_at")),
        "details": {"typename": "SmartpayPayment", "info": info},
    }


@pytest.mark.parametrize("path", list(leaves(PRINTED["invoices"][0])), ids=".".join)
def test_every_value_is_shown_and_a_bad_one_is_named(path: tuple[str, ...]) -> None:
    row = PRINTED["invoices"][0]
    bad = replaced(row, path, {"oops": []})
    before, after = page(INVOICES, {"invoices": [row, bad]}).rows
    place = ".".join(("invoices[1]", *path))
    assert f"main: {place} is not what the provider documents" in repr(shown(after))
    assert "oops" not in repr(shown(after))
    assert shown(before) == shown(page(INVOICES, PRINTED).rows[0])


def test_page() -> None:
    envelope = {"invoices": PRINTED["invoices"], "totalElements": 233, "last": False}
    assert page(INVOICES, envelope)[1:5] == (233, True, None, None)
    assert page(INVOICES, envelope | {"last": True})[1:5] == (233, False, None, None)
    assert page(INVOICES, {"invoices": []})[1:5] == (None, None, None, None)
    assert page(INVOICES, {"invoices": [], "totalElements": None})[1:5] == (None, None, None, None)


def test_total_that_cannot_be_is_not_believed() -> None:
    assert PRINTED["totalElements"] == 0
    assert page(INVOICES, PRINTED).total is None


def test_no_list_is_an_empty_one() -> None:
    assert page(INVOICES, b'{"invoices": null, "totalElements": 0}') == Page([], 0)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", "the answer is not JSON"),
        (b"<html>", "the answer is not JSON"),
        (b"[]", "the answer has a wrong shape"),
        (b"{}", "invoices is missing"),
        (b'{"invoices": 0}', "invoices is not"),
        (b'{"invoices": {}}', "invoices is not"),
        (b'{"invoices": [], "totalElements": "1"}', "totalElements is not"),
        (b'{"invoices": [], "totalElements": -1}', "totalElements is not"),
        (b'{"invoices": [], "last": "no"}', "last is not"),
    ],
)
def test_bad_envelope(body: bytes, place: str) -> None:
    with pytest.raises(MalformedError, match=f"^{place}"):
        page(INVOICES, body)


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"invoice_id": "3538853"}, "provider_id", "3538853"),
        ({"invoice_id": 2**40}, "provider_id", "1099511627776"),
        ({"order_number": 145}, "number", "145"),
        ({"order_number": "00145"}, "number", "00145"),
        ({"order_number": 0}, "number", "0"),
        ({"order_number": ""}, "number", None),
        ({"order_number": None}, "number", None),
        (
            {"invoice_date": "2020-04-29T08:18:03Z"},
            "created_at",
            datetime(2020, 4, 29, 8, 18, 3, 0, UTC),
        ),
        ({"invoice_date": "2020-04-29T23:18:03Z"}, "hint", "2020-04-30"),
        ({"invoice_date": None}, "created_at", None),
        ({"invoice_date": ""}, "hint", None),
        ({"invoice_date": "9999-12-31T23:59:59Z"}, "hint", None),
        ({"invoice_status": "wait"}, "status", InvoiceStatus.UNKNOWN),
        ({"invoice_status": "wait"}, "provider_status", "wait"),
        ({"invoice_status": None}, "status", InvoiceStatus.UNKNOWN),
        ({"invoice_status": 5}, "status", InvoiceStatus.UNKNOWN),
        ({"currency": ""}, "currency", "RUB"),
        ({"currency": None}, "total", rub("118.36")),
        ({"currency": "JPY"}, "total", Money(Decimal("118.36"), "JPY")),
        ({"amount_create": {"amount": 0}}, "total", rub("0.00")),
        ({"amount_create": {"amount": 7}}, "total", rub("0.07")),
        ({"amount_create": {"amount": 2_450_000_000}}, "total", rub("24500000.00")),
        ({"amount_create": {}}, "total", None),
        ({"amount_create": None}, "total", None),
        ({"description": ""}, "description", None),
        ({"payment_info": {"masked_pan": "220220******4417"}}, "card_last_four", "4417"),
        ({"payment_info": {"masked_pan": "**17"}}, "card_last_four", None),
        ({"payment_info": {"masked_pan": ""}}, "card_last_four", None),
        ({"payment_info": {}}, "card_last_four", None),
        ({"unknown": [1, 2]}, "provider_id", "1234567890"),
    ],
)
def test_oddities_of_invoices(changes: Any, name: str, value: Any) -> None:
    assert getattr(invoice(**changes), name) == value


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"trademarks": ""}, "trademarks", []),
        ({"trademarks": None}, "trademarks", []),
        ({"trademarks": "A;;B;"}, "trademarks", ["A", "B"]),
        ({"payment_info": None}, "payment_info", None),
        ({"payment_info": {}}, "payment_info", None),
        ({"payment_info": ""}, "payment_info", None),
        ({"image": None}, "image", None),
    ],
)
def test_oddities_of_details(changes: Any, name: str, value: Any) -> None:
    assert getattr(invoice(**changes).details, name) == value


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"expiry_date": ""}, "card_expiry", None),
        ({"payment_id": 0}, "payment_id", None),
        ({"payment_id": 17}, "payment_id", "17"),
        ({"payment_date": "0000-00-00 00:00:00"}, "payment_date", None),
        ({"device_info": None}, "device_info", None),
        ({"paysys": ""}, "payment_operator", None),
    ],
)
def test_oddities_of_payment_info(changes: Any, name: str, value: Any) -> None:
    info = PRINTED["invoices"][0]["payment_info"] | changes
    assert getattr(invoice(payment_info=info).details.payment_info, name) == value


@pytest.mark.parametrize("digits", ["2019", "201913", "201900", "2019-12", "20191201", "٢٠١٩١٢"])
def test_expiry_that_is_none(digits: str) -> None:
    info = invoice(payment_info={"expiry_date": digits}).details.payment_info
    with pytest.raises(MalformedError, match=r"payment_info\.expiry_date is not a year and month$"):
        _ = info.card_expiry


@pytest.mark.parametrize("rate", [b"1.25", b"1", b"0.3333333333333333333333333333333333"])
def test_rate_has_all_its_digits(rate: bytes) -> None:
    raw = b'{"invoices":[{"invoice_id":1,"payment_info":{"loyalty_info":{"change_rate":%s}}}]}'
    info: Any = page(INVOICES, raw % rate).rows[0]
    assert str(info.details.payment_info.loyalty_info.change_rate) == rate.decode()


def test_row_of_nothing_but_an_id() -> None:
    bare: Any = page(INVOICES, b'{"invoices": [{"invoice_id": 5}]}').rows[0]
    values = {**shown(bare), **shown(bare.details)}
    told = {name for name, value in values.items() if value not in (None, [])}
    assert told == {"typename", "provider_id", "key_id", "present", "status", "currency", "details"}


@pytest.mark.parametrize(
    "row", [{}, {"invoice_id": None}, {"invoice_id": ""}, {"invoice_id": []}, 5]
)
@pytest.mark.parametrize("listing", LISTINGS)
def test_row_without_an_id(listing: Any, row: Any) -> None:
    bad: Any = page(listing, {"invoices": [row]}).rows[0]
    with pytest.raises(MalformedError, match=r"^main: invoices\[0\]"):
        _ = bad.provider_id


@given(st.integers(-(10**25), 10**25))
def test_kopecks_are_exact(kopecks: int) -> None:
    total = invoice(amount_create={"amount": kopecks}).total
    assert (total.amount * 100, total.amount.as_tuple().exponent) == (kopecks, -2)


# ------------------------------------------------------------------ payments in invoices


@pytest.mark.parametrize(
    ("info", "present"),
    [
        (None, False),
        ({}, False),
        ("", False),
        ("paid", False),
        ([], False),
        ([{"payment_id": "1"}], False),
        ({"payment_id": None}, True),
        ({"card_id": 5}, True),
        ({"masked_pan": "**1111"}, True),
        ({"payment_id": []}, True),
    ],
)
def test_payment_is_there_if_its_info_is(info: Any, present: bool) -> None:
    assert payment(payment_info=info).present is present


def test_payment_of_an_invoice_without_info() -> None:
    absent: Any = page(PAYMENTS, b'{"invoices": [{"invoice_id": 5, "payment_info": { } }]}').rows[0]
    assert not absent.present
    assert (absent.provider_id, absent.paid_at) == ("5", None)


@pytest.mark.parametrize("number", [None, "", 0])
def test_payment_without_an_id_of_its_own_has_the_invoices(number: Any) -> None:
    found = payment(invoice_id=77, payment_info={"payment_id": number, "cardholder": "A"})
    assert (found.provider_id, found.key_id) == ("77", "77")


def test_payment_keeps_its_key_when_it_gets_an_id() -> None:
    found = payment(invoice_id=77, payment_info={"payment_id": "abc"})
    assert (found.provider_id, found.key_id) == ("abc", "77")


def test_bad_info_is_named() -> None:
    found = payment(payment_info={"payment_id": [], "payment_date": "soon"})
    with pytest.raises(MalformedError, match=r"invoices\[1\]\.payment_info\.payment_id is not"):
        _ = found.provider_id
    with pytest.raises(MalformedError, match=r"invoices\[1\]\.payment_info\.payment_date is not"):
        _ = found.paid_at


def test_info_that_is_no_object_is_the_invoices_trouble() -> None:
    odd = invoice(payment_info="paid")
    assert odd.total == rub("118.36")
    with pytest.raises(MalformedError, match=r"invoices\[1\]\.payment_info is not"):
        _ = odd.details.payment_info


@pytest.mark.parametrize("word", INVOICE_STATUSES)
def test_statuses(word: str) -> None:
    assert invoice(invoice_status=word).status is INVOICE_STATUSES[word]
    assert payment(invoice_status=word).status is PAYMENT_STATUSES[word]


def test_amount_of_the_payment_is_the_confirmed_one() -> None:
    assert payment(amount_confirm={"amount": 5}).gross == rub("0.05")
    assert payment(amount_confirm=None).gross is None


# ------------------------------------------------------------------ what is asked


def asking(**parameters: Any) -> Request:
    return Request("GET", "/invoices").asking(**parameters)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_pages() -> None:
    lane = asking(invoice_status="all")
    assert INVOICES.paginator is PAYMENTS.paginator
    assert INVOICES.paginator.request(lane, Slice(0, 100)) == asking(
        invoice_status="all", page=0, size=100
    )


def test_both_lists_send_the_same_request() -> None:
    days: Any = {
        "created_from": at("2026-01-01T00:00:00Z"),
        "created_to": at("2026-02-01T00:00:00Z"),
    }
    invoices, payments = InvoiceQuery(**days), PaymentQuery(**days)
    assert INVOICES.plan(InvoiceQuery(), MAIN).lanes == PAYMENTS.plan(PaymentQuery(), MAIN).lanes
    assert INVOICES.plan(invoices, MAIN).lanes == PAYMENTS.plan(payments, MAIN).lanes


Inv, Pay = InvoiceStatus, PaymentStatus


@pytest.mark.parametrize(
    ("query", "asked", "applied"),
    [
        ({}, {"invoice_status": "all"}, ()),
        ({"statuses": {Inv.PAID}}, {"invoice_status": "confirmed"}, ("statuses",)),
        (
            {"statuses": {Inv.CANCELLED, Inv.PENDING}},
            {"invoice_status": "created,cancelled,reversed"},
            ("statuses",),
        ),
        ({"statuses": {Inv.PAID, Inv.FAILED}}, {"invoice_status": "confirmed"}, ("statuses",)),
        ({"statuses": {Inv.PAID, Inv.UNKNOWN}}, {"invoice_status": "all"}, ()),
        (
            {"statuses": set(Inv) - {Inv.UNKNOWN}},
            {"invoice_status": "created,executed,paid,confirmed,cancelled,reversed,refunded"},
            ("statuses",),
        ),
        (
            {"created_from": at("2026-01-31T21:00:00Z")},
            {"invoice_status": "all", "date_from": "2026-02-01"},
            ("created_from",),
        ),
        (
            {"created_from": at("2026-01-31T21:00:00.000001Z")},
            {"invoice_status": "all", "date_from": "2026-02-01"},
            (),
        ),
        (
            {"created_from": at("2026-01-31T20:59:59Z")},
            {"invoice_status": "all", "date_from": "2026-01-31"},
            (),
        ),
        (
            {"created_to": at("2026-02-28T21:00:00Z")},
            {"invoice_status": "all", "date_to": "2026-02-28"},
            ("created_to",),
        ),
        (
            {"created_to": at("2026-02-28T21:00:00.000001Z")},
            {"invoice_status": "all", "date_to": "2026-03-01"},
            (),
        ),
        ({"created_to": at("0001-01-01T00:00:00Z")}, {"invoice_status": "all"}, ()),
        ({"created_from": at("9999-12-31T23:59:59-01:00")}, {"invoice_status": "all"}, ()),
        ({"created_from": at("9999-12-31T21:00:00Z")}, {"invoice_status": "all"}, ()),
        (
            {"total_from": Decimal("118.36"), "total_to": Decimal(120)},
            {"invoice_status": "all", "amount_from": 11836, "amount_to": 12000},
            ("total_from", "total_to"),
        ),
        (
            {"total_from": Decimal("118.361"), "total_to": Decimal("118.379")},
            {"invoice_status": "all", "amount_from": 11837, "amount_to": 11837},
            ("total_from", "total_to"),
        ),
        (
            {"total_from": Decimal("-0.001"), "total_to": Decimal("0.0")},
            {"invoice_status": "all", "amount_from": 0, "amount_to": 0},
            ("total_from", "total_to"),
        ),
        ({"total_to": Decimal("9" * 40)}, {"invoice_status": "all"}, ()),
        ({"number": "00145"}, {"invoice_status": "all", "order_num": "00145"}, ("number",)),
        (
            {"card_last_four": "0017"},
            {"invoice_status": "all", "masked_pan": "0017"},
            ("card_last_four",),
        ),
        ({"currencies": {"KZT"}}, {"invoice_status": "all"}, ()),
    ],
)
def test_plan_of_invoices(query: Any, asked: Any, applied: Any) -> None:
    sets = {name: frozenset(value) for name, value in query.items() if isinstance(value, set)}
    plan = INVOICES.plan(InvoiceQuery(**query | sets), MAIN)
    assert plan == Plan((asking(**asked),), frozenset(applied))


@pytest.mark.parametrize(
    "query",
    [
        InvoiceQuery(statuses=frozenset()),
        InvoiceQuery(statuses=frozenset({Inv.FAILED})),
        InvoiceQuery(number=""),
        InvoiceQuery(card_last_four="12"),
        InvoiceQuery(card_last_four="x234"),
        InvoiceQuery(total_from=Decimal(2), total_to=Decimal(1)),
    ],
)
def test_invoices_that_cannot_be(query: InvoiceQuery) -> None:
    assert INVOICES.plan(query, MAIN) == Plan(())


@pytest.mark.parametrize(
    ("query", "asked", "applied"),
    [
        ({}, {"invoice_status": "all"}, ()),
        ({"statuses": {Pay.PENDING}}, {"invoice_status": "created,executed"}, ("statuses",)),
        ({"statuses": {Pay.PAID, Pay.EXPIRED}}, {"invoice_status": "confirmed"}, ("statuses",)),
        ({"statuses": {Pay.UNKNOWN}}, {"invoice_status": "all"}, ()),
        (
            {"created_from": at("2026-01-31T21:00:00Z"), "created_to": at("2026-02-01T10:00:00Z")},
            {"invoice_status": "all", "date_from": "2026-02-01", "date_to": "2026-02-01"},
            ("created_from",),
        ),
        ({"gross_from": Decimal(1), "gross_to": Decimal(2)}, {"invoice_status": "all"}, ()),
        ({"paid_from": at("2026-01-01T00:00:00Z")}, {"invoice_status": "all"}, ()),
        ({"paid_to": at("2026-01-01T00:00:00Z")}, {"invoice_status": "all"}, ()),
        ({"currencies": {"RUB"}}, {"invoice_status": "all"}, ()),
    ],
)
def test_plan_of_payments(query: Any, asked: Any, applied: Any) -> None:
    sets = {name: frozenset(value) for name, value in query.items() if isinstance(value, set)}
    plan = PAYMENTS.plan(PaymentQuery(**query | sets), MAIN)
    assert plan == Plan((asking(**asked),), frozenset(applied), holds_others=True)


@pytest.mark.parametrize(
    "query",
    [
        PaymentQuery(statuses=frozenset({Pay.FAILED, Pay.EXPIRED})),
        PaymentQuery(statuses=frozenset()),
        PaymentQuery(invoice_number="1"),
        PaymentQuery(order_number=""),
        PaymentQuery(afas_invoice_id="1"),
    ],
)
def test_payments_that_cannot_be(query: PaymentQuery) -> None:
    assert PAYMENTS.plan(query, MAIN) == Plan(())


def test_client_of_a_partner() -> None:
    ids = {
        "partner_client_id": "p",
        "user_uid": "u",
        "encrypted_sub_id": "e",
        "partner_client_sub_id": "s",
    }
    account = Account("main", Credentials("s3cret", **ids), MOSCOW)
    expected = asking(**ids, invoice_status="all")
    assert INVOICES.plan(InvoiceQuery(), account).lanes == (expected,)
    assert INVOICES.find is not None
    assert list(INVOICES.find([Key("1")], account)) == [expected]


@pytest.mark.parametrize("zone", ["Europe/Moscow", "America/Havana", "Asia/Beirut", "UTC"])
@given(
    start=st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    row=st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    whole=st.booleans(),
)
def test_days_never_cut_off_a_wanted_row(
    zone: str, start: datetime, row: datetime, whole: bool
) -> None:
    account = Account("main", Credentials("s3cret"), ZoneInfo(zone))
    if whole:
        start = start.astimezone(account.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        start = start.astimezone(UTC)
    day = row.astimezone(account.zone).date().isoformat()
    lower = INVOICES.plan(InvoiceQuery(created_from=start), account)
    listed = day >= lower.lanes[0].query[-1][1]
    assert listed == (row >= start) if lower.applied else listed >= (row >= start)
    upper = INVOICES.plan(InvoiceQuery(created_to=start), account)
    listed = day <= upper.lanes[0].query[-1][1]
    assert listed == (row < start) if upper.applied else listed >= (row < start)


@given(st.decimals(-(10**12), 10**12, places=4), st.integers(-(10**14), 10**14))
def test_bounds_of_amounts_are_exact(bound: Decimal, kopecks: int) -> None:
    plan = INVOICES.plan(InvoiceQuery(total_from=bound, total_to=None), MAIN)
    assert (kopecks >= int(plan.lanes[0].query[-1][1])) == (Decimal(kopecks) / 100 >= bound)
    plan = INVOICES.plan(InvoiceQuery(total_to=bound), MAIN)
    assert (kopecks <= int(plan.lanes[0].query[-1][1])) == (Decimal(kopecks) / 100 <= bound)


@pytest.mark.parametrize("listing", LISTINGS)
def test_find(listing: Any) -> None:
    keys = [Key("1", "2020-04-29"), Key("2"), Key("3", "2020-04-29"), Key("4", "2026-01-01")]
    day = {"invoice_status": "all", "date_from": "2020-04-29", "date_to": "2020-04-29"}
    other = {"invoice_status": "all", "date_from": "2026-01-01", "date_to": "2026-01-01"}
    assert listing.find(keys, MAIN) == {
        asking(**day): [keys[0], keys[2]],
        asking(invoice_status="all"): [keys[1]],
        asking(**other): [keys[3]],
    }


@pytest.mark.parametrize(
    "hint", ["soon", "20200429", "2020-02-30", "0000-00-00", "2020-W18-3", "2020-04-29 ", "all"]
)
def test_hint_that_is_none(hint: str) -> None:
    assert INVOICES.find is not None
    assert INVOICES.find([Key("1", hint)], MAIN) == {}


def test_hint_finds_its_row() -> None:
    found = invoice(invoice_date="2020-04-28T22:30:00Z")
    assert INVOICES.find is not None
    (request,) = INVOICES.find([Key(found.key_id, found.hint)], MAIN)
    assert request.query[1:] == (("date_from", "2020-04-29"), ("date_to", "2020-04-29"))


# ------------------------------------------------------------------ who asks, what is refused


def test_sign() -> None:
    assert SMARTPAY.sign(Credentials("s3cret")) == {"Authorization": "Bearer s3cret"}


def test_registered() -> None:
    assert REGISTRY["smartpay"] is SMARTPAY
    assert SMARTPAY.time_zone == "Europe/Moscow"


@pytest.mark.parametrize(
    "error", [None, {}, {"error_code": "0"}, {"error_code": 0}, {"error_code": None}]
)
def test_no_refusal(error: Any) -> None:
    body = msgspec.json.encode(PRINTED | {"error": error})
    assert SMARTPAY.refusal(Response(200, {}, body)) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"error": "no"}', b"\xff"])
def test_what_says_nothing_is_no_refusal(body: bytes) -> None:
    assert SMARTPAY.refusal(Response(200, {}, body)) is None


@pytest.mark.parametrize(
    ("status", "code", "kind", "shown_code"),
    [
        (200, '"50"', RejectedError, "50"),
        (200, "50", RejectedError, "50"),
        (200, '"no such thing"', RejectedError, None),
        (200, '"' + "x" * 65 + '"', RejectedError, None),
        (200, "{}", RejectedError, None),
        (400, '"E-1.2_x"', RejectedError, "E-1.2_x"),
        (400, '"0"', RejectedError, None),
        (401, '"17"', UnauthorizedError, "17"),
    ],
)
def test_refusals(status: int, code: str, kind: type[UpstreamError], shown_code: Any) -> None:
    said = {"user_message": "s3cret", "error_code": msgspec.Raw(code.encode())}
    body = msgspec.json.encode({"error": said, "invoices": []})
    error = SMARTPAY.refusal(Response(status, {}, body))
    assert type(error) is kind
    assert (error.http_status, error.provider_code) == (status, shown_code)
    assert "s3cret" not in str(error.extensions) + error.message


@pytest.mark.parametrize("body", [b"", b"<html>", ERROR])
def test_refusal_by_status_alone(body: bytes) -> None:
    error = SMARTPAY.refusal(Response(400, {}, body))
    assert isinstance(error, RejectedError)
    assert error.provider_code is None
