"""What answers tell browsers."""

import pytest
from starlette.datastructures import Headers

from server.graphiql import POLICY
from server.security_headers import HEADERS, NOTHING, secured
from tests.conftest import Graph


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/nowhere", 404),
        ("PUT", "/graphql", 405),
        ("POST", "/graphql", 415),
        ("GET", "/graphql?query={__typename}", 200),
    ],
)
def test_every_answer_has_them(graph: Graph, method: str, path: str, status: int) -> None:
    response = graph.http.request(method, path)
    assert response.status_code == status
    assert response.headers["content-security-policy"] == NOTHING
    assert {name: response.headers[name] for name in HEADERS} == HEADERS


def test_refusals_have_them_too(graph: Graph) -> None:
    response = graph.http.get("/graphql", headers={"Host": "evil.example"})
    assert response.headers["x-content-type-options"] == "nosniff"


def test_records_are_not_kept(graph: Graph) -> None:
    response = graph.http.get("/graphql?query={__typename}")
    assert response.headers["cache-control"] == "no-store"


def test_a_page_may_use_what_is_its_own(graph: Graph) -> None:
    response = graph.http.get("/graphql", headers={"Accept": "text/html"})
    policy = response.headers["content-security-policy"]
    assert policy == POLICY
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy


def test_what_is_said_already_stays() -> None:
    given = {"Content-Security-Policy": "x", "Cache-Control": "y"}
    given["Content-Type"] = "application/json; charset=utf-8"
    headers = Headers(raw=list(secured(Headers(given).raw)))
    assert headers.getlist("content-security-policy") == ["x"]
    assert headers.getlist("cache-control") == ["y"]
    assert headers["x-frame-options"] == "DENY"
