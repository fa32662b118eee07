"""Clients that ask as fast as they are answered, over connections that stay open."""

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec

CONNECTIONS = 4


@dataclass
class Load:
    """What a server did so far, over all rounds."""

    seconds: list[float] = field(default_factory=list)
    cpu: float = 0.0
    elapsed: float = 0.0

    def percentile(self, part: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


class Connection:
    """One connection of a client."""

    def __init__(self, address: str, path: str = "/graphql") -> None:
        parts = urlsplit(address)
        self._host, self._port, self._path = parts.hostname, parts.port, path

    async def __aenter__(self) -> "Connection":
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def ask(self, query: str) -> bytes:
        """The body of the answer to an operation."""
        body = msgspec.json.encode({"query": query})
        head = (
            f"POST {self._path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            "Content-Type: application/json\r\n"
            "Cache-Control: no-cache\r\n"  # equal reads of several requests are not made one
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        return await self._body()

    async def _body(self) -> bytes:
        headers = await self._reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in headers.partition(b"\r\n")[0]:
            raise RuntimeError(headers.decode())
        lines = headers.lower().split(b"\r\n")
        length = next((line for line in lines if line.startswith(b"content-length:")), None)
        if length is not None:
            return await self._reader.readexactly(int(length.partition(b":")[2]))
        parts = []
        while size := int(await self._reader.readline(), 16):
            parts.append(await self._reader.readexactly(size))
            await self._reader.readline()
        await self._reader.readline()
        return b"".join(parts)


async def ask_often(
    address: str, query: str, times: int, load: Load, *, path: str = "/graphql"
) -> None:
    """Asks from a few connections at once, and notes how long each answer took."""
    left = iter(range(times))

    async def work() -> None:
        async with Connection(address, path) as connection:
            for _ in left:
                start = time.perf_counter()
                await connection.ask(query)
                load.seconds.append(time.perf_counter() - start)

    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    load.elapsed += time.perf_counter() - start
