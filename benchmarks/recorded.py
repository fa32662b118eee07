"""An upstream that is not the bottleneck: it gives recorded answers of the sandbox, and counts.

What it does not know yet it asks the sandbox, once. Its own process: it costs the measured nothing.
"""

import asyncio
import sys
from typing import Any, ClassVar, cast

import httpx
import uvloop

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
COUNT = b"/count"
UNTOLD = {"host", "accept-encoding"}
PLAIN: dict[str, Any] = {"trust_env": False, "verify": False, "timeout": 60}


class Recorded(asyncio.Protocol):
    """One connection; requests have no body, which GET does not need."""

    answers: ClassVar[dict[bytes, bytes]] = {}
    asked: ClassVar[int] = 0

    def __init__(self, sandbox: httpx.Client) -> None:
        self._sandbox, self._rest = sandbox, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop has classes of its own

    def data_received(self, data: bytes) -> None:
        *requests, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for request in requests:
            line, _, headers = request.partition(b"\r\n")
            self._transport.write(self._answer(line.split(b" ")[1], headers))

    def _answer(self, target: bytes, headers: bytes) -> bytes:
        if target == COUNT:
            body = b"%d" % Recorded.asked
            return HEAD % len(body) + body
        Recorded.asked += 1
        if target not in self.answers:
            lines = (line.decode().split(": ", 1) for line in headers.split(b"\r\n"))
            given = {name: value for name, value in lines if name.lower() not in UNTOLD}
            body = self._sandbox.get(target.decode(), headers=given).raise_for_status().content
            self.answers[target] = HEAD % len(body) + body
        return self.answers[target]


async def main(sandbox: str) -> None:
    """Serves until the process is ended."""
    client = httpx.Client(base_url=sandbox, **PLAIN)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Recorded(client), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
