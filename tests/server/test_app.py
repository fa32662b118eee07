"""The application as a whole: its pages, when it is ready, and what its settings switch."""

import logging
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from server.app import create_app
from server.settings import Settings
from tests.conftest import Graph, StartGraph, Yume, settings, source

INTROSPECTION = "{ __schema { queryType { name } } }"
FIRST = "query ($after: String) { invoices(first: 1, after: $after) { pageInfo { endCursor } } }"


def test_alive_and_ready(graph: Graph) -> None:
    alive, ready = graph.http.get("/healthz"), graph.http.get("/readyz")
    assert (alive.status_code, alive.json()) == (200, {"alive": True})
    assert (ready.status_code, ready.json()) == (200, {"ready": True})


async def test_ready_only_between_start_and_stop(still_yume: Yume) -> None:
    app = create_app(settings(source(still_yume)))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:

        async def states() -> tuple[int, int]:
            ready, alive = await client.get("/readyz"), await client.get("/healthz")
            assert ready.json() == {"ready": ready.status_code == 200}
            return ready.status_code, alive.status_code

        assert await states() == (503, 200)
        async with app.router.lifespan_context(app):
            assert await states() == (200, 200)
        assert await states() == (503, 200)


@pytest.mark.parametrize("path", ["/nothing", "/graphq", "/graphql/x", "/control"])
def test_unknown_paths(graph: Graph, path: str) -> None:
    assert graph.http.get(path).status_code == 404


def test_introspection(graph: Graph) -> None:
    assert graph.data(INTROSPECTION) == {"__schema": {"queryType": {"name": "Query"}}}


def test_introspection_switched_off(start_graph: StartGraph) -> None:
    graph = start_graph(settings(introspection=False))
    for query in (INTROSPECTION, '{ __type(name: "Query") { name } }'):
        status, data, errors = graph.ask(query)
        assert (status, data) == (200, None)
        assert {error["extensions"]["code"] for error in errors} == {"GRAPHQL_VALIDATION_FAILED"}
    assert graph.data("{ __typename }") == {"__typename": "Query"}


def test_no_sources_at_all(start_graph: StartGraph) -> None:
    graph = start_graph(settings())
    assert graph.http.get("/readyz").status_code == 200
    query = "{ sources { name } invoices { totalCount nodes { id } pageInfo { hasNextPage } } }"
    assert graph.data(query) == {
        "sources": [],
        "invoices": {"totalCount": 0, "nodes": [], "pageInfo": {"hasNextPage": False}},
    }


def test_limits_are_those_of_the_settings(still_yume: Yume, start_graph: StartGraph) -> None:
    limits = {"default_page_size": 3, "max_page_size": 5, "max_rows_read": 150}
    graph = start_graph(settings(source(still_yume), limits=limits))
    nodes = "nodes { id }"
    assert len(graph.data(f"{{ invoices {{ {nodes} }} }}")["invoices"]["nodes"]) == 3
    assert len(graph.data(f"{{ invoices(first: 5) {{ {nodes} }} }}")["invoices"]["nodes"]) == 5
    error = graph.error(f"{{ invoices(first: 6) {{ {nodes} }} }}")
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    nowhere = 'filter: {currencies: ["XXX"]}'
    error = graph.error(f"{{ invoices({nowhere}) {{ {nodes} }} }}")
    assert error["extensions"]["code"] == "READ_LIMIT_EXCEEDED"
    assert "150" in error["message"]


@pytest.fixture
def secrets(still_yume: Yume) -> list[Settings]:
    """Settings with a secret, with the same and with another one."""
    return [settings(source(still_yume), cursor_secret=secret) for secret in ("a", "a", "b")]


def test_cursors_are_good_where_the_secret_is_the_same(
    secrets: list[Settings], start_graph: StartGraph
) -> None:
    first, replica, other = map(start_graph, secrets)
    cursor = first.data(FIRST)["invoices"]["pageInfo"]["endCursor"]
    assert replica.data(FIRST, after=cursor) == first.data(FIRST, after=cursor)
    error = other.error(FIRST, after=cursor)
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert error["message"].startswith("after: ")


def test_without_a_secret_one_is_drawn_and_that_is_said(caplog: pytest.LogCaptureFixture) -> None:
    create_app(Settings())
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("pacioli", logging.WARNING)
    assert "server.cursor_secret" in record.message


def test_with_a_secret_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    create_app(settings())
    assert caplog.records == []


def test_what_is_not_configured_is_not_imported() -> None:
    """Each of them takes megabytes of a server that has no use for it."""
    program = (
        "import sys; from server.app import create_app; from server.settings import Settings\n"
        "create_app(Settings())\n"
        "optional = 'cryptography google.protobuf jwt limits opentelemetry redis'\n"
        "print(sorted({*optional.split()} & sys.modules.keys()))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert run.stdout == "[]\n"
