"""Servers in processes of their own, and a proxy before them that knows nothing of what they do."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
CHUNK = 2**16


class Replica:
    """A server with a configuration that others have, too."""

    def __init__(self, config: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "serve", "--config", config, "--port", "0"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )

    def port(self) -> int:
        """Where it listens, as soon as it does."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"ready at (http://\S+)", line):
                return urlsplit(found[1]).port or 0
        raise AssertionError("The replica ended and was never ready")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


class Proxy:
    """Gives each connection to the next port in turn, or to one after it where nobody listens.

    `served` has the number of the port for each connection; `asked` is called with it as soon as
    the first bytes were passed on.
    """

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports, self._turn = ports, 0
        self.served: list[int] = []
        self.asked: Callable[[int], None] | None = None

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _connected(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        number, there, request = await self._next()
        self.served.append(number)
        try:
            request.write(await client.read(CHUNK))
            await request.drain()
            if self.asked:
                self.asked(number)
            await asyncio.gather(_passed_on(client, request), _passed_on(there, answer))
        except ConnectionError:
            pass  # the client will see
        finally:
            request.close()
            answer.close()

    async def _next(self) -> tuple[int, asyncio.StreamReader, asyncio.StreamWriter]:
        for _ in self._ports:
            number = self._turn = (self._turn + 1) % len(self._ports)
            try:
                there, request = await asyncio.open_connection("127.0.0.1", self._ports[number])
            except ConnectionRefusedError:
                continue
            return number, there, request
        raise AssertionError("No replica is left")


async def _passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(CHUNK):
        writer.write(chunk)
        await writer.drain()
    writer.close()
