"""What other sites can make a browser do."""

import socket

import pytest

from server.browsers import is_own_name
from tests.conftest import Graph, StartGraph, answer, settings

APP = "https://app.example"
QUERY = {"query": "{ __typename }"}


@pytest.fixture
def known(start_graph: StartGraph) -> Graph:
    """A server that one other site may use."""
    return start_graph(settings(cors_origins=[APP]))


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:80", "127.1.2.3", "[::1]:8000"]
)
def test_own_names(host: str) -> None:
    assert is_own_name(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.0.2.1",
        "[::",
        "a@b",
    ],
)
def test_other_names(host: str) -> None:
    assert not is_own_name(host)


@pytest.mark.parametrize("path", ["/graphql", "/", "/metrics", "/dashboard"])
def test_dns_rebinding(graph: Graph, path: str) -> None:
    response = graph.http.post(path, json=QUERY, headers={"Host": "evil.example"})
    assert response.status_code == 403
    assert answer(response).codes == ["FORBIDDEN"]
    assert graph.http.get("/healthz", headers={"Host": "evil.example"}).status_code == 200


def test_what_is_no_browser_may_use_any_name(graph: Graph) -> None:
    host, port = graph.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as client:
        client.sendall(
            b"GET /graphql?query={__typename} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )
        assert b'{"data":{"__typename":"Query"}}' in client.makefile("rb").read()


def test_any_name_will_do_with_auth(start_graph: StartGraph) -> None:
    key = [{"name": "a", "hash": f"sha256:{'0' * 64}"}]
    graph = start_graph(settings(auth={"api_keys": key}))
    response = graph.http.post("/graphql", json=QUERY, headers={"Host": "pacioli.example"})
    assert response.status_code == 401


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_read(graph: Graph, site: str) -> None:
    for more in ({}, {"Origin": APP}, {"Origin": "null"}, {"Accept": "text/html"}):
        headers = {"Sec-Fetch-Site": site, **more}
        response = graph.http.get("/graphql", params=QUERY, headers=headers)
        assert response.status_code == 403
        assert answer(response).codes == ["FORBIDDEN"]


@pytest.mark.parametrize("origin", [APP, "null", "https://127.0.0.1.evil.example", "http://[::1"])
def test_nor_by_a_browser_that_says_no_more_than_its_origin(graph: Graph, origin: str) -> None:
    response = graph.http.get("/graphql", params=QUERY, headers={"Origin": origin})
    assert answer(response).codes == ["FORBIDDEN"]


def test_but_we_ourselves(graph: Graph, known: Graph) -> None:
    for server, origin in ((graph, graph.address), (known, APP)):
        response = server.http.get("/graphql", params=QUERY, headers={"Origin": origin})
        assert answer(response).data == {"__typename": "Query"}


@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_our_own_pages_and_other_clients_can(graph: Graph, site: str | None) -> None:
    headers = {"Sec-Fetch-Site": site} if site else {}
    response = graph.http.get("/graphql", params=QUERY, headers=headers)
    assert answer(response).data == {"__typename": "Query"}


def test_a_link_to_the_page_is_followed(graph: Graph) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Accept": "text/html"}
    page = graph.http.get("/graphql", headers=headers)
    assert page.headers["content-type"].startswith("text/html")  # built or not


def test_a_known_site_can_read(known: Graph) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": APP}
    response = known.http.get("/graphql", params=QUERY, headers=headers)
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == APP
    assert "access-control-allow-credentials" not in response.headers


def test_a_known_site_may_ask_first(known: Graph) -> None:
    asked = {
        "Origin": APP,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    response = known.http.options("/graphql", headers=asked)
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == APP
    assert "authorization" in response.headers["access-control-allow-headers"]


@pytest.mark.parametrize("origin", ["https://evil.example", "https://app.example.evil", "null"])
def test_an_unknown_site_may_not(known: Graph, graph: Graph, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    for server in (known, graph):
        preflight = server.http.options("/graphql", headers=asked)
        assert preflight.status_code in (400, 405)
        told = server.http.post("/graphql", json=QUERY, headers={"Origin": origin})
        for response in (preflight, told):
            assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
)
def test_what_needs_no_preflight_is_not_read(graph: Graph, kind: str) -> None:
    body = b'{"query": "{ __typename }"}'
    response = graph.http.post("/graphql", content=body, headers={"Content-Type": kind})
    assert response.status_code == 415
