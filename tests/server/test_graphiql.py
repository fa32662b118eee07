"""The page for people, and the queries that it starts with."""

import re

import pytest
from graphql import OperationDefinitionNode, parse

from server import graphiql
from tests.conftest import Graph, StartGraph, Whole, settings

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
DOCUMENT = parse(graphiql.EXAMPLES)
NAMES = [
    definition.name.value
    for definition in DOCUMENT.definitions
    if isinstance(definition, OperationDefinitionNode) and definition.name
]


def test_a_browser_gets_the_page(graph: Graph) -> None:
    response = graph.http.get("/graphql", headers=HTML)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Pacioli</title>" in response.text
    assert graphiql.EXAMPLES in response.text


def test_the_examples_survive_as_a_script() -> None:
    # They stand between backticks, where these would end or change them.
    assert not re.search(r"`|\\|\$\{|</", graphiql.EXAMPLES)
    assert graphiql.page().count("const EXAMPLE_QUERY = `") == 1


@pytest.mark.parametrize(
    ("headers", "parameters"),
    [
        (HTML, {"query": "{ __typename }"}),
        ({"Accept": "*/*"}, {"query": "{ __typename }"}),
        ({"Accept": "application/json"}, {"query": "{ __typename }"}),
    ],
)
def test_a_query_is_answered_whoever_asks(
    graph: Graph, headers: dict[str, str], parameters: dict[str, str]
) -> None:
    response = graph.http.get("/graphql", headers=headers, params=parameters)
    assert response.json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("headers", [{"Accept": "*/*"}, {"Accept": "application/json"}])
def test_only_browsers_get_the_page(graph: Graph, headers: dict[str, str]) -> None:
    response = graph.http.get("/graphql", headers=headers)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/json"


def test_a_post_is_never_answered_with_the_page(graph: Graph) -> None:
    response = graph.http.post("/graphql", json={"query": "{ __typename }"}, headers=HTML)
    assert response.json() == {"data": {"__typename": "Query"}}


def test_the_page_can_be_switched_off(start_graph: StartGraph) -> None:
    graph = start_graph(settings(graphiql=False))
    response = graph.http.get("/graphql", headers=HTML)
    assert response.status_code == 404
    assert "<html" not in response.text
    assert graph.data("{ __typename }") == {"__typename": "Query"}


ROWS = {
    "NewestInvoices": 10,
    "NextPage": 10,
    "FailedPayments": 10,
    "SalesByMonth": 11,  # of the year up to November
    "RunningExports": 8,
    "WhoIsDown": 5,
}


def test_there_are_examples() -> None:
    assert list(ROWS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_example_runs(whole: Whole, name: str) -> None:
    body = {"query": graphiql.EXAMPLES, "operationName": name}
    answered = whole.graph.http.post("/graphql", json=body).json()
    assert answered.keys() == {"data"}
    (field,) = answered["data"].values()
    rows = field if name == "WhoIsDown" else field.get("nodes") or field["edges"]
    assert len(rows) == ROWS[name]
