"""What fails where nobody expects it: over HTTP and WebSocket, and in the log."""

import logging
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import Mount, WebSocketRoute
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from server import app as composition
from server.app import create_app
from server.security_headers import HEADERS, NOTHING
from server.static_files import Bundles
from tests.conftest import Graph, Stages, served_graph, settings

SECRET = "the-secret-of-a-cause"


def broken(*_: Any) -> Any:
    raise LookupError(SECRET)


async def broken_socket(websocket: Any) -> None:
    await websocket.accept()
    broken()


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    records = [each for each in caplog.records if each.levelno >= logging.ERROR]
    return [each.getMessage() for each in records]


def test_an_unexpected_error_is_masked(
    stages: Stages, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(composition, "start_page", lambda _: broken)
    with served_graph(stages, create_app(settings())) as graph:
        response = graph.http.get("/")
    (error,) = response.json()["errors"]
    assert response.status_code == 500
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert SECRET not in response.text
    assert response.headers["content-security-policy"] == NOTHING
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert logged(caplog) == [f"incident {error['extensions']['incident']}"]


def test_a_websocket_too(stages: Stages, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(settings())
    app.router.routes.append(WebSocketRoute("/broken", broken_socket))
    with served_graph(stages, app) as graph:
        address = graph.address.replace("http", "ws", 1)
        with (
            connect(f"{address}/broken", proxy=None) as client,
            pytest.raises(ConnectionClosed) as caught,
        ):
            client.recv(timeout=20)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1011
    (line,) = logged(caplog)
    assert line.startswith("incident ")


def test_a_client_that_leaves_is_no_incident(
    graph: Graph, caplog: pytest.LogCaptureFixture
) -> None:
    address = httpx.URL(graph.address)
    for _ in range(3):
        with socket.create_connection((address.host, address.port or 0)) as client:
            head = "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            client.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
            time.sleep(0.1)
    assert graph.data("{ __typename }")
    time.sleep(0.2)
    assert logged(caplog) == []


def test_pages_that_are_not_built_are_not_there(stages: Stages, tmp_path: Path) -> None:
    app = create_app(settings())
    files = Bundles(directory=tmp_path / "none", check_dir=False)
    app.router.routes.insert(0, Mount("/static", files))
    with served_graph(stages, app) as graph:
        response = graph.http.get("/static/graphiql.js")
    assert response.status_code == 404
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/graphql/", "/healthz/"])
def test_nobody_is_sent_elsewhere(graph: Graph, path: str) -> None:
    response = graph.http.post(path, json={"query": "{ __typename }"})
    assert response.status_code == 404
    assert "location" not in response.headers
