"""Clients that never end what they say, or never take what they are told: over real sockets."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from server import connections
from server.app import create_app
from server.connections import LARGEST_HEAD, LONGEST_REASON, reason
from server.serving import Server
from server.settings import Settings
from tests.conftest import Graph, Yume, settings, source
from tests.server.test_serving import until

HEAD = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
CHUNKED = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
CHUNKED += b"Transfer-Encoding: chunked\r\n\r\n"
ENDLESS = {
    "a line": HEAD + b"X-A: ",
    "a target": b"GET /?",
    "lines behind a body": CHUNKED + b"2\r\n{}\r\n0\r\nX-A: ",
    "an extension of a chunk": CHUNKED + b"2;",
}
LARGE = "{ invoices(first: 100) { nodes { " + " ".join(f"r{i}: raw" for i in range(80)) + " } } }"
"""Its answer is more than the buffers of the system take."""


def client_of(graph: Graph) -> socket.socket:
    """A connection whose client reads when it wants to, and takes little at a time."""
    address = httpx.URL(graph.address)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(20)
    client.connect((address.host, address.port))
    return client


def heard(client: socket.socket) -> bytes:
    """All that still comes, until the server closes."""
    text = b""
    while part := client.recv(65536):
        text += part
    return text


def posted(query: str, *headers: str) -> bytes:
    body = json.dumps({"query": query}).encode()
    lines = ("POST /graphql HTTP/1.1", "Host: a", "Content-Type: application/json", *headers)
    return "\r\n".join((*lines, f"Content-Length: {len(body)}", "", "")).encode() + body


def pushed(client: socket.socket, begin: bytes, part: bytes, most: int) -> int:
    """How many bytes a server takes of something without end, before it closes."""
    sent = 0
    try:
        client.sendall(begin)
        while sent < most:
            client.sendall(part)
            sent += len(part)
            time.sleep(0.001)
    except (ConnectionError, TimeoutError):
        pass
    return sent


@pytest.mark.parametrize("kind", ENDLESS)
def test_what_never_ends_is_cut_off(graph: Graph, kind: str) -> None:
    with closing(client_of(graph)) as client:
        assert pushed(client, ENDLESS[kind], b"a" * 8192, 2**24) < 2**23
    assert graph.data("{ __typename }") == {"__typename": "Query"}


def test_headers_without_end_are_cut_off(graph: Graph) -> None:
    with closing(client_of(graph)) as client:
        assert pushed(client, HEAD, b"A: y\r\n" * 1000, 2**24) < 2**23


def test_a_head_that_is_too_long_is_told_so(graph: Graph) -> None:
    with closing(client_of(graph)) as client:
        client.sendall(HEAD + b"X-A: ")
        time.sleep(0.1)  # so that it does not arrive with what follows
        client.sendall(b"a" * LARGEST_HEAD)
        answer = heard(client)
    assert answer.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert b"may have 65536 bytes" in answer


def test_long_heads_and_bodies_in_many_pieces_pass(graph: Graph) -> None:
    body = posted("{ __typename }" + " " * 300_000, "X-A: " + "a" * 30_000, "Connection: close")
    with closing(client_of(graph)) as client:
        client.sendall(posted("{ __typename }", "X-A: " + "a" * 30_000))  # both on one connection
        for at in range(0, len(body), 5000):
            client.sendall(body[at : at + 5000])
        answer = heard(client)
    assert answer.count(b"HTTP/1.1 200 OK") == answer.count(b'{"__typename":"Query"}') == 2


@pytest.mark.parametrize(
    "begin",
    [b"", b"\r\n", HEAD, HEAD + b"\r\n"],
    ids=["nothing", "an empty line", "half a head", "a request"],
)
def test_who_says_no_more_is_left(
    graph: Graph, monkeypatch: pytest.MonkeyPatch, begin: bytes
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    with closing(client_of(graph)) as client:
        client.sendall(begin)
        if begin.endswith(b"\r\n\r\n"):
            assert b"200 OK" in client.recv(4096)
            client.sendall(b"\r\n")  # ends the clock of uvicorn for connections that rest
        try:
            heard(client)
        except ConnectionResetError:
            return


class Serving(NamedTuple):
    """`pacioli serve`, in a thread, and a client of it."""

    graph: Graph
    server: Server

    def gives_up(self, client: socket.socket) -> None:
        """Waits until a connection is at its end, though its client reads nothing."""
        own = client.getsockname()
        until(lambda: own in {each.client for each in self.connections})
        until(lambda: own not in {each.client for each in self.connections})

    @property
    def connections(self) -> set[Any]:
        return self.server.server_state.connections.copy()

    @property
    def size(self) -> int:
        """Of the large answer, which waits for the end of what a test before this one asked."""
        sizes: list[int] = []

        def is_told() -> bool:
            response = self.graph.http.post("/graphql", json={"query": LARGE})
            sizes.append(len(response.content))
            return response.status_code == 200

        until(is_told)
        return sizes[-1]


@contextmanager
def served(chosen: Settings) -> Iterator[Serving]:
    app = create_app(chosen)
    listener, ready = socket.create_server(("127.0.0.1", 0)), threading.Event()
    most = chosen.server.limits.max_body_bytes
    server = Server(app, listener, ready.set, app.state.traffic, max_message_bytes=most)
    thread = threading.Thread(target=server.work)
    thread.start()
    graph = Graph(f"http://127.0.0.1:{listener.getsockname()[1]}")
    try:
        assert ready.wait(30)
        yield Serving(graph, server)
    finally:
        graph.http.close()
        server.should_exit = True
        thread.join(30)
        listener.close()


@pytest.fixture(scope="module")
def stalling(still_yume: Yume) -> Iterator[Serving]:
    """A server that does one thing at once, and whose answers may be left unread."""
    limits = {"max_operations_in_flight": 1}
    with served(settings(source(still_yume), limits=limits)) as serving:
        yield serving


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "STALL_SECONDS", 0.5)


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_an_answer_that_nobody_takes_is_given_up(
    stalling: Serving, impatient: None, accept: str
) -> None:
    whole = stalling.size
    with closing(client_of(stalling.graph)) as client:
        client.sendall(posted(LARGE, f"Accept: {accept}"))
        stalling.gives_up(client)
        assert len(heard(client)) < whole / 2
    until(lambda: stalling.server._traffic.running == 0)


def test_an_answer_behind_one_that_nobody_takes_keeps_no_place(stalling: Serving) -> None:
    with closing(client_of(stalling.graph)) as client:
        client.sendall(posted(LARGE))
        client.recv(16)
        client.sendall(posted("{ __typename }"))
        until(lambda: len(stalling.server.server_state.tasks) == 1)
        for _ in range(3):
            assert stalling.graph.ask("{ __typename }").status == 200


def test_a_client_that_leaves_with_requests_in_line_is_no_incident(
    stalling: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(client_of(stalling.graph)) as client:
        client.sendall(posted(LARGE))
        client.recv(16)
        client.sendall(posted("{ __typename }") + posted("{ sources { name } }"))
        until(lambda: len(stalling.server.server_state.tasks) == 1)
    until(lambda: not stalling.server.server_state.tasks)
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


def test_an_answer_has_so_much_time_and_no_more(
    stalling: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "STALL_SECONDS", 0.2)
    monkeypatch.setattr(connections, "LEAST_BYTES", 0)
    monkeypatch.setattr(connections, "SEND_SECONDS", 1)
    whole = stalling.size
    with closing(client_of(stalling.graph)) as client:
        client.sendall(posted(LARGE))
        stalling.gives_up(client)
        assert len(heard(client)) < whole / 2


def test_an_answer_that_is_taken_slowly_arrives(
    stalling: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "STALL_SECONDS", 1)
    whole, size = stalling.size, 0
    with closing(client_of(stalling.graph)) as client:
        client.sendall(posted(LARGE, "Connection: close"))
        while part := client.recv(2**18):
            size += len(part)
            time.sleep(0.001)
    assert size > whole > 2**23


def test_a_stream_that_nobody_reads_keeps_no_place(stalling: Serving) -> None:
    with closing(client_of(stalling.graph)) as client:
        client.sendall(posted(LARGE, "Accept: text/event-stream"))
        client.recv(16)
        until(lambda: stalling.graph.ask("{ __typename }").status == 200)
        assert stalling.server._traffic.running == 0, "nor does it give back a second one"


def test_a_socket_that_nobody_reads_is_given_up(still_yume: Yume, impatient: None) -> None:
    with (
        served(settings(source(still_yume))) as serving,
        closing(client_of(serving.graph)) as client,
        opened(serving.graph, sock=client, max_queue=1) as talk,
    ):
        for name in "1234":
            ask(talk, LARGE, name)
        serving.gives_up(client)
        with pytest.raises(ConnectionClosed) as caught:
            all_of(talk)
        assert caught.value.rcvd is None
        until(lambda: serving.server._traffic.running == 0)


def test_a_socket_that_pauses_goes_on(graph: Graph) -> None:
    with opened(graph, max_queue=1) as client:
        for name in "12":
            ask(client, LARGE, name)
        time.sleep(1)
        ask(client, "{ __typename }", "3")
        kinds = sorted(json.loads(client.recv(timeout=20))["type"] for _ in range(6))
    assert kinds == ["complete"] * 3 + ["next"] * 3


@contextmanager
def opened(graph: Graph, **options: Any) -> Iterator[Any]:
    address = graph.address.replace("http", "ws", 1) + "/graphql"
    protocols: Any = ["graphql-transport-ws"]
    with connect(
        address, subprotocols=protocols, proxy=None, max_size=None, close_timeout=1, **options
    ) as client:
        client.send('{"type": "connection_init"}')
        assert json.loads(client.recv(timeout=20))["type"] == "connection_ack"
        yield client


def all_of(client: Any) -> None:
    while client.recv(timeout=20):
        pass


def ask(client: Any, query: str, name: str) -> None:
    client.send(json.dumps({"type": "subscribe", "id": name, "payload": {"query": query}}))


@pytest.mark.parametrize("compression", [None, "deflate"])
@pytest.mark.parametrize("text", ["a" * 1001, "я" * 501, "я" * 1_000_000])
def test_a_message_is_no_longer_than_a_body(compression: Any, text: str) -> None:
    with served(settings(limits={"max_body_bytes": 1000})) as (graph, _):
        with opened(graph, compression=compression) as client:
            client.send(text)
            with pytest.raises(ConnectionClosed) as caught:
                client.recv(timeout=20)
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1009
        assert "1000 bytes (server.limits.max_body_bytes)" in caught.value.rcvd.reason
        assert graph.http.get("/healthz").status_code == 200


@pytest.mark.parametrize("part", ["", "a"])
def test_a_message_has_an_end(graph: Graph, part: str) -> None:
    with opened(graph) as client, pytest.raises(ConnectionClosed):
        client.send(part for _ in range(10_000_000))
    with opened(graph) as client:
        client.send(["{", *[" "] * 1000, '"type": "ping"}'])
        assert json.loads(client.recv(timeout=20)) == {"type": "pong"}


@pytest.mark.parametrize("text", ["", "a" * 500, "я" * 200, "a" + "😀" * 200, "\ud800"])
def test_a_reason_fits_its_frame(text: str) -> None:
    said = reason(text)
    assert len(said.encode()) <= LONGEST_REASON
    assert text.startswith(said) or said == "?"
    assert len(said.encode()) > LONGEST_REASON - 4 or len(said) == len(text)
