"""What a gateway asks of a running server."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from providers import REGISTRY
from sandbox.configuration import toml
from schema import subgraph_sdl
from server.app import create_app
from server.configuration import parse
from tests.conftest import Graph, Stages, StartGraph, Whole, served_graph, settings

ENTITIES = """
query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Node { id }
    ... on Invoice { providerId source { name } }
    ... on Payment { providerId source { name } }
    ... on ExportTask { providerId source { name } }
    ... on Source { name }
  }
}
"""
SBER = 'filter: { sources: ["sber-main"] }'
MONTHS = 'from: "2026-01-01T00:00:00Z", to: "2026-11-01T00:00:00Z", interval: MONTH'
ROWS = "nodes { __typename id providerId source { name } }"
LISTS = [
    "invoices(first: 3)",
    f"payments(first: 3, {SBER})",
    'payments(first: 3, filter: { sources: ["goed-payments"] })',
    "exportTasks(first: 3)",
]


def entities(graph: Graph, representations: Sequence[Any]) -> Any:
    return graph.data(ENTITIES, representations=representations)["_entities"]


def listed(whole: Whole, connection: str, rows: str = ROWS) -> Sequence[Mapping[str, Any]]:
    nodes: Sequence[Mapping[str, Any]] = whole.graph.data(f"{{ list: {connection} {{ {rows} }} }}")[
        "list"
    ]["nodes"]
    assert nodes
    return nodes


def key(row: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    return {name: row[name] for name in ("__typename", *names)}


@pytest.mark.parametrize("listing", LISTS)
@pytest.mark.parametrize("names", [("id",), ("source", "providerId")], ids="+".join)
def test_rows_by_their_keys(whole: Whole, listing: str, names: Sequence[str]) -> None:
    rows = listed(whole, listing)
    assert entities(whole.graph, [key(row, *names) for row in rows]) == rows


def test_sales_and_sources(whole: Whole) -> None:
    sales = listed(whole, f"salesAggregates(filter: {{ {MONTHS} }})", "nodes { __typename id }")
    sources = whole.graph.data("{ sources { __typename id name } }")["sources"]
    assert len(sources) == len(REGISTRY)
    with whole.counted() as calls:
        assert entities(whole.graph, [key(row, "id") for row in sales]) == sales
        for name in ("id", "name"):
            assert entities(whole.graph, [key(row, name) for row in sources]) == sources
    assert calls == {"yandex_ofd": 1}


def test_many_invoices_of_one_day_are_one_call(own_whole: Whole) -> None:
    for _ in range(30):
        own_whole.sandbox.post("/control/smartpay/invoices", json={}).raise_for_status()
    rows = listed(own_whole, f"invoices(first: 30, {SBER})")
    assert len(rows) == 30
    with own_whole.counted() as calls:
        assert entities(own_whole.graph, [key(row, "id") for row in rows]) == rows
    assert calls == {"smartpay": 1}


def test_a_natural_key_reads_the_list_once_for_all(whole: Whole) -> None:
    rows = listed(whole, f"invoices(first: 30, {SBER})")
    with whole.counted() as calls:
        keys = [key(row, "source", "providerId") for row in rows]
        assert entities(whole.graph, keys) == rows
    assert calls == {"smartpay": 1}


def test_an_unknown_natural_key_is_searched_for_up_to_a_limit(whole: Whole, stages: Stages) -> None:
    unknown = {"__typename": "Invoice", "source": {"name": "sber-main"}, "providerId": "no-such"}
    assert entities(whole.graph, [unknown]) == [None]
    sources = toml(str(whole.sandbox.base_url))
    text = f"[server.limits]\nmax_rows_read = 300\n{sources}"
    (row,) = listed(whole, f"invoices(first: 1, {SBER})")
    with served_graph(stages, create_app(parse(text, Path("pacioli.toml"), {}))) as frugal:
        found = [key(row, "source", "providerId"), unknown, key(row, "id")]
        _, data, errors = frugal.ask(ENTITIES, representations=found)
    assert data == {"_entities": [row, None, row]}
    (error,) = errors
    assert error["path"] == ["_entities", 1]
    assert error["extensions"]["code"] == "READ_LIMIT_EXCEEDED"


def test_a_mistake_fails_alone_and_says_nothing_of_our_insides(whole: Whole) -> None:
    (row,) = listed(whole, "invoices(first: 1)")
    wrong: Sequence[Any] = [
        {"id": row["id"]},
        {"__typename": "Nope", "id": row["id"]},
        {"__typename": "Money", "amount": "1"},
        7,
        {**key(row, "id"), "self": 1, "info": 2},
    ]
    status, data, errors = whole.graph.ask(
        ENTITIES, representations=[key(row, "id"), *wrong, key(row, "id")]
    )
    assert (status, data) == (200, {"_entities": [row, *[None] * len(wrong), row]})
    assert [error["path"] for error in errors] == [
        ["_entities", at] for at in range(1, len(wrong) + 1)
    ]
    assert {error["extensions"]["code"] for error in errors} == {"BAD_USER_INPUT"}
    text = " ".join(error["message"] for error in errors)
    assert not any(word in text for word in ("dict", "Error", "object at", "argument", "NoneType"))


def test_representations_in_the_document(whole: Whole) -> None:
    (row,) = listed(whole, "invoices(first: 1)")
    query = """query ($id: ID!) {
      _entities(representations: [{ __typename: "Invoice", id: $id }, { __typename: 1 }, 5]) {
        ... on Invoice { id }
      }
    }"""
    _, data, errors = whole.graph.ask(query, id=row["id"])
    assert data == {"_entities": [{"id": row["id"]}, None, None]}
    assert {error["extensions"]["code"] for error in errors} == {"BAD_USER_INPUT"}


def test_there_is_a_limit(whole: Whole) -> None:
    (row,) = listed(whole, "invoices(first: 1)")
    error = whole.graph.error(ENTITIES, representations=[key(row, "id")] * 101)
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert error["extensions"]["key"] == "max_ids"


SERVICE = "{ _service { sdl } }"


def test_the_schema_for_composers(graph: Graph) -> None:
    assert graph.data(SERVICE)["_service"]["sdl"] == subgraph_sdl().rstrip("\n")


@pytest.mark.parametrize("query", [SERVICE, "{ ...A } fragment A on Query { x: _service { sdl } }"])
def test_the_schema_is_shown_as_introspection_is(start_graph: StartGraph, query: str) -> None:
    graph = start_graph(settings(introspection=False))
    assert graph.error(query)["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    graph = start_graph(settings(introspection=False, composition=True))
    assert "@key" in str(graph.data(query))
    assert graph.ask("{ __schema { queryType { name } } }").errors
