"""What a query costs the providers: the contract's table, row by row, over the whole sandbox."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import Stages, Whole, served_whole

NODES = "nodes { id }"
PERIOD = 'from: "2026-01-01T00:00:00Z", to: "2026-11-01T00:00:00Z", interval: MONTH'
SALES = f"salesAggregates(filter: {{ {PERIOD} }})"
SBER = 'filter: { sources: ["sber-main"] }'
GOED = 'filter: { sources: ["goed-payments"] }'

QUERIES: dict[str, tuple[str, dict[str, int]]] = {
    "sources": ("sources { name } __typename", {}),
    "bad input": ("invoices(first: -1) { totalCount }", {}),
    "first page": (f"invoices(first: 20) {{ {NODES} }}", {"smartpay": 1, "yume": 1}),
    "last page": (f"invoices(last: 20) {{ {NODES} }}", {"smartpay": 2, "yume": 2}),
    "total alone": ("invoices { totalCount }", {"smartpay": 1, "yume": 1}),
    "total beside": (f"invoices {{ totalCount {NODES} }}", {"smartpay": 1, "yume": 1}),
    "aliases": (
        " ".join(
            f"{name}: invoices(first: {size}) {{ {NODES} }}"
            for name, size in (("a", 10), ("b", 10), ("c", 30))
        ),
        {"smartpay": 1, "yume": 1},
    ),
    "one source": (f'invoices(filter: {{ sources: ["yume-rental"] }}) {{ {NODES} }}', {"yume": 1}),
    "a number": (f'invoices(filter: {{ number: "x" }}) {{ {NODES} }}', {"smartpay": 1}),
    "a card": (f'invoices(filter: {{ cardLastFour: "1111" }}) {{ {NODES} }}', {"smartpay": 1}),
    "paid": (
        f"invoices(first: 20, filter: {{ statuses: [PAID] }}) {{ {NODES} }}",
        {"smartpay": 1, "yume": 1},
    ),
    "against the upstream's order": (
        f"payments(first: 50, {GOED}) {{ {NODES} }}",
        {"goedgeplaatst": 2},
    ),
    "one status a request": (
        'payments(filter: { statuses: [EXPIRED, FAILED], sources: ["goed-payments"] })'
        f" {{ {NODES} }}",
        {"goedgeplaatst": 4},
    ),
    "own payments": (
        'invoices(first: 60, filter: { sources: ["sber-main"] })'
        " { nodes { details { ... on SmartpayInvoice { paymentInfo { paymentId } } } } }",
        {"smartpay": 1},
    ),
    "sales": (
        f"a: {SALES} {{ {NODES} totalCount summary {{ checks }} }} b: {SALES} {{ totalCount }}",
        {"yandex_ofd": 1},
    ),
    "a page of tasks": (f"exportTasks(first: 20) {{ {NODES} }}", {"life_pay": 1}),
    "three pages of tasks": (f"exportTasks(first: 50) {{ {NODES} }}", {"life_pay": 3}),
}


@pytest.fixture(scope="module")
def whole(stages: Stages) -> Iterator[Whole]:
    """Of these tests alone: where others saw rows of equal time, a page may cost a call more."""
    with served_whole(stages) as both:
        yield both


@pytest.mark.parametrize(("query", "most"), QUERIES.values(), ids=QUERIES.keys())
def test_a_query_costs_no_more_than_the_contract_says(
    whole: Whole, query: str, most: dict[str, int]
) -> None:
    with whole.counted() as calls:
        whole.graph.ask(f"{{ {query} }}")
    assert calls.keys() == most.keys()
    assert all(calls[provider] <= most[provider] for provider in most)


@pytest.mark.parametrize(("size", "most"), [(20, 1), (100, 2)])
def test_the_next_page(whole: Whole, size: int, most: int) -> None:
    page = whole.graph.data("{ invoices(first: 20) { pageInfo { endCursor } } }")
    after = page["invoices"]["pageInfo"]["endCursor"]
    with whole.counted() as calls:
        whole.graph.data(f'{{ invoices(first: {size}, after: "{after}") {{ {NODES} }} }}')
    assert all(calls[provider] <= most for provider in ("smartpay", "yume"))


LISTS = [
    (f"invoices(first: 30, {SBER})", "smartpay"),
    (f"payments(first: 1, {SBER})", "smartpay"),
    (f"payments(first: 3, {GOED})", "goedgeplaatst"),
    ("exportTasks(first: 20)", "life_pay"),
    (SALES, "yandex_ofd"),
]


@pytest.mark.parametrize(("listed", "provider"), LISTS, ids=lambda each: str(each)[:16])
def test_a_thing_by_its_id_is_one_call(whole: Whole, listed: str, provider: str) -> None:
    found = whole.graph.data(f"{{ list: {listed} {{ {NODES} }} }}")["list"]["nodes"][0]["id"]
    with whole.counted() as calls:
        node = whole.graph.data("query ($id: ID!) { node(id: $id) { id } }", id=found)["node"]
    assert (node, calls) == ({"id": found}, {provider: 1})


def look_up(whole: Whole, listed: str) -> int:
    """How many calls it takes to look up the rows of a list by their ids."""
    rows = whole.graph.data(f"{{ list: {listed} {{ nodes {{ id createdAt }} }} }}")["list"]["nodes"]
    assert len(rows) == 30
    ids = [row["id"] for row in rows]
    with whole.counted() as calls:
        found = whole.graph.data("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)
    assert [row["id"] for row in found["nodes"]] == ids
    return calls.total()


def test_many_invoices_of_one_day_are_one_call(own_whole: Whole) -> None:
    for _ in range(30):
        own_whole.sandbox.post("/control/smartpay/invoices", json={}).raise_for_status()
    assert look_up(own_whole, f"invoices(first: 30, {SBER})") == 1


def test_many_ids_where_pages_are_cheaper(whole: Whole) -> None:
    assert look_up(whole, 'invoices(first: 30, filter: { sources: ["yume-rental"] })') < 30


def test_sales_of_one_query_are_one_call(whole: Whole) -> None:
    rows = whole.graph.data(f"{{ {SALES} {{ nodes {{ id start checks }} }} }}")
    wanted: list[Any] = rows["salesAggregates"]["nodes"]
    ids = json.dumps([row["id"] for row in wanted])
    with whole.counted() as calls:
        query = f"{{ nodes(ids: {ids}) {{ ... on SalesAggregate {{ id start checks }} }} }}"
        assert whole.graph.data(query)["nodes"] == wanted
    assert calls == {"yandex_ofd": 1}
