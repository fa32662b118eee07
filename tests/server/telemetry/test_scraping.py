"""Who may see the figures, and in which form."""

import pytest

from server.api_keys import hashed
from tests.conftest import Graph, StartGraph, StartYume, settings, source

KEYS = {"scraper": ["metrics:read"], "frontend": ["card:read"]}


@pytest.fixture
def locked(start_yume: StartYume, start_graph: StartGraph) -> Graph:
    """A server that callers only may ask."""
    keys = [{"name": name, "hash": hashed(name), "scopes": scopes} for name, scopes in KEYS.items()]
    return start_graph(settings(source(start_yume()), auth={"api_keys": keys}))


def test_without_auth_whoever_reaches_it_may(graph: Graph) -> None:
    response = graph.http.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=")


def test_openmetrics_for_whoever_wants_it(graph: Graph) -> None:
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    response = graph.http.get("/metrics", headers=accept)
    assert response.headers["content-type"].startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")


@pytest.mark.parametrize(
    ("key", "status"), [(None, 401), ("stranger", 401), ("frontend", 403), ("scraper", 200)]
)
def test_with_auth_it_takes_the_scope(locked: Graph, key: str | None, status: int) -> None:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    response = locked.http.get("/metrics", headers=headers)
    assert response.status_code == status
    assert ("rental" in response.text) is (status == 200)
    assert ("www-authenticate" in response.headers) is (status == 401)


def test_the_scope_reads_no_rows(locked: Graph) -> None:
    headers = {"Authorization": "Bearer scraper"}
    body = {"query": "{ sources { name } }"}
    answer = locked.http.post("/graphql", json=body, headers=headers).json()
    assert answer == {"data": {"sources": []}}


def test_it_may_be_open_or_off(start_yume: StartYume, start_graph: StartGraph) -> None:
    yume = start_yume()
    keys = [{"name": "frontend", "hash": hashed("frontend")}]
    for telemetry, status in (({"metrics": "open"}, 200), ({"metrics": "off"}, 404)):
        chosen = settings(source(yume), auth={"api_keys": keys}, telemetry=telemetry)
        assert start_graph(chosen).http.get("/metrics").status_code == status


def test_other_methods(graph: Graph) -> None:
    assert graph.http.post("/metrics").status_code == 405
