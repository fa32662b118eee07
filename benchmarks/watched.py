"""The sandbox behind a counter: how many requests each provider had at once, and in a second."""

import asyncio
import time
from collections import Counter, deque

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from benchmarks.servers.serving import serve
from sandbox.app import create_app


class Watched:
    """Lets requests through to an app and counts those of each provider."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._present: Counter[str] = Counter()
        self._most: Counter[str] = Counter()
        self._fastest: Counter[str] = Counter()
        self._times: dict[str, deque[float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        provider = scope["path"].split("/")[1]
        if provider == "watched":
            body = {"at_once": self._most, "in_a_second": self._fastest}
            return await JSONResponse(body)(scope, receive, send)
        self._arrived(provider)
        try:
            return await self._app(scope, receive, send)
        finally:
            self._present[provider] -= 1

    def _arrived(self, provider: str) -> None:
        self._present[provider] += 1
        self._most[provider] = max(self._most[provider], self._present[provider])
        times, now = self._times.setdefault(provider, deque()), time.monotonic()
        times.append(now)
        while times[0] <= now - 1:
            times.popleft()
        self._fastest[provider] = max(self._fastest[provider], len(times))


class Abandoned:
    """Ends a request that its client gave up, which the sandbox alone would not notice."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with asyncio.TaskGroup() as tasks:
            messages: asyncio.Queue[Message] = asyncio.Queue()
            answering = tasks.create_task(self._answer(scope, messages.get, send))

            async def listen() -> None:
                while (message := await receive())["type"] != "http.disconnect":
                    messages.put_nowait(message)
                answering.cancel()

            listening = tasks.create_task(listen())
            answering.add_done_callback(lambda _: listening.cancel())

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


if __name__ == "__main__":
    serve(Watched(Abandoned(create_app())), lifespan="off")
