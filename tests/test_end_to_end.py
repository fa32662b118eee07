"""The whole house over loopback sockets: a client, the server, and the sandbox's Yume.

What the server says is held against what Yume itself says, asked without the server.
"""

import base64
import math
import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import pytest
from graphql import (
    GraphQLObjectType,
    GraphQLUnionType,
    assert_interface_type,
    build_schema,
    get_named_type,
    is_leaf_type,
)

from sandbox import yandex_ofd
from sandbox.app import create_app as create_sandbox
from schema import sdl
from server.app import create_app
from tests.conftest import (
    LARGEST_PAGE,
    NOW,
    Graph,
    Stages,
    StartGraph,
    StartYume,
    Whole,
    Yume,
    served_graph,
    settings,
    source,
)

Row = Mapping[str, Any]
STATUSES = {
    "waiting": "PENDING",
    "confirmed": "PAID",
    "rejected": "FAILED",
    "refunded": "REFUNDED",
}
MONEY = "{ amount currency }"
INVOICE = f"""
  id providerId number status providerStatus description createdAt fetchedAt currency raw
  source {{ id name provider }}
  total {MONEY} captured {MONEY} refunded {MONEY}
  details {{
    __typename
    ... on YumeInvoice {{
      tenantId cardId capturedAt startAt endAt transactionUrl
      items {{
        providerId type startAt endAt count price {MONEY} amount {MONEY} integrationPeriodId
        integration {{
          providerId code name slug comment slogan type detail icon image imageAlt disabled
          extra demoEnabled demoDuration tags modules visible
        }}
        variant {{ providerId name code limits }}
      }}
      errors {{ providerId code description createdAt }}
    }}
  }}
"""
PAGE = """
query ($first: Int, $after: String, $last: Int, $before: String,
       $filter: InvoiceFilter, $order: InvoiceOrder! = CREATED_AT_DESC) {
  invoices(first: $first, after: $after, last: $last, before: $before,
           filter: $filter, orderBy: $order) {
    edges { cursor node { id providerId createdAt source { name } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
    sources { source { name } status fetchedAt error { code retryable } }
  }
}
"""
ROWS = """
query ($first: Int, $after: String, $last: Int, $before: String,
       $filter: InvoiceFilter, $order: InvoiceOrder! = CREATED_AT_DESC) {
  invoices(first: $first, after: $after, last: $last, before: $before,
           filter: $filter, orderBy: $order) {
    nodes { providerId }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
ONLY_ROWS = """
query ($first: Int, $filter: InvoiceFilter) {
  invoices(first: $first, filter: $filter) { nodes { id } }
}
"""
ONE = "query ($id: ID!) { invoice(id: $id) { id providerId total { amount } } }"
SEVERAL = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"


def global_id(*parts: str) -> str:
    """An id as the server makes them: clients treat it as opaque, these tests forge some."""
    return base64.urlsafe_b64encode(":".join(parts).encode()).rstrip(b"=").decode()


def newest_first(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["created_at"], row["id"]), reverse=True)


def ids(rows: Sequence[Row]) -> list[str]:
    return [str(row["id"]) for row in rows]


@pytest.fixture(scope="module")
def rows(still_yume: Yume) -> Sequence[Row]:
    """The invoices that every Yume here begins with, in the order of the graph."""
    return newest_first(still_yume.rows())


# --- What an invoice shows


def text(value: Any) -> str | None:
    """Numbers of Yume's are ids here; no id and an empty text are null."""
    return str(value) if value else None


def money(amount: str | None, currency: str) -> Row | None:
    return None if amount is None else {"amount": amount, "currency": currency}


def shown_integration(row: Row | None) -> Row | None:
    if row is None:
        return None
    names = ("code", "name", "slug", "comment", "slogan", "type", "detail", "icon", "image")
    return {
        "providerId": text(row["id"]),
        **{name: text(row[name]) for name in names},
        "imageAlt": text(row["image_alt"]),
        "disabled": row["disabled"],
        "extra": row["extra"],
        "demoEnabled": row["demo_enabled"],
        "demoDuration": row["demo_duration"],
        "tags": row["tags"],
        "modules": row["modules"],
        "visible": row["visable"],
    }


def shown_item(row: Row, currency: str) -> Row:
    variant = row["variant"]
    return {
        "providerId": text(row["id"]),
        "type": row["type"],
        "startAt": row["start_at"],
        "endAt": row["end_at"],
        "count": row["count"],
        "price": money(row["price"], currency),
        "amount": money(row["amount"], currency),
        "integrationPeriodId": text(row["integration_period"]),
        "integration": shown_integration(row["integration"]),
        "variant": variant and {**variant, "providerId": text(variant["id"])},
    }


def shown(row: Row) -> Row:
    """What the graph shows of a row, but for its id and when it was fetched."""
    currency = row["currency"]
    items = [shown_item(item, currency) for item in row["items"]]
    for item in items:
        if item["variant"]:
            del item["variant"]["id"]
    return {
        "providerId": str(row["id"]),
        "number": None,
        "status": STATUSES[row["status"]],
        "providerStatus": row["status"],
        "description": None,
        "createdAt": row["created_at"],
        "currency": currency,
        "raw": row,
        "source": {
            "id": global_id("Source", "rental", "", ""),
            "name": "rental",
            "provider": "YUME",
        },
        "total": money(row["total"], currency),
        "captured": money(row["captured_amount"], currency),
        "refunded": money(row["refund_amount"], currency),
        "details": {
            "__typename": "YumeInvoice",
            "tenantId": text(row["tenant"]),
            "cardId": text(row["card"]),
            "capturedAt": row["captured_at"],
            "startAt": row["start_at"],
            "endAt": row["end_at"],
            "transactionUrl": row["transaction_url"],
            "items": items,
            "errors": [
                {
                    "providerId": text(error["id"]),
                    "code": error["code"],
                    "description": error["description"],
                    "createdAt": error["created_at"],
                }
                for error in row["errors"]
            ],
        },
    }


def test_the_newest_invoices_are_what_yume_says(graph: Graph, rows: Sequence[Row]) -> None:
    before = datetime.now(UTC)
    nodes = graph.data(f"{{ invoices(first: 10) {{ nodes {{ {INVOICE} }} }} }}")["invoices"][
        "nodes"
    ]
    after = datetime.now(UTC)
    assert len({node.pop("id") for node in nodes}) == 10
    assert all(before <= datetime.fromisoformat(node.pop("fetchedAt")) <= after for node in nodes)
    assert nodes == [shown(row) for row in rows[:10]]


def test_every_field_is_right_in_rows_of_all_kinds(graph: Graph, rows: Sequence[Row]) -> None:
    head = "query ($filter: InvoiceFilter) { invoices(filter: $filter)"
    query = f"{head} {{ nodes {{ {INVOICE} }} }} }}"
    for word, status in STATUSES.items():
        nodes = graph.data(query, filter={"statuses": [status]})["invoices"]["nodes"]
        for node in nodes:
            del node["id"], node["fetchedAt"]
        assert nodes == [shown(row) for row in rows if row["status"] == word][:25]


def test_raw_is_the_record_as_received(graph: Graph, still_yume: Yume) -> None:
    answer = graph.http.post("/graphql", json={"query": "{ invoices(first: 1) { nodes { raw } } }"})
    received = still_yume.received("?page=1&pageSize=1")
    row = received.partition(b'"results":[')[2].partition(b'],"next"')[0]
    assert row.startswith(b'{"id":')
    assert row in answer.content


# --- Walking


def walk(graph: Graph, size: int, *, backwards: bool = False, **asked: Any) -> list[str]:
    """The rows of all pages from one end to the other, in the order of the list."""
    pages: list[list[str]] = []
    cursor: str | None = None
    more = True
    while more:
        paging = {"last": size, "before": cursor} if backwards else {"first": size, "after": cursor}
        page = graph.data(ROWS, **paging, **asked)["invoices"]
        info = page["pageInfo"]
        forth, back = info["hasNextPage"], info["hasPreviousPage"]
        assert (forth if backwards else back) is (cursor is not None)
        more = back if backwards else forth
        pages.append([node["providerId"] for node in page["nodes"]])
        assert len(pages[-1]) == size if more else len(pages[-1]) <= size
        cursor = info["startCursor" if backwards else "endCursor"]
    return [row for page in (reversed(pages) if backwards else pages) for row in page]


@pytest.mark.parametrize("backwards", [False, True], ids=["forwards", "backwards"])
@pytest.mark.parametrize("order", ["CREATED_AT_DESC", "CREATED_AT_ASC"])
@pytest.mark.parametrize("size", [7, 100])
def test_a_walk_gives_each_row_once_in_order(
    graph: Graph, rows: Sequence[Row], size: int, order: str, backwards: bool
) -> None:
    expected = ids(rows)
    assert len(expected) == 1200
    if order == "CREATED_AT_ASC":
        expected.reverse()
    assert walk(graph, size, order=order, backwards=backwards) == expected


@pytest.mark.parametrize("page_size", [30, 250])
def test_a_walk_whatever_the_largest_page_of_yume_is(
    still_yume: Yume, start_graph: StartGraph, rows: Sequence[Row], page_size: int
) -> None:
    # Yume gives a hundred rows at most: less than it is said to, or more than it is asked for.
    graph = start_graph(settings(source(still_yume, page_size=page_size)))
    with still_yume.counted() as calls:
        assert walk(graph, 100) == ids(rows)
    sizes = {int(call.rpartition("pageSize=")[2]) for call in calls}
    assert max(sizes) <= page_size
    assert len([call for call in calls if int(call.rpartition("pageSize=")[2]) > 100]) <= 1


def test_there_are_rows_of_equal_time(rows: Sequence[Row]) -> None:
    assert len({row["created_at"] for row in rows}) < len(rows)


def test_every_edge_is_a_place_to_go_on_from(graph: Graph, rows: Sequence[Row]) -> None:
    page = graph.data(PAGE, first=30)["invoices"]
    assert page["edges"][0]["cursor"] == page["pageInfo"]["startCursor"]
    assert page["edges"][-1]["cursor"] == page["pageInfo"]["endCursor"]
    for at in (0, 11, 28):
        cursor = page["edges"][at]["cursor"]
        behind = graph.data(ROWS, first=3, after=cursor)["invoices"]["nodes"]
        assert [node["providerId"] for node in behind] == ids(rows[at + 1 : at + 4])
        before = graph.data(ROWS, last=3, before=cursor)["invoices"]["nodes"]
        assert [node["providerId"] for node in before] == ids(rows[max(at - 3, 0) : at])


# --- Filters


class Case(NamedTuple):
    """A filter and what it keeps; both may look at the rows."""

    filter: Callable[[Sequence[Row]], Row]
    keeps: Callable[[Sequence[Row], Row], bool]


def at(rows: Sequence[Row], place: int) -> str:
    created: str = rows[place]["created_at"]
    return created


def total(row: Row) -> Decimal:
    return Decimal(row["total"])


FILTERS = {
    "paid": Case(lambda _: {"statuses": ["PAID"]}, lambda _, row: row["status"] == "confirmed"),
    "two states": Case(
        lambda _: {"statuses": ["FAILED", "REFUNDED", "FAILED"]},
        lambda _, row: row["status"] in ("rejected", "refunded"),
    ),
    "a state that Yume has not": Case(lambda _: {"statuses": ["PROCESSING"]}, lambda *_: False),
    "a currency": Case(lambda _: {"currencies": ["EUR"]}, lambda _, row: row["currency"] == "EUR"),
    "currencies": Case(
        lambda _: {"currencies": ["AED", "SAR", "XXX"]},
        lambda _, row: row["currency"] in ("AED", "SAR"),
    ),
    "a currency in small letters": Case(lambda _: {"currencies": ["eur"]}, lambda *_: False),
    "from inclusive": Case(
        lambda rows: {"createdFrom": at(rows, 150)},
        lambda rows, row: row["created_at"] >= at(rows, 150),
    ),
    "to exclusive": Case(
        lambda rows: {"createdTo": at(rows, 900)},
        lambda rows, row: row["created_at"] < at(rows, 900),
    ),
    "a period": Case(
        lambda rows: {"createdFrom": at(rows, 700), "createdTo": at(rows, 500)},
        lambda rows, row: at(rows, 700) <= row["created_at"] < at(rows, 500),
    ),
    "a moment that nothing was created at": Case(
        lambda rows: {"createdFrom": at(rows, 5), "createdTo": at(rows, 5)}, lambda *_: False
    ),
    "one second": Case(
        lambda rows: {
            "createdFrom": at(rows, 300),
            "createdTo": at(rows, 300).replace("Z", ".000001Z"),
        },
        lambda rows, row: row["created_at"] == at(rows, 300),
    ),
    "another offset": Case(
        lambda rows: {"createdFrom": at(rows, 50).replace("Z", "+00:00")},
        lambda rows, row: row["created_at"] >= at(rows, 50),
    ),
    "the beginning and the end of time": Case(
        lambda _: {
            "createdFrom": "0001-01-01T00:00:00+14:00",
            "createdTo": "9999-12-31T23:59:59-14:00",
        },
        lambda *_: True,
    ),
    "the future": Case(lambda _: {"createdFrom": "2100-01-01T00:00:00Z"}, lambda *_: False),
    "a total or more": Case(
        lambda rows: {"totalFrom": rows[3]["total"]},
        lambda rows, row: total(row) >= total(rows[3]),
    ),
    "a total or less": Case(
        lambda rows: {"totalTo": rows[3]["total"]},
        lambda rows, row: total(row) <= total(rows[3]),
    ),
    "exactly a total": Case(
        lambda rows: {"totalFrom": rows[3]["total"] + "000", "totalTo": rows[3]["total"]},
        lambda rows, row: total(row) == total(rows[3]),
    ),
    "no total": Case(lambda _: {"totalFrom": 5, "totalTo": 4}, lambda *_: False),
    "this account": Case(lambda _: {"sources": ["rental"]}, lambda *_: True),
    "this provider": Case(lambda _: {"providers": ["YUME"]}, lambda *_: True),
    "nulls": Case(
        lambda _: dict.fromkeys(
            ("sources", "providers", "statuses", "createdFrom", "totalTo", "number")
        ),
        lambda *_: True,
    ),
    "nothing": Case(lambda _: {}, lambda *_: True),
    "no account": Case(lambda _: {"sources": []}, lambda *_: False),
    "no provider": Case(lambda _: {"providers": []}, lambda *_: False),
    "no status": Case(lambda _: {"statuses": []}, lambda *_: False),
    "no currency": Case(lambda _: {"currencies": []}, lambda *_: False),
    "a number": Case(lambda rows: {"number": str(rows[0]["id"])}, lambda *_: False),
    "a card": Case(lambda _: {"cardLastFour": "4242"}, lambda *_: False),
    "all at once": Case(
        lambda rows: {
            "sources": ["rental"],
            "providers": ["YUME"],
            "statuses": ["PAID", "PENDING"],
            "createdFrom": at(rows, 1000),
            "createdTo": at(rows, 100),
            "totalFrom": "100",
            "totalTo": "500000.00",
            "currencies": ["KZT", "USD"],
        },
        lambda rows, row: (
            row["status"] in ("confirmed", "waiting")
            and at(rows, 1000) <= row["created_at"] < at(rows, 100)
            and 100 <= total(row) <= 500_000
            and row["currency"] in ("KZT", "USD")
        ),
    ),
}
MATCH_ALL = (
    "nothing",
    "nulls",
    "this account",
    "this provider",
    "the beginning and the end of time",
)


BACKWARDS_TOO = ("two states", "a period", "one second", "all at once", "no status")


@pytest.mark.parametrize(
    ("name", "backwards"),
    [*((name, False) for name in FILTERS), *((name, True) for name in BACKWARDS_TOO)],
)
def test_filters_are_exact(graph: Graph, rows: Sequence[Row], name: str, backwards: bool) -> None:
    case = FILTERS[name]
    expected = [str(row["id"]) for row in rows if case.keeps(rows, row)]
    asked = case.filter(rows)
    assert walk(graph, 100, filter=asked, backwards=backwards) == expected
    if expected and name not in MATCH_ALL:
        assert len(expected) < len(rows)
        small = graph.data(ROWS, first=min(3, len(expected)), filter=asked, order="CREATED_AT_ASC")
        found = [node["providerId"] for node in small["invoices"]["nodes"]]
        assert found == expected[::-1][: len(found)] != []


@pytest.mark.parametrize(
    ("filter_", "total"),
    [
        (None, 1200),
        ({}, 1200),
        ({"sources": ["rental"]}, 1200),
        ({"providers": ["YUME"]}, 1200),
        ({"number": "1"}, 0),
        ({"cardLastFour": "4242"}, 0),
        ({"statuses": []}, 0),
        ({"providers": []}, 0),
        ({"statuses": ["PAID"]}, None),  # Yume counts its whole list only
        ({"createdFrom": "2026-01-01T00:00:00Z"}, None),
        ({"totalTo": "1"}, None),
    ],
)
def test_total_count(graph: Graph, filter_: Row | None, total: int | None) -> None:
    assert graph.data(PAGE, first=2, filter=filter_)["invoices"]["totalCount"] == total


# --- Cursors


def test_cursors_are_good_for_equal_filters_only(graph: Graph) -> None:
    words: Row = {"statuses": ["PAID", "FAILED"], "totalFrom": "5.0", "createdFrom": A_TIME}
    cursor = graph.data(ROWS, first=2, filter=words)["invoices"]["pageInfo"]["endCursor"]
    same: Row = {
        "statuses": ["FAILED", "PAID", "FAILED"],
        "totalFrom": 5,
        "createdFrom": "2025-12-31T21:00:00-03:00",
        "number": None,
    }
    page = {"first": 2, "after": cursor}
    assert graph.data(ROWS, **page, filter=same) == graph.data(ROWS, **page, filter=words)
    for changed in (
        {"filter": {**words, "statuses": ["PAID"]}},
        {"filter": {**words, "totalFrom": "5.01"}},
        {"filter": {**words, "createdFrom": "2026-01-01T00:00:01Z"}},
        {"filter": {**words, "sources": ["rental"]}},
        {"filter": None},
        {"filter": words, "order": "CREATED_AT_ASC"},
    ):
        error = graph.error(ROWS, **page, **changed)
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}
        assert error["message"].startswith("after: ")


A_TIME = "2026-01-01T00:00:00Z"


@pytest.mark.parametrize("cursor", ["", "x", "=", "AAAA", "a b", "é", "A" * 10_000, "//++"])
def test_broken_cursors(graph: Graph, cursor: str) -> None:
    for paging in ({"first": 2, "after": cursor}, {"last": 2, "before": cursor}):
        error = graph.error(ROWS, **paging)
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}
        assert error["path"] == ["invoices"]


def test_a_changed_cursor_is_refused(graph: Graph) -> None:
    cursor = graph.data(ROWS, first=2)["invoices"]["pageInfo"]["endCursor"]
    for place in range(0, len(cursor), 5):
        other = "A" if cursor[place] != "A" else "B"
        changed = cursor[:place] + other + cursor[place + 1 :]
        error = graph.error(ROWS, first=2, after=changed)
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}


# --- Arguments


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("first: -1", "first"),
        ("last: -1", "last"),
        ("first: 101", "first"),
        ("last: 101", "last"),
        ("first: 2147483647", "first"),
        ("first: 1, last: 1", "first"),
        ('first: 1, before: "x"', "before"),
        ('last: 1, after: "x"', "after"),
        ('after: "x", before: "x"', "after"),
        ('first: 1, after: "x", last: 1, before: "x"', "after"),
        ('filter: {sources: ["nobody"]}', "filter.sources"),
        ('filter: {sources: ["rental", "nobody"]}', "filter.sources"),
        ('filter: {sources: ["Rental"]}', "filter.sources"),
        ('filter: {sources: [""]}', "filter.sources"),
    ],
)
def test_bad_arguments(graph: Graph, arguments: str, words: str) -> None:
    status, data, (error,) = graph.ask(f"{{ __typename invoices({arguments}) {{ totalCount }} }}")
    assert (status, data) == (200, {"__typename": "Query", "invoices": None})
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert error["path"] == ["invoices"]
    assert words in error["message"]


@pytest.mark.parametrize(
    ("arguments", "places"),
    [
        ("", slice(25)),
        ("(first: null, after: null, last: null, before: null, filter: null)", slice(25)),
        ("(first: 3, last: null, before: null)", slice(3)),
        ("(first: null, last: 3)", slice(-3, None)),
        ("(first: 100)", slice(100)),
        ("(last: 100)", slice(-100, None)),
        ("(first: 0)", slice(0)),
        ("(last: 0)", slice(0)),
        ("(filter: {})", slice(25)),
    ],
)
def test_good_arguments(graph: Graph, rows: Sequence[Row], arguments: str, places: slice) -> None:
    nodes = graph.data(f"{{ invoices{arguments} {{ nodes {{ providerId }} }} }}")["invoices"][
        "nodes"
    ]
    assert [node["providerId"] for node in nodes] == ids(rows[places])


def test_a_cursor_alone_takes_the_default_size(graph: Graph, rows: Sequence[Row]) -> None:
    cursor = graph.data(PAGE, first=40)["invoices"]["edges"][29]["cursor"]
    after = graph.data(ROWS, after=cursor)["invoices"]
    assert [node["providerId"] for node in after["nodes"]] == ids(rows[30:55])
    before = graph.data(ROWS, before=cursor)["invoices"]
    assert [node["providerId"] for node in before["nodes"]] == ids(rows[4:29])


def test_no_rows_tell_whether_there_are_some(graph: Graph) -> None:
    nobody = {"statuses": ["PROCESSING"]}
    cursor = graph.data(ROWS, first=1)["invoices"]["pageInfo"]["endCursor"]
    last = graph.data(ROWS, last=1)["invoices"]["pageInfo"]["endCursor"]
    first = graph.data(ROWS, first=1)["invoices"]["pageInfo"]["startCursor"]
    for asked, forth, back, start, end in (
        ({"first": 0}, True, False, None, None),
        ({"last": 0}, False, True, None, None),
        ({"first": 0, "after": cursor}, True, True, None, cursor),
        ({"first": 0, "after": last}, False, True, None, last),
        ({"first": 5, "after": last}, False, True, None, last),
        ({"last": 0, "before": last}, True, True, last, None),
        ({"last": 0, "before": first}, True, False, first, None),
        ({"last": 5, "before": first}, True, False, first, None),
        ({"first": 0, "filter": nobody}, False, False, None, None),
        ({"first": 5, "filter": nobody}, False, False, None, None),
    ):
        page = graph.data(ROWS, **asked)["invoices"]
        assert page["nodes"] == []
        assert page["pageInfo"] == {
            "hasNextPage": forth,
            "hasPreviousPage": back,
            "startCursor": start,
            "endCursor": end,
        }, asked


# --- Single things


def test_an_invoice_by_its_id(graph: Graph, rows: Sequence[Row]) -> None:
    edge = graph.data(PAGE, first=1)["invoices"]["edges"][0]
    fields = f"{{ ... on Invoice {{ {INVOICE} }} }}"
    query = f"query ($id: ID!) {{ invoice(id: $id) {fields} node(id: $id) {fields} }}"
    answer = graph.data(query, id=edge["node"]["id"])
    assert answer["invoice"] == answer["node"]
    assert answer["invoice"].pop("id") == edge["node"]["id"]
    del answer["invoice"]["fetchedAt"]
    assert answer["invoice"] == shown(rows[0])


def test_a_source_by_its_id(graph: Graph) -> None:
    (shown_source,) = graph.data("{ sources { id name provider } }")["sources"]
    query = "query ($id: ID!) { node(id: $id) { __typename ... on Source { id name provider } } }"
    assert graph.data(query, id=shown_source["id"])["node"] == {
        "__typename": "Source",
        **shown_source,
    }


NO_IDS = [
    "",
    "5",
    "x",
    "é",
    "=",
    "SW52b2ljZQ",
    "A" * 10_000,
    global_id("Invoice", "rental", ""),
    global_id("Invoice", "rental", "", ""),
    global_id("Invoice", "", "", "9400"),
    global_id("Invoice", "ren tal", "", "9400"),
    global_id("invoice", "rental", "", "9400"),
    global_id("Query", "rental", "", "9400"),
    global_id("Invoice", "rental", "", "9400") + "=",
    global_id("Invoice", "rental", "", "9400") + "\n",
]
UNKNOWN_IDS = [
    global_id("Invoice", "rental", "", "1"),
    global_id("Invoice", "rental", "", "x"),
    global_id("Invoice", "rental", "", "9400/../9401"),
    global_id("Invoice", "rental", "", "-1"),
    global_id("Invoice", "rental", "", "9" * 400),
    global_id("Invoice", "nobody", "", "9400"),
]


@pytest.mark.parametrize("text", NO_IDS, ids=lambda text: repr(text[:40]))
def test_what_is_no_id(graph: Graph, text: str) -> None:
    for query, path in (
        (ONE, ["invoice"]),
        ("query ($id: ID!) { node(id: $id) { id } }", ["node"]),
    ):
        error = graph.error(query, id=text)
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}
        assert error["path"] == path
        assert error["message"].startswith("id: ")


@pytest.mark.parametrize("text", UNKNOWN_IDS, ids=lambda text: text[:60])
def test_an_id_of_nothing(graph: Graph, text: str) -> None:
    assert graph.data(ONE, id=text) == {"invoice": None}
    assert graph.data(SEVERAL, ids=[text]) == {"nodes": [None]}


def test_an_id_of_another_type(graph: Graph) -> None:
    error = graph.error(ONE, id=global_id("Source", "rental", "", ""))
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert "Source" in error["message"]


@pytest.mark.parametrize("typename", ["Payment", "SalesAggregate", "ExportTask"])
def test_an_id_of_what_the_source_does_not_have(graph: Graph, typename: str) -> None:
    foreign = global_id(typename, "rental", "", "9400")
    error = graph.error(ONE, id=foreign)
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert typename in error["message"]
    assert graph.data(SEVERAL, ids=[foreign]) == {"nodes": [None]}


def test_nodes_are_judged_one_by_one(graph: Graph, rows: Sequence[Row]) -> None:
    real = [global_id("Invoice", "rental", "", row) for row in (*ids(rows[:2]), str(rows[0]["id"]))]
    rental = global_id("Source", "rental", "", "")
    unknown, broken, foreign = UNKNOWN_IDS[0], "x", global_id("Query", "rental", "", "9")
    asked = [real[0], unknown, broken, rental, foreign, real[1], real[2]]
    status, data, errors = graph.ask(SEVERAL, ids=asked)
    assert status == 200
    assert data["nodes"] == [
        {"__typename": "Invoice", "id": real[0]},
        None,
        None,
        {"__typename": "Source", "id": rental},
        None,
        {"__typename": "Invoice", "id": real[1]},
        {"__typename": "Invoice", "id": real[2]},
    ]
    assert [(error["path"], error["extensions"]) for error in errors] == [
        (["nodes", 2], {"code": "BAD_USER_INPUT"}),
        (["nodes", 4], {"code": "BAD_USER_INPUT"}),
    ]
    assert errors[0]["message"].startswith("ids[2]: ")
    assert graph.data(SEVERAL, ids=[]) == {"nodes": []}


# --- What it costs


class Fresh(NamedTuple):
    """A server that has asked its Yume nothing yet."""

    graph: Graph
    yume: Yume

    def calls(self, query: str, **variables: Any) -> int:
        """How many upstream calls an operation makes."""
        with self.yume.counted() as calls:
            self.graph.ask(query, **variables)
        assert all(call.startswith("/v1/billing/invoices/") for call in calls)
        assert len(set(calls)) == len(calls), "the same thing was asked twice"
        return len(calls)


@pytest.fixture
def fresh(still_yume: Yume, start_graph: StartGraph) -> Fresh:
    return Fresh(start_graph(settings(source(still_yume))), still_yume)


@pytest.mark.parametrize(
    ("query", "calls"),
    [
        ("{ __typename }", 0),
        ("{ sources { id name provider state lastSuccessAt lastError { code } } }", 0),
        ("{ __schema { types { name } } }", 0),
        ("{ invoices(first: 20) { __typename } }", 0),
        ("{", 0),
        ("{ nope }", 0),
        ("{ invoices(first: -1) { nodes { id } } }", 0),
        ("{ invoices(first: 101) { nodes { id } } }", 0),
        ('{ invoices(after: "x") { nodes { id } totalCount } }', 0),
        ('{ invoices(filter: {sources: ["nobody"]}) { nodes { id } totalCount } }', 0),
        ('{ invoice(id: "x") { id } }', 0),
        ('{ nodes(ids: ["x", "y"]) { id } }', 0),
        ("{ invoices(first: 20) { nodes { id } } }", 1),
        ("{ invoices(first: 20) { edges { cursor node { raw } } pageInfo { hasNextPage } } }", 1),
        ("{ invoices(first: 100) { nodes { id } pageInfo { hasNextPage endCursor } } }", 1),
        ("{ invoices(first: 0) { pageInfo { hasNextPage } } }", 1),
        ("{ invoices { sources { status } } }", 1),
        ("{ invoices { totalCount } }", 1),
        ("{ invoices(first: 20) { nodes { id } totalCount } }", 1),
        ("{ a: invoices(first: 20) { nodes { id } } b: invoices { totalCount } }", 1),
        (
            "{ a: invoices(first: 10) { nodes { id } } b: invoices(first: 10) { nodes { id } } "
            "c: invoices(first: 30) { nodes { id } } }",
            1,
        ),
        ('{ invoices(filter: {sources: ["rental"]}) { nodes { id } } }', 1),
        ("{ invoices(filter: {providers: [YUME]}) { nodes { id } } }", 1),
        ('{ invoices(filter: {number: "x"}) { nodes { id } totalCount } }', 0),
        ('{ invoices(filter: {cardLastFour: "4242"}) { nodes { id } totalCount } }', 0),
        ("{ invoices(filter: {statuses: []}) { nodes { id } totalCount } }", 0),
        ("{ invoices(filter: {currencies: []}) { nodes { id } totalCount } }", 0),
        ("{ invoices(filter: {sources: []}) { nodes { id } totalCount } }", 0),
        ("{ invoices(filter: {statuses: [PAID]}, first: 20) { nodes { id } } }", 1),
        ("{ invoices(filter: {statuses: [PAID]}) { totalCount } }", 0),
    ],
)
def test_calls(fresh: Fresh, query: str, calls: int) -> None:
    assert fresh.calls(query) == calls


def test_calls_for_the_next_page(fresh: Fresh) -> None:
    cursor = fresh.graph.data(ROWS, first=20)["invoices"]["pageInfo"]["endCursor"]
    assert fresh.calls(ROWS, first=20, after=cursor) == 1
    assert fresh.calls(ROWS, first=100, after=cursor) == 2


def test_calls_for_a_page_far_behind(fresh: Fresh) -> None:
    cursor: str | None = None
    for _ in range(7):
        cursor = fresh.graph.data(ROWS, first=100, after=cursor)["invoices"]["pageInfo"][
            "endCursor"
        ]
    assert fresh.calls(ROWS, first=20, after=cursor) == 1


def test_calls_for_the_end(fresh: Fresh) -> None:
    assert fresh.calls(ROWS, last=20) <= 2


def test_calls_for_the_oldest(fresh: Fresh) -> None:
    assert fresh.calls(ROWS, first=20, order="CREATED_AT_ASC") <= 2


@pytest.mark.parametrize("status", ["PAID", "FAILED", "REFUNDED"])
def test_calls_until_a_filtered_page_is_full(
    fresh: Fresh, rows: Sequence[Row], status: str
) -> None:
    word = next(word for word, meaning in STATUSES.items() if meaning == status)
    matching = [place for place, row in enumerate(rows) if row["status"] == word]
    pages = matching[19] // LARGEST_PAGE + 1
    filter_ = {"statuses": [status]}
    # Each page but the first has a row of overlap, so the last one may be one further on.
    assert fresh.calls(ONLY_ROWS, first=20, filter=filter_) in (pages, pages + (pages > 1))


def test_a_full_page_is_read_no_further_unless_somebody_asks(
    fresh: Fresh, rows: Sequence[Row]
) -> None:
    totals = [row["total"] for row in rows]
    place = next(place for place in range(50) if totals.count(totals[place]) == 1)
    only = {"totalFrom": totals[place], "totalTo": totals[place]}
    assert fresh.calls(ONLY_ROWS, first=1, filter=only) == 1


def test_calls_for_single_invoices(fresh: Fresh, rows: Sequence[Row]) -> None:
    first, second = (global_id("Invoice", "rental", "", row) for row in ids(rows[:2]))
    rental = global_id("Source", "rental", "", "")
    assert fresh.calls(ONE, id=first) == 1
    assert fresh.calls("query ($id: ID!) { node(id: $id) { id } }", id=first) == 1
    assert (
        fresh.calls(
            "query ($id: ID!) { a: invoice(id: $id) { id } b: node(id: $id) { id } }", id=first
        )
        == 1
    )
    assert fresh.calls(SEVERAL, ids=[first, second, first, rental]) == 2
    assert fresh.calls(SEVERAL, ids=[rental, *UNKNOWN_IDS[1:4], UNKNOWN_IDS[-1]]) == 0
    assert fresh.calls(SEVERAL, ids=[UNKNOWN_IDS[0]]) == 1


# --- Change between two pages


class Changing(NamedTuple):
    """A Yume that a test may change, and a server on it."""

    graph: Graph
    yume: Yume


@pytest.fixture
def changing(start_yume: StartYume, start_graph: StartGraph) -> Changing:
    yume = start_yume()
    return Changing(start_graph(settings(source(yume))), yume)


@pytest.mark.parametrize("backwards", [False, True], ids=["forwards", "backwards"])
@pytest.mark.parametrize("order", ["CREATED_AT_DESC", "CREATED_AT_ASC"])
def test_change_between_pages_skips_and_repeats_nothing(
    changing: Changing, rows: Sequence[Row], order: str, backwards: bool
) -> None:
    graph, yume = changing
    before = list(rows)
    if order == "CREATED_AT_ASC":
        before.reverse()
    if backwards:
        before.reverse()
    size, cursor, seen = 9, None, list[str]()
    removed: set[int] = set()
    for step in range(20):
        paging = {"last": size, "before": cursor} if backwards else {"first": size, "after": cursor}
        page = graph.data(ROWS, **paging, order=order)["invoices"]
        found = [node["providerId"] for node in page["nodes"]]
        assert len(found) == size
        seen += reversed(found) if backwards else found
        cursor = page["pageInfo"]["startCursor" if backwards else "endCursor"]
        if step % 3 == 0:
            yume.insert()
        if step % 4 == 0:  # the last row shown, the first one, and one to come
            gone = {int(seen[-1]), int(seen[0]), before[len(seen) + 2]["id"]} - removed
            removed |= gone
            for row in gone:
                yume.remove(row)
    added = {str(row["id"]) for row in yume.rows()} - set(ids(before))
    assert len(added) == 7
    assert len(set(seen)) == len(seen)
    kept = [row for row in seen if row not in added]
    expected = [row for row in ids(before) if int(row) not in removed or row in kept]
    assert kept == expected[: len(kept)]
    assert len(kept) > 150


@pytest.mark.parametrize("moved", [1, 5, 30])
def test_calls_after_rows_were_inserted(
    changing: Changing, rows: Sequence[Row], moved: int
) -> None:
    graph, yume = changing
    cursor = graph.data(ROWS, first=100)["invoices"]["pageInfo"]["endCursor"]
    for _ in range(moved):
        yume.insert()
    with yume.counted() as calls:
        page = graph.data(ROWS, first=20, after=cursor)["invoices"]
    assert [node["providerId"] for node in page["nodes"]] == ids(rows[100:120])
    assert len(calls) <= 1 + math.ceil(math.log2(moved)) + 1


# --- When Yume fails


def outcome(error: Mapping[str, Any]) -> Row:
    return {key: value for key, value in error["extensions"].items() if value is not None}


FAULTS: Sequence[tuple[Row, str, Row]] = [
    ({"status": 500}, "UPSTREAM_UNAVAILABLE", {"retryable": True, "httpStatus": 500}),
    ({"status": 503}, "UPSTREAM_UNAVAILABLE", {"retryable": True, "httpStatus": 503}),
    (
        {"status": 503, "retry_after": 30},
        "UPSTREAM_UNAVAILABLE",
        {"retryable": True, "httpStatus": 503, "retryAfterSeconds": 30},
    ),
    (
        {"status": 429, "retry_after": 7},
        "UPSTREAM_RATE_LIMITED",
        {"retryable": True, "httpStatus": 429, "retryAfterSeconds": 7},
    ),
    ({"status": 401}, "UPSTREAM_UNAUTHORIZED", {"retryable": False, "httpStatus": 401}),
    ({"status": 403}, "UPSTREAM_UNAUTHORIZED", {"retryable": False, "httpStatus": 403}),
    ({"status": 400}, "UPSTREAM_REJECTED", {"retryable": False, "httpStatus": 400}),
    ({"status": 404}, "UPSTREAM_REJECTED", {"retryable": False, "httpStatus": 404}),
    ({"status": 302}, "UPSTREAM_REJECTED", {"retryable": False, "httpStatus": 302}),
    *(
        ({"malformed": kind}, "UPSTREAM_MALFORMED", {"retryable": False})
        for kind in ("html", "truncated", "empty", "null", "list")
    ),
    ({"delay_seconds": 0.6}, "UPSTREAM_TIMEOUT", {"retryable": True}),
]


@pytest.mark.parametrize(("fault", "code", "extensions"), FAULTS, ids=lambda each: str(each)[:40])
def test_a_failing_source_alone(
    start_yume: StartYume, start_graph: StartGraph, fault: Row, code: str, extensions: Row
) -> None:
    yume = start_yume()
    graph = start_graph(settings(source(yume, timeout_seconds=0.3)))
    yume.fail(**fault)
    status, data, (error,) = graph.ask(f"{{ __typename sources {{ name }} {PAGE_OF_ONE} }}")
    assert status == 200
    assert data == {"__typename": "Query", "sources": [{"name": "rental"}], "invoices": None}
    assert error["path"] == ["invoices"]
    assert outcome(error) == {
        "code": code,
        "source": "rental",
        "provider": "YUME",
        **extensions,
        "sources": [{"source": "rental", "code": code}],
    }
    assert error["message"].startswith("rental: ")
    assert not re.search(r"127\.0\.0\.1|token|http://|/v1/", error["message"])
    (state,) = graph.data(STATE)["sources"]
    retryable = extensions["retryable"] or code == "UPSTREAM_UNAUTHORIZED"
    assert state["state"] == ("UNAVAILABLE" if retryable else "DEGRADED")
    assert state["lastSuccessAt"] is None
    last_error = {name: value for name, value in state["lastError"].items() if value is not None}
    assert last_error == {"code": code, "message": error["message"], **extensions}
    yume.recover()
    assert len(graph.data(f"{{ {PAGE_OF_ONE} }}")["invoices"]["nodes"]) == 1
    (state,) = graph.data(STATE)["sources"]
    assert state["lastSuccessAt"] is not None
    assert state == {**state, "state": "HEALTHY", "lastError": None}


PAGE_OF_ONE = "invoices(first: 1) { nodes { id } }"
STATE = """
{
  sources {
    state
    lastSuccessAt
    lastError { code message retryable retryAfterSeconds httpStatus providerCode }
  }
}
"""


def test_a_single_look_up_of_a_failing_source(changing: Changing, rows: Sequence[Row]) -> None:
    graph, yume = changing
    known = [global_id("Invoice", "rental", "", row) for row in ids(rows[:2])]
    rental = global_id("Source", "rental", "", "")
    yume.fail(status=500)
    _, data, (error,) = graph.ask(ONE, id=known[0])
    assert data == {"invoice": None}
    assert outcome(error) == {
        "code": "UPSTREAM_UNAVAILABLE",
        "source": "rental",
        "provider": "YUME",
        "retryable": True,
        "httpStatus": 500,
    }
    yume.fail(status=400, times=1)
    _, data, (error,) = graph.ask(SEVERAL, ids=[rental, *known])
    lost = error["path"][1]
    assert lost in (1, 2)
    assert [node is None for node in data["nodes"]] == [False, lost == 1, lost == 2]


def test_a_wrong_credential(still_yume: Yume, start_graph: StartGraph) -> None:
    graph = start_graph(settings(source(still_yume, token="swordfish")))
    error = graph.error(f"{{ {PAGE_OF_ONE} }}")
    assert error["extensions"]["code"] == "UPSTREAM_UNAUTHORIZED"
    assert error["extensions"]["httpStatus"] == 401
    assert "swordfish" not in str(error)


def test_nobody_there(still_yume: Yume, start_graph: StartGraph) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    graph = start_graph(settings(source(still_yume, base_url=f"http://127.0.0.1:{port}/yume")))
    error = graph.error(f"{{ {PAGE_OF_ONE} }}")
    assert error["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert error["extensions"]["httpStatus"] is None
    assert str(port) not in error["message"]


# --- Poisoned rows

POISONED = f"{{ invoices(first: 2) {{ nodes {{ {INVOICE} }} }} }}"


@pytest.mark.parametrize(
    ("fields", "path", "place"),
    [
        ({"total": "12,50"}, ["total"], "total"),
        ({"total": 12.5}, ["total"], "total"),
        ({"total": "1e3"}, ["total"], "total"),
        ({"captured_amount": "NaN"}, ["captured"], "captured_amount"),
        ({"captured_at": "yesterday"}, ["details", "capturedAt"], "captured_at"),
        ({"start_at": 5}, ["details", "startAt"], "start_at"),
        ({"transaction_url": 5}, ["details", "transactionUrl"], "transaction_url"),
        ({"tenant": True}, ["details", "tenantId"], "tenant"),
    ],
)
def test_a_poisoned_value_costs_only_itself(
    changing: Changing, rows: Sequence[Row], fields: Row, path: Sequence[str], place: str
) -> None:
    graph, yume = changing
    row = yume.insert(**fields)
    status, data, (error,) = graph.ask(POISONED)
    assert status == 200
    assert error["path"] == ["invoices", "nodes", 0, *path]
    assert outcome(error) == {
        "code": "UPSTREAM_MALFORMED",
        "source": "rental",
        "provider": "YUME",
        "retryable": False,
    }
    assert f"results[0].{place}" in error["message"]
    poisoned, other = data["invoices"]["nodes"]
    sound = {key: value for key, value in row.items() if key not in fields}
    expected = dict(shown({**sound, **dict.fromkeys(fields)}))
    expected["raw"] = row
    for node in (poisoned, other):
        del node["id"], node["fetchedAt"]
    assert poisoned == expected
    assert other == shown(rows[0])
    assert (
        len(graph.data("{ invoices(first: 2) { nodes { id status } } }")["invoices"]["nodes"]) == 2
    )


def test_a_poisoned_item(changing: Changing) -> None:
    graph, yume = changing
    (item, *_), count = yume.insert()["items"], 2**31
    yume.insert(items=[{**item, "price": "x"}, {**item, "count": count}, {**item, "extra": 1}])
    details = "{ ... on YumeInvoice { items { type count price { amount } } } }"
    query = f"{{ invoices(first: 1) {{ nodes {{ details {details} }} }} }}"
    _, data, errors = graph.ask(query)
    base = ["invoices", "nodes", 0, "details", "items"]
    assert [error["path"] for error in errors] == [[*base, 0, "price"], [*base, 1, "count"]]
    assert {error["extensions"]["code"] for error in errors} == {"UPSTREAM_MALFORMED"}
    assert "results[0].items[0].price" in errors[0]["message"]
    items = data["invoices"]["nodes"][0]["details"]["items"]
    price = {"amount": item["price"]}
    assert items == [
        {"type": item["type"], "count": item["count"], "price": None},
        {"type": item["type"], "count": None, "price": price},
        {"type": item["type"], "count": item["count"], "price": price},
    ]


def test_a_poisoned_sort_key_fails_the_source(changing: Changing) -> None:
    graph, yume = changing
    yume.insert(created_at="yesterday")
    error = graph.error("{ invoices(first: 2) { nodes { id } } }")
    assert error["path"] == ["invoices"]
    assert error["extensions"]["code"] == "UPSTREAM_MALFORMED"
    assert "results[0].created_at" in error["message"]


def test_an_unknown_status_and_a_missing_currency(changing: Changing) -> None:
    graph, yume = changing
    yume.insert(status="frozen", currency=None, items=None, errors=None, captured_amount="")
    node = graph.data(
        f"{{ invoices(first: 1) {{ nodes {{ status providerStatus currency total {MONEY} "
        "details { ... on YumeInvoice { items { count } errors { code } } } } } }"
    )["invoices"]["nodes"][0]
    assert node == {
        "status": "UNKNOWN",
        "providerStatus": "frozen",
        "currency": None,
        "total": None,
        "details": {"items": [], "errors": []},
    }
    found = graph.data("{ invoices(filter: {statuses: [UNKNOWN]}) { nodes { status } } }")
    assert found["invoices"]["nodes"] == [{"status": "UNKNOWN"}]


def test_a_list_out_of_order_is_read_and_sorted(changing: Changing, rows: Sequence[Row]) -> None:
    graph, yume = changing
    old = yume.insert(created_at="2026-01-01T00:00:00Z")
    timeless = yume.insert(created_at=None)
    expected = [*ids(newest_first([*rows, old])), str(timeless["id"])]
    assert str(old["id"]) not in expected[:50]
    first = graph.data(ROWS, first=100)["invoices"]
    for paging, order, places in (
        ({"first": 100}, None, expected[:100]),
        ({"first": 100, "after": first["pageInfo"]["endCursor"]}, None, expected[100:200]),
        ({"last": 10}, None, expected[-10:]),
        ({"first": 10}, "CREATED_AT_ASC", expected[:-11:-1]),
    ):
        page = graph.data(ROWS, **paging, **({"order": order} if order else {}))["invoices"]
        assert [node["providerId"] for node in page["nodes"]] == places
    assert graph.data(STATE)["sources"][0]["state"] == "DEGRADED"


def test_a_list_out_of_order_that_is_too_long(
    start_yume: StartYume, start_graph: StartGraph
) -> None:
    yume = start_yume()
    yume.insert(created_at="2026-01-01T00:00:00Z")
    graph = start_graph(settings(source(yume), limits={"max_rows_read": 1200}))
    error = graph.error(f"{{ {PAGE_OF_ONE.replace('1', '5')} }}")
    assert error["extensions"]["code"] == "UPSTREAM_UNORDERED"
    assert "1200" in error["message"]


# --- Several sources


class Pair(NamedTuple):
    """Two accounts with equal rows: `b` at a Yume that may fail, `a` at one that does not."""

    graph: Graph
    failing: Yume

    def page(self, **asked: Any) -> Any:
        return self.graph.data(PAGE, **asked)["invoices"]


@pytest.fixture
def pair(still_yume: Yume, start_yume: StartYume, start_graph: StartGraph) -> Pair:
    failing = start_yume()
    return Pair(start_graph(settings(source(still_yume, "a"), source(failing, "b"))), failing)


def places(page: Any) -> list[tuple[str, str, int]]:
    """Where the rows of a page belong: by time, source and id."""
    nodes = [edge["node"] for edge in page["edges"]]
    return [(node["createdAt"], node["source"]["name"], int(node["providerId"])) for node in nodes]


def merged(rows: Sequence[Row], *names: str) -> list[tuple[str, str, int]]:
    """All rows of these accounts, newest first."""
    every = [(row["created_at"], name, row["id"]) for row in rows for name in names]
    return sorted(every, reverse=True)


def test_sources_are_merged(pair: Pair, rows: Sequence[Row]) -> None:
    size = 83
    expected = merged(rows, "a", "b")
    found: list[tuple[str, str, int]] = []
    page = pair.page(first=size)
    assert page["totalCount"] == len(expected) == 2400
    assert [each["status"] for each in page["sources"]] == ["OK", "OK"]
    found += places(page)
    while page["pageInfo"]["hasNextPage"]:
        assert len(page["edges"]) == size
        page = pair.page(first=size, after=page["pageInfo"]["endCursor"])
        found += places(page)
    assert found == expected
    assert len({edge["node"]["id"] for edge in page["edges"]}) == len(page["edges"])
    back = pair.page(last=size, before=page["pageInfo"]["startCursor"])
    assert places(back) == expected[-len(page["edges"]) - size : -len(page["edges"])]


def test_only_the_asked_sources_are_asked(pair: Pair, rows: Sequence[Row]) -> None:
    with pair.failing.counted() as calls:
        page = pair.page(first=5, filter={"sources": ["a"]})
    assert places(page) == merged(rows, "a")[:5]
    assert [each["source"]["name"] for each in page["sources"]] == ["a"]
    assert calls == []


def test_a_dead_source_takes_down_only_itself(pair: Pair, rows: Sequence[Row]) -> None:
    pair.failing.fail(status=500)
    page = pair.page(first=10)
    assert places(page) == merged(rows, "a")[:10]
    assert page["totalCount"] is None
    assert page["pageInfo"]["hasNextPage"] is True
    alive, dead = page["sources"]
    assert (alive["source"]["name"], alive["status"], alive["error"]) == ("a", "OK", None)
    assert alive["fetchedAt"] is not None
    assert dead == {
        "source": {"name": "b"},
        "status": "FAILED",
        "fetchedAt": None,
        "error": {"code": "UPSTREAM_UNAVAILABLE", "retryable": True},
    }


@pytest.mark.parametrize(
    ("lost", "backwards"),
    [({0}, False), ({1, 2}, False), ({0, 3}, True)],
    ids=["at once", "on the way", "backwards"],
)
def test_rows_of_a_source_come_when_it_is_back(
    pair: Pair, rows: Sequence[Row], lost: set[int], backwards: bool
) -> None:
    found: list[tuple[str, str, int]] = []
    cursor, more, number = None, True, 0
    while more:
        if number in lost:
            pair.failing.fail(status=503)
        paging = {"last": 90, "before": cursor} if backwards else {"first": 90, "after": cursor}
        page = pair.page(**paging)
        pair.failing.recover()
        rows_here = places(page)
        assert rows_here == sorted(rows_here, reverse=True)
        statuses = [each["status"] for each in page["sources"]]
        assert statuses == ["OK", "FAILED" if number in lost else "OK"]
        found += rows_here
        info = page["pageInfo"]
        cursor = info["startCursor" if backwards else "endCursor"]
        more = info["hasPreviousPage" if backwards else "hasNextPage"]
        number += 1
    assert number > max(lost) + 1
    assert sorted(found, reverse=True) == merged(rows, "a", "b")


def test_all_sources_dead(start_yume: StartYume, start_graph: StartGraph) -> None:
    first, second = start_yume(), start_yume()
    graph = start_graph(settings(source(first, "z"), source(second, "a")))
    first.fail(status=429)
    second.fail(status=401)
    error = graph.error(f"{{ {PAGE_OF_ONE} }}")
    assert error["path"] == ["invoices"]
    assert error["extensions"]["code"] == "UPSTREAM_RATE_LIMITED"
    assert error["extensions"]["source"] == "z"
    assert error["extensions"]["sources"] == [
        {"source": "z", "code": "UPSTREAM_RATE_LIMITED"},
        {"source": "a", "code": "UPSTREAM_UNAUTHORIZED"},
    ]


def test_a_page_without_rows_repeats_its_cursor(pair: Pair) -> None:
    info = pair.page(last=1)["pageInfo"]
    pair.failing.fail(status=500)
    page = pair.page(first=5, after=info["endCursor"])
    assert page["edges"] == []
    assert page["pageInfo"]["endCursor"] == info["endCursor"]
    assert page["pageInfo"]["hasPreviousPage"] is True


def test_two_accounts_may_share_one_upstream(still_yume: Yume, start_graph: StartGraph) -> None:
    graph = start_graph(settings(source(still_yume, "a"), source(still_yume, "b")))
    with still_yume.counted() as calls:
        page = graph.data(PAGE, first=4)["invoices"]
    assert len(calls) == 2
    assert [edge["node"]["source"]["name"] for edge in page["edges"]] == ["b", "a", "b", "a"]
    assert graph.data("{ sources { name } }")["sources"] == [{"name": "a"}, {"name": "b"}]


# --- All providers at once

SCHEMA = build_schema(sdl())
NODE = assert_interface_type(SCHEMA.type_map["Node"])
NODE_TYPES = {kind.name for kind in SCHEMA.get_implementations(NODE).objects}
LISTS = {
    "invoices": "Invoice",
    "payments": "Payment",
    "salesAggregates": "SalesAggregate",
    "exportTasks": "ExportTask",
}
SALES_PERIOD = 'filter: {from: "2026-09-01T00:00:00Z", to: "2026-11-01T00:00:00Z"}, '


def everything(kind: Any) -> str:
    """A selection of all there is of a type, but for other nodes and lists of them."""
    if isinstance(kind, GraphQLUnionType):
        return "__typename " + " ".join(
            f"... on {each.name} {{ {prefixed(each)} }}" for each in kind.types
        )
    return " ".join(selections(kind))


def prefixed(kind: GraphQLObjectType) -> str:
    """The selection under names that no other type has."""
    return " ".join(f"{kind.name}_{selection}" for selection in selections(kind, aliased=True))


def selections(kind: Any, *, aliased: bool = False) -> Iterator[str]:
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        alias = f"{name}: " if aliased else ""
        if is_leaf_type(inner):
            yield f"{alias}{name}"
        elif inner.name not in NODE_TYPES and not inner.name.endswith("Connection"):
            yield f"{alias}{name} {{ {everything(inner)} }}"


def filled(value: Any, path: str = "") -> Iterator[str]:
    """Where a value is, and not null."""
    if isinstance(value, dict) and not path.endswith((".raw", ".extra", ".metadata")):
        for key, item in value.items():
            yield from filled(item, f"{path}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from filled(item, path)
    elif value is not None:
        yield path


def declared(kind: Any, path: str = "") -> Iterator[str]:
    """Where a value could be, by the schema."""
    if isinstance(kind, GraphQLUnionType):
        for each in kind.types:
            yield from (f"{path}.{each.name}_{rest[1:]}" for rest in declared(each))
        return
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            yield f"{path}.{name}"
        elif inner.name not in NODE_TYPES and not inner.name.endswith("Connection"):
            yield from declared(inner, f"{path}.{name}")


def every_node(whole: Whole, name: str, *, pages: int = 3) -> list[Any]:
    """The first rows of a list, with everything that the schema declares of them."""
    period = SALES_PERIOD if name == "salesAggregates" else ""
    query = f"""query ($after: String) {{ {name}({period}first: 100, after: $after) {{
      nodes {{ {everything(SCHEMA.type_map[LISTS[name]])} source {{ name provider }} }}
      pageInfo {{ hasNextPage endCursor }}
    }} }}"""
    nodes: list[Any] = []
    info: Any = {"hasNextPage": True, "endCursor": None}
    while info["hasNextPage"] and pages:
        page = whole.graph.data(query, after=info["endCursor"])[name]
        nodes += page["nodes"]
        info, pages = page["pageInfo"], pages - 1
    return nodes


# What every row of the sandbox has empty, as the documents print it.
USER = ".details.GoedgeplaatstPayment_user"
NEVER: Mapping[str, set[str]] = {
    "invoices": {".details.YumeInvoice_items.integration.comment"},
    "payments": {
        f"{USER}.{name}"
        for name in ("clientId", "externalUserId", "dateOfBirth", "website", "fax", "cellular")
    },
}


@pytest.mark.parametrize("name", LISTS)
def test_every_field_is_read_and_filled_somewhere(whole: Whole, name: str) -> None:
    nodes = every_node(whole, name)
    found = {path for node in nodes for path in filled(node)}
    wanted = set(declared(SCHEMA.type_map[LISTS[name]]))
    assert wanted - found == NEVER.get(name, set())


def hundredths(whole: int) -> Row:
    return {"amount": f"{Decimal(whole) / 100:.2f}", "currency": "RUB"}


def units(figure: Any, currency: str) -> Row:
    return {"amount": f"{Decimal(str(figure)):.2f}", "currency": currency}


def test_payments_are_what_their_providers_say(whole: Whole) -> None:
    nodes = every_node(whole, "payments")
    by_provider = {node["source"]["provider"] for node in nodes}
    assert by_provider == {"SMARTPAY", "GOEDGEPLAATST"}
    for node in nodes:
        raw = node["raw"]
        if node["source"]["provider"] == "SMARTPAY":
            info = raw["payment_info"]
            shown_info = node["details"]["SmartpayPayment_info"]
            assert node["providerId"] == str(info.get("payment_id") or raw["invoice_id"])
            assert node["gross"] == hundredths(raw["amount_confirm"]["amount"])
            assert (node["net"], node["vat"]) == (None, None)
            assert shown_info["cardholder"] == (info.get("cardholder") or None)
            assert shown_info["maskedPan"] == (info.get("masked_pan") or None)
        else:
            assert (node["providerId"], node["providerStatus"]) == (raw["paymentId"], raw["status"])
            assert node["orderNumber"] == text(raw["orderId"])
            assert node["invoiceNumber"] == (raw["invoiceId"] or None)
            for name in ("net", "vat", "gross"):
                assert node[name] == units(raw[f"amount{name.capitalize()}"], "EUR")
            user = node["details"]["GoedgeplaatstPayment_user"]
            assert user["firstName"] == raw["user"]["firstName"]


def test_sales_are_what_their_provider_says(whole: Whole) -> None:
    nodes = every_node(whole, "salesAggregates")
    assert len(nodes) > 50
    for node in nodes:
        raw = node["raw"]
        assert (node["start"], node["end"]) == (raw["start"][:10], raw["end"][:10])
        assert (node["interval"], node["checks"]) == ("DAY", raw["checks"])
        for name, key in (("income", "income"), ("outcomeReturn", "outcome_return")):
            bucket = raw.get(key)  # absent where there was nothing
            assert (node[name] is None) == (bucket is None)
            for part, figure in (("total", "total"), ("cash", "cashTotal")):
                stated = bucket and bucket.get(figure)
                expected = None if stated is None else units(stated, "RUB")
                assert (node[name] and node[name][part]) == expected
    assert [node["start"] for node in nodes] == sorted(node["start"] for node in nodes)


def test_export_tasks_are_what_their_provider_says(whole: Whole) -> None:
    nodes = every_node(whole, "exportTasks")
    assert nodes
    for node in nodes:
        raw = node["raw"]
        assert (node["providerId"], node["progress"]) == (raw["guid"], raw["progress"])
        assert (node["providerStatus"], node["reportType"]) == (
            *(raw["status"], raw["report_export_type"]),
        )
        assert datetime.fromisoformat(node["createdAt"]) == datetime.fromisoformat(
            raw["created_at"]
        )
        assert [each["message"] for each in node["resolutions"]] == [
            each["message"] for each in raw["resolutions"]
        ]


@pytest.mark.parametrize("name", LISTS)
def test_only_providers_that_have_such_rows_are_asked(whole: Whole, name: str) -> None:
    having = {
        "invoices": {"smartpay", "yume"},
        "payments": {"goedgeplaatst", "smartpay"},
        "salesAggregates": {"yandex_ofd"},
        "exportTasks": {"life_pay"},
    }
    period = SALES_PERIOD if name == "salesAggregates" else ""
    with whole.counted() as calls:
        page = whole.graph.data(f"{{ {name}({period}first: 2) {{ nodes {{ id }} }} }}")[name]
    assert calls.keys() == having[name]
    for node in page["nodes"]:
        found = whole.graph.data("query ($id: ID!) { node(id: $id) { __typename id } }", **node)
        assert found == {"node": {"__typename": LISTS[name], **node}}


# --- The summary of several accounts at Yandex OFD

TOTALS = "{ prepaid { amount } cash { amount } total { amount } }"
SUMMARY = f"""
query ($sources: [String!]) {{
  salesAggregates(
    first: 3
    filter: {{ from: "2026-09-01T00:00:00Z", to: "2026-10-01T00:00:00Z", sources: $sources }}
  ) {{
    totalCount
    summary {{
      currency sources {{ name }} dateFrom dateTo checks checksIncome incomeAverage {{ amount }}
      income {TOTALS} incomeReturn {TOTALS} outcome {TOTALS} outcomeReturn {TOTALS}
    }}
    sources {{ status }}
  }}
}}
"""
OTHERS = {"east": {"time_zone": "Asia/Vladivostok"}, "locked": {"ofd_key": "of another's door"}}


@pytest.fixture(scope="module")
def shops(stages: Stages) -> Iterator[Graph]:
    """A server with three accounts at one Yandex OFD: one of another zone, one locked out."""
    with stages.show(create_sandbox(now=NOW)) as address:
        moscow = {
            "name": "moscow",
            "provider": "yandex_ofd",
            "base_url": f"{address}/yandex_ofd",
            "yandex_key": yandex_ofd.YANDEX_KEY,
            "ofd_key": yandex_ofd.OFD_KEY,
        }
        others = ({**moscow, "name": name, **keys} for name, keys in OTHERS.items())
        with served_graph(stages, create_app(settings(moscow, *others))) as client:
            yield client


def sales_of(shops: Graph, *names: str) -> Any:
    return shops.data(SUMMARY, sources=names)["salesAggregates"]


def test_the_summary_of_two_accounts_is_their_exact_sum(shops: Graph) -> None:
    (one,), (other,) = (sales_of(shops, name)["summary"] for name in ("moscow", "east"))
    (both,) = sales_of(shops, "moscow", "east")["summary"]
    assert (both["currency"], both["sources"]) == ("RUB", [{"name": "moscow"}, {"name": "east"}])
    assert one["income"] != other["income"], "the days of the other zone are others"
    for name in ("checks", "checksIncome"):
        assert both[name] == one[name] + other[name]
    for name in ("income", "incomeReturn"):
        for part in ("prepaid", "cash", "total"):
            stated = [each[name][part]["amount"] for each in (one, other)]
            assert Decimal(both[name][part]["amount"]) == sum(map(Decimal, stated))
    average = Decimal(both["income"]["total"]["amount"]) / both["checksIncome"]
    assert both["incomeAverage"]["amount"] == f"{average.quantize(Decimal('0.01'), ROUND_HALF_UP)}"
    assert both["dateFrom"] == min(one["dateFrom"], other["dateFrom"], key=datetime.fromisoformat)
    assert both["dateTo"] == max(one["dateTo"], other["dateTo"], key=datetime.fromisoformat)


def test_the_summary_leaves_out_what_failed(shops: Graph) -> None:
    alone, pair = sales_of(shops, "moscow"), sales_of(shops, "moscow", "locked")
    assert alone["summary"] == pair["summary"]
    assert pair["sources"] == [{"status": "OK"}, {"status": "FAILED"}]
    assert (alone["totalCount"], pair["totalCount"]) == (30, None)


def test_no_account_has_no_summary(shops: Graph) -> None:
    assert sales_of(shops) == {"totalCount": 0, "summary": [], "sources": []}
