"""A server that says byte for byte what a test wants it to."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple, Self


class Heard(NamedTuple):
    """One request as it came in; names of headers in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


Answer = Callable[[Heard, asyncio.StreamWriter], Awaitable[None]]


def http(body: bytes = b"{}", status: int = 200, *headers: str) -> bytes:
    """A plain answer."""
    lines = (f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", *headers, "", "")
    return "\r\n".join(lines).encode() + body


def saying(*answers: bytes) -> Answer:
    """Gives these answers one after the other, and the last one ever after."""
    left = list(answers)

    async def answer(_: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(left.pop(0) if len(left) > 1 else left[0])

    return answer


def hanging_up(data: bytes) -> Answer:
    """Says this much and closes the connection."""

    async def answer(_: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        writer.close()

    return answer


class Server:
    """Listens on a port of its own, at `address`; `heard` are the requests so far.

    A connection stays open when `answer` returns, and is closed when the server goes. With a `tls`
    context it speaks TLS.
    """

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.answer, self._tls = answer, tls
        self.heard: list[Heard] = []
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self._tls)
        host, port = self._server.sockets[0].getsockname()
        self.address = f"http{'s' if self._tls else ''}://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for connection, writer in self._connections.items():
            connection.cancel()
            writer.transport.abort()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections[asyncio.ensure_future(self._converse(reader, writer))] = writer

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                heard = await _request(reader)
                self.heard.append(heard)
                await self.answer(heard, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def _request(reader: asyncio.StreamReader) -> Heard:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
    method, target, _ = first.split(" ")
    pairs = (line.partition(": ") for line in lines)
    headers = {name.lower(): value for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Heard(method, target, headers, body)
