"""What the one module that talks makes of real servers, good and bad, on the loopback."""

import asyncio
import gzip
import itertools
import socket
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import parse_qsl, urlsplit

import pytest

from providers import transport
from providers.errors import MalformedError, NoAnswerError, UnavailableError, UpstreamError
from providers.transport import Transport
from providers.wire import Request, Response
from tests.providers.servers import Answer, Heard, Server, hanging_up, http, saying

LIST = Request("GET", "/v1/list/")
SECRET = {"Authorization": "Bearer s3cret", "X-Yandex-Key": "s3cret-too"}
GZIP = "Content-Encoding: gzip"


@asynccontextmanager
async def talking(answer: Answer) -> AsyncIterator[tuple[Server, Transport]]:
    """A server and a transport to it."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(Server(answer))
        link = Transport(server.address, SECRET)
        yield server, await stack.enter_async_context(link)


async def sent(answer: Answer) -> Response:
    async with talking(answer) as (_, link):
        return await link.send(LIST, 10)


async def failure(answer: Answer, seconds: float = 10) -> UpstreamError:
    """The error of a request, which must tell no secret and no address."""
    async with talking(answer) as (server, link):
        with pytest.raises(UpstreamError) as raised:
            await asyncio.wait_for(link.send(LIST, seconds), 10)
        for secret in ("s3cret", "127.0.0.1", server.address, LIST.path):
            assert secret not in str(raised.value)
    return raised.value


async def forever(_: Heard, __: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


def reset(writer: asyncio.StreamWriter) -> None:
    """Ends the connection as a crash does, not in good order."""
    end: socket.socket = writer.get_extra_info("socket")
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


# ---------------------------------------------------------------- what is sent


async def test_answer_is_given_whole() -> None:
    body = b'{"results": []}' * 50_000
    response = await sent(saying(http(body, 200, "Retry-After: 7", "X-A: \xd0\xb0")))
    assert (response.status, response.body) == (200, body)
    assert response.headers["retry-after"] == "7"


@pytest.mark.parametrize("status", [201, 301, 400, 401, 404, 418, 429, 500, 503, 599])
async def test_any_status_is_an_answer(status: int) -> None:
    response = await sent(saying(http(b"no", status)))
    assert (response.status, response.body) == (status, b"no")


@pytest.mark.parametrize("ending", ["", "/"])
async def test_request_is_sent_as_it_is(ending: str) -> None:
    async with (
        Server(saying(http())) as server,
        Transport(f"{server.address}/base{ending}", SECRET) as link,
    ):
        await link.send(LIST.asking(page=2), 10)
    (heard,) = server.heard
    assert (heard.method, heard.target, heard.body) == ("GET", "/base/v1/list/?page=2", b"")
    assert heard.headers["authorization"] == "Bearer s3cret"
    assert heard.headers["x-yandex-key"] == "s3cret-too"
    assert heard.headers["accept"] == "application/json"


@pytest.mark.parametrize(
    "query",
    [
        (("q", "Төлем & сыйлық"), ("a+b", "1+1=2"), ("empty", "")),
        (("status", "a"), ("status", "b"), ("q", "50%25 #7;?/")),
        (("time", "2026-01-31T09:30:00+03:00"), ("token", "ab==/+&page=9")),
    ],
)
async def test_query_arrives_as_meant(query: tuple[tuple[str, str], ...]) -> None:
    async with talking(saying(http())) as (server, link):
        await link.send(Request("GET", "/v1/list/", query), 10)
    target = urlsplit(server.heard[0].target)
    assert target.path == "/v1/list/"
    assert parse_qsl(target.query, keep_blank_values=True) == list(query)


async def test_body_is_json() -> None:
    body = (("dates", ("2026-01-01", "2026-02-01")), ("name", "Төлем"), ("limit", 20))
    async with talking(saying(http())) as (server, link):
        await link.send(Request("POST", "/v1/list/", (), body), 10)
    (heard,) = server.heard
    assert heard.method == "POST"
    assert heard.headers["content-type"] == "application/json"
    assert heard.body.decode() == (
        '{"dates":["2026-01-01","2026-02-01"],"name":"Төлем","limit":20}'
    )


async def test_cookies_are_not_kept() -> None:
    async with talking(saying(http(b"{}", 200, "Set-Cookie: session=s3cret; Path=/"))) as (
        server,
        link,
    ):
        await link.send(LIST, 10)
        await link.send(LIST, 10)
    assert [heard.headers.get("cookie") for heard in server.heard] == [None, None]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_is_not_followed(status: int) -> None:
    async with Server(saying(http())) as other:
        location = f"Location: {other.address}/v1/list/"
        async with talking(saying(http(b"", status, location))) as (server, link):
            response = await link.send(LIST, 10)
    assert response.status == status
    assert (len(server.heard), other.heard) == (1, [])


async def test_transport_shows_no_secret() -> None:
    async with talking(saying(http())) as (_, link):
        assert "s3cret" not in f"{link} {vars(link)['_session']!r} {LIST!r}"


# ---------------------------------------------------------------- who does not answer


async def test_refused_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]  # free again, and nobody listens there
    link = Transport(f"http://127.0.0.1:{port}", SECRET)
    async with link:
        with pytest.raises(UnavailableError, match=r"^the provider cannot be reached$"):
            await link.send(LIST, 10)


@pytest.mark.parametrize(
    "said",
    [b"", b"HTTP/1.1 200 O", b"HTTP/1.1 200 OK\r\nContent-Le"],
    ids=["nothing", "half a line", "half a header"],
)
@pytest.mark.parametrize("end", [reset, asyncio.StreamWriter.close])
async def test_connection_lost_before_the_body(
    said: bytes, end: Callable[[asyncio.StreamWriter], None]
) -> None:
    async def answer(_: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        end(writer)

    assert (await failure(answer)).code == "UPSTREAM_UNAVAILABLE"


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    ],
    ids=["length", "chunk", "chunks"],
)
@pytest.mark.parametrize("end", [reset, asyncio.StreamWriter.close])
async def test_connection_lost_in_the_body(
    said: bytes, end: Callable[[asyncio.StreamWriter], None]
) -> None:
    async def answer(_: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        end(writer)

    assert (await failure(answer)).code == "UPSTREAM_UNAVAILABLE"


async def test_no_answer_in_time() -> None:
    error = await failure(forever, seconds=0.2)
    assert isinstance(error, NoAnswerError)
    assert error.reason == "no answer within 0.2 s"


async def test_hanging_in_the_body() -> None:
    async def answer(_: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{")
        await asyncio.Event().wait()

    assert isinstance(await failure(answer, seconds=0.2), NoAnswerError)


async def test_drip_does_not_go_on_for_ever() -> None:
    async def answer(_: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)  # far less than the time that the whole answer has

    assert isinstance(await failure(answer, seconds=0.2), NoAnswerError)


async def test_upstream_that_recovers_is_heard_again() -> None:
    async with talking(hanging_up(b"")) as (server, link):
        with pytest.raises(UnavailableError):
            await link.send(LIST, 10)
        server.answer = saying(http(b"[1]"))
        assert (await link.send(LIST, 10)).body == b"[1]"


# ---------------------------------------------------------------- answers that are none


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/1.1 99 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        http(b"{}", 200, *(f"X-{n}: s3cret" for n in range(129))),
        http(b"{}", 200, "X-Long: " + "s3cret" * 5_000),
    ],
    ids=["ssh", "status", "length", "negative", "lengths", "chunk", "headers", "header"],
)
async def test_what_is_no_http(said: bytes) -> None:
    error = await failure(saying(said))
    assert isinstance(error, MalformedError)
    assert error.reason == "the answer is not HTTP as it should be"


async def test_many_headers_are_fine_up_to_a_limit() -> None:
    assert (await sent(saying(http(b"{}", 200, *(f"X-{n}: a" for n in range(100)))))).status == 200


@pytest.mark.parametrize(
    "compressed",
    [b"<html>s3cret</html>", gzip.compress(b"{}" * 500)[:-8] + b"12345678"],
    ids=["plain", "checksum"],
)
async def test_what_cannot_be_decompressed(compressed: bytes) -> None:
    error = await failure(saying(http(compressed, 200, GZIP)))
    assert isinstance(error, MalformedError)
    assert error.reason == "the answer cannot be decompressed"


async def test_compressed_answer_is_decompressed() -> None:
    body = b'{"results": []}' * 10_000
    response = await sent(saying(http(gzip.compress(body), 200, GZIP)))
    assert response.body == body


async def test_more_than_its_length_is_not_taken_for_the_next_answer() -> None:
    smuggled = http(b"[1]") + http(b'"smuggled"')

    async def answer(_: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(smuggled if len(server.heard) == 1 else http(b"[2]"))

    async with talking(answer) as (server, link):
        assert [(await link.send(LIST, 10)).body for _ in range(2)] == [b"[1]", b"[2]"]


# ---------------------------------------------------------------- too much


@pytest.fixture
def small_cap(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(transport, "MAX_RESPONSE_BYTES", 2**20)
    return 2**20


class Flood:
    """Sends a body without an end; `over` is set when nobody takes it any more."""

    def __init__(self, *headers: str, piece: Callable[[], bytes]) -> None:
        head = ("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", *headers, "", "")
        self._head, self._piece = "\r\n".join(head).encode(), piece
        self.over = asyncio.Event()

    async def __call__(self, _: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(self._head)
        try:
            while True:
                piece = self._piece()
                writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                await writer.drain()
                await asyncio.sleep(0)  # the reader's turn
        except ConnectionError:
            self.over.set()


async def too_large(flood: Flood) -> MalformedError:
    """The error, once the server has seen that the rest is not read."""
    async with talking(flood) as (_, link):
        with pytest.raises(MalformedError) as raised:
            await asyncio.wait_for(link.send(LIST, 10), 10)
        await asyncio.wait_for(flood.over.wait(), 10)
    return raised.value


@pytest.mark.usefixtures("small_cap")
async def test_answer_without_an_end_is_not_read_on() -> None:
    error = await too_large(Flood(piece=lambda: b" " * 50_000))
    assert error.reason == "the answer is larger than 1 MiB"


@pytest.mark.usefixtures("small_cap")
async def test_what_counts_is_the_decompressed_answer() -> None:
    packer = zlib.compressobj(wbits=31)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    bomb = packer.compress(b" " * 5_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    pieces = itertools.chain([head], itertools.repeat(bomb))
    error = await too_large(Flood(GZIP, piece=lambda: next(pieces)))
    assert error.reason == "the answer is larger than 1 MiB"


@pytest.mark.parametrize(("more", "fits"), [(0, True), (1, False)])
@pytest.mark.parametrize("packed", [False, True])
async def test_cap_is_exact(small_cap: int, more: int, fits: bool, packed: bool) -> None:
    body = b" " * (small_cap + more)
    answer = saying(http(gzip.compress(body), 200, GZIP) if packed else http(body))
    if fits:
        assert (await sent(answer)).body == body
    else:
        assert isinstance(await failure(answer), MalformedError)


# ---------------------------------------------------------------- several at once
