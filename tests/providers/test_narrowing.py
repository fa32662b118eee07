"""Rows that are decoded in part are read like whole ones, whatever is asked of them."""

import json
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import MalformedError
from providers.inlining import Attribute
from providers.narrowing import Narrow, Selection, narrowed
from providers.smartpay import Invoice, InvoiceRow
from providers.wire import Response, _page_decoder, decoder
from providers.yume import Invoice as YumeInvoice
from providers.yume import InvoiceRow as YumeRow
from tests.conformance.test_providers import CASES, POISONS, Case
from tests.providers.reading import leaves, replaced, shown

NARROWING = [
    each
    for each in CASES
    if each.values[0].listing.narrow(frozenset()) is not None  # type: ignore[union-attr]
]
each_narrowing = pytest.mark.parametrize("case", NARROWING)


def attributes_of(case: Case) -> Sequence[tuple[str, ...]]:
    """The attributes of a record that say what they are, also of what is part of it."""
    (row, *_) = read(case, case.example, None)
    parts = [(), ("details",)]
    return [
        (*path, name)
        for path in parts
        for kind in type(row.details if path else row).__mro__
        for name, found in vars(kind).items()
        if isinstance(found, Attribute) and (*path, name) != ("details",)
    ]


def read(case: Case, body: bytes, selection: Selection | None) -> Any:
    rows_as = None if selection is None else case.listing.narrow(selection)
    object.__setattr__(origin := case.origin(body), "rows_as", rows_as)
    return case.listing.page(Response(200, {}, body, rows_as), origin).rows


def told(case: Case, body: bytes, selection: Selection | None) -> Any:
    try:
        return [shown(row) for row in read(case, body, selection)]
    except MalformedError as error:
        return error.reason


def test_there_are_providers_whose_rows_can_be_narrow() -> None:
    assert {each.id for each in NARROWING} == {
        "goedgeplaatst-payments",
        "smartpay-invoices",
        "yume-invoices",
    }


@each_narrowing
@given(data=st.data())
def test_whatever_is_asked_is_there(case: Case, data: st.DataObject) -> None:
    selection = data.draw(st.frozensets(st.sampled_from(attributes_of(case)), max_size=4))
    example = json.loads(case.example)
    paths = [path for path, _ in leaves(example[case.listing.rows])]
    poisoned = (case.listing.rows, *data.draw(st.sampled_from(paths)))
    poison = POISONS[data.draw(st.sampled_from(sorted(POISONS)))]
    text = json.dumps(replaced(example, poisoned, "@poison@")).encode()
    for body in (case.example, text.replace(b'"@poison@"', poison)):
        assert told(case, body, selection) == told(case, body, None)


@each_narrowing
def test_what_is_selected_is_there_at_once(case: Case) -> None:
    for column in attributes_of(case):
        for record in read(case, case.example, frozenset({column})):
            if isinstance(record.row, Narrow):
                value: Any = record
                for name in column:
                    value = getattr(value, name)
                _ = record.provider_id, record.created_at
                assert record.row._full is None, column
                shown(record)
                assert record.row._full is not None


def test_a_struct_names_what_is_needed_and_no_more() -> None:
    struct = narrowed(InvoiceRow, Invoice, frozenset({("status",), ("total", "amount")}))
    names = {each.name for each in msgspec.structs.fields(struct)} - {"_origin", "_at", "_full"}
    assert names == {"invoice_id", "invoice_date", "invoice_status", "amount_create", "currency"}
    assert narrowed(InvoiceRow, Invoice, frozenset({("total", "amount"), ("status",)})) is struct


@pytest.mark.parametrize(
    ("more", "members"),
    [
        ({("details",)}, set()),  # as for its __typename
        ({("details", "tenant_id")}, set()),  # of another provider's details
        ({("details", "tenant_id"), ("details", "language")}, {"language"}),
        ({("own_payment",)}, {"payment_info"}),  # by which it is known
        ({("own_payment", "gross")}, {"payment_info", "amount_confirm", "currency"}),
        ({("own_payment", "paid_at")}, {"payment_info"}),
        ({("own_payment", "own_invoice", "number")}, {"payment_info", "order_number"}),
    ],
    ids=str,
)
def test_other_objects_of_the_row_take_what_is_read_of_them(
    more: set[tuple[str, ...]], members: set[str]
) -> None:
    struct = narrowed(InvoiceRow, Invoice, frozenset(more))
    names = {each.name for each in msgspec.structs.fields(struct)} - {"_origin", "_at", "_full"}
    assert names == {"invoice_id", "invoice_date"} | members


def test_what_narrows_a_row_is_kept_for_few_selections() -> None:
    before = (narrowed.cache_info().maxsize, _page_decoder.cache_info().maxsize)
    assert before == (1024, 1024)
    case = next(each.values[0] for each in NARROWING if each.id == "yume-invoices")
    assert isinstance(case, Case)
    sets = [frozenset(each) for each in combinations(attributes_of(case), 2)]
    for selection in sets:
        read(case, case.example, selection)
    assert decoder.cache_info().currsize < len(sets)


def test_wire_names_stay() -> None:
    struct = narrowed(YumeRow, YumeInvoice, frozenset({("created_at",)}))
    names = {each.name: each.encode_name for each in msgspec.structs.fields(YumeRow)}
    for each in msgspec.structs.fields(struct):
        assert names.get(each.name, each.encode_name) == each.encode_name


@pytest.mark.parametrize(
    "selection",
    [
        {("raw",)},  # it does not say what it reads
        {("nothing of the kind",)},
        {("status",), ("own_payment", "raw")},
        {("status",), ("own_payment", "own_invoice", "raw")},
    ],
    ids=str,
)
def test_rows_are_whole_where_it_is_not_known_what_is_read(selection: set[tuple[str, ...]]) -> None:
    assert narrowed(InvoiceRow, Invoice, frozenset(selection)) is None


def test_rows_are_whole_where_most_of_them_is_read() -> None:
    case = next(each.values[0] for each in NARROWING if each.id == "smartpay-invoices")
    assert isinstance(case, Case)
    assert case.listing.narrow(frozenset(attributes_of(case))) is None


def test_a_row_cannot_pretend_to_be_decoded() -> None:
    case = next(each.values[0] for each in NARROWING if each.id == "smartpay-invoices")
    assert isinstance(case, Case)
    example = json.loads(case.example)
    for row in example[case.listing.rows]:
        row |= {"_full": {"description": "forged"}, "_origin": "forged", "_at": 7}
    body = json.dumps(example).encode()
    assert told(case, body, frozenset({("status",)})) == told(case, body, None)
