"""The page for people, and the operations that it starts with. In a browser: tests/frontend."""

import json
import re
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse

from server import graphiql
from server.static_files import STATIC
from tests.conftest import Graph, StartGraph, Whole, settings
from tests.frontend.programs import leave_out

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
EXAMPLES = Path(__file__).parents[2] / "pages" / "graphiql" / "examples"
FILES = {path.stem: path.read_text("utf-8") for path in EXAMPLES.glob("*.graphql")}
MONTH = {"from": "2026-10-01T00:00:00+03:00", "to": "2026-11-01T00:00:00+03:00"}


@pytest.fixture
def built() -> None:
    """Leaves out what needs the bundle where it could not be built."""
    if not (STATIC / "graphiql.js").exists():
        leave_out("GraphiQL is not built (make setup)")


@pytest.mark.usefixtures("built")
def test_a_browser_gets_the_page(graph: Graph) -> None:
    response = graph.http.get("/graphql", headers=HTML)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Pacioli</title>" in response.text


@pytest.mark.usefixtures("built")
def test_the_page_loads_only_what_is_here(graph: Graph) -> None:
    response = graph.http.get("/graphql", headers=HTML)
    assert "//" not in response.text
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "http" not in policy
    names = re.findall(r'(?:src|href)="(static/[^"]+)"', response.text)
    assert names == ["static/graphiql.css", "static/graphiql.js"]
    for name in names:
        assert graph.http.get(f"/{name}").status_code == 200
    assert graph.http.get("/static/nothing.js").status_code == 404


def test_a_page_that_was_not_built_says_how(tmp_path: Path) -> None:
    response = graphiql.page(tmp_path)
    assert response.status_code == 503
    assert b"make setup" in bytes(response.body)


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
    "explain": 60,
    "failed-payments": 10,
    "newest-invoices": 10,
    "next-page": 10,
    "running-exports": 8,
    "sales-of-a-month": 31,
    "watch-export": 1,
    "who-is-down": 5,
}
VARIABLES = {"sales-of-a-month": MONTH, "next-page": {"after": None}}


def test_there_are_examples() -> None:
    assert sorted(ROWS) == sorted(FILES)
    tabs = (EXAMPLES / "index.js").read_text("utf-8")
    assert all(f'"./{name}.graphql"' in tabs for name in ROWS)


@pytest.mark.parametrize("name", sorted(ROWS.keys() - {"watch-export"}))
def test_every_example_runs(whole: Whole, name: str) -> None:
    body = {"query": FILES[name], "variables": VARIABLES.get(name)}
    answered = whole.graph.http.post("/graphql", json=body).json()
    assert answered.keys() == {"data"}
    (field,) = answered["data"].values()
    rows = field if name == "who-is-down" else field.get("nodes") or field["edges"]
    assert len(rows) == ROWS[name]


def test_the_example_that_watches_runs(own_whole: Whole) -> None:
    export_id = own_whole.export(status="Completed", progress=100)
    body = {"query": FILES["watch-export"], "variables": {"id": export_id}}
    answered = own_whole.graph.http.post(
        "/graphql", json=body, headers={"Accept": "text/event-stream"}
    )
    first = next(line for line in answered.text.splitlines() if line.startswith("data: "))
    assert json.loads(first.removeprefix("data: "))["data"]["exportTask"]["status"] == "COMPLETED"


@pytest.mark.parametrize("text", FILES.values(), ids=FILES.keys())
def test_an_example_has_a_name_and_fits_beside_its_answer(text: str) -> None:
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert operation.name
    assert max(map(len, text.splitlines())) <= 60
