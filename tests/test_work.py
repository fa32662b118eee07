"""How much is done for a request, counted in calls of functions: no clock decides anything.

Those of the event loop are left out. A bound that is passed means that something is done anew for
each request, or for each row, that was not before; see benchmarks/README.md for what that costs.
"""

import asyncio
import gc
import sys
import sysconfig
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from benchmarks.operations import PAID, Q4, WIDE, rows
from sandbox.configuration import toml
from server.app import create_app
from server.configuration import parse
from tests.conftest import Whole

STANDARD = sysconfig.get_path("stdlib")
PACKAGES = sysconfig.get_path("purelib")
FEWER, MORE = 20, 60
Count = Callable[[str], Awaitable[int]]


@pytest_asyncio.fixture(params=["open", "off"])
async def app(whole: Whole, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """A server with one account."""
    metrics = f'[telemetry]\nmetrics = "{request.param}"\n'
    settings = parse(metrics + toml(str(whole.sandbox.base_url)), Path("pacioli.toml"), {})
    one = tuple(each for each in settings.sources if each.name == "sber-main")
    app = create_app(msgspec.structs.replace(settings, sources=one))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
def count(app: Any) -> Count:
    """Counts the calls of an operation over HTTP, without a socket."""

    async def counted(query: str) -> int:
        for _ in range(3):  # it is compiled, and what can be learnt is learnt
            await asked(app, query)
        return await calls(lambda: asked(app, query))

    return counted


async def asked(app: Any, query: str) -> None:
    """Asks an app in the way of a server."""
    body = msgspec.json.encode({"query": query})
    headers = {"host": "127.0.0.1", "content-type": "application/json", "cache-control": "no-cache"}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    unread = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Any] = []

    async def receive() -> Any:
        if not unread:
            await asyncio.Event().wait()  # the client stays
        return unread.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, answer = sent
    assert start["status"] == 200
    assert "errors" not in msgspec.json.decode(answer["body"])


async def calls(work: Callable[[], Awaitable[None]]) -> int:
    """How many functions are called, or go on, that are not the standard library's."""
    count = 0

    def note(frame: FrameType, event: str, __: Any) -> None:
        nonlocal count
        name = frame.f_code.co_filename
        count += event == "call" and (name.startswith(PACKAGES) or not name.startswith(STANDARD))

    sys.setprofile(note)
    try:
        await work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    ("fields", "most"),
    [("providerId status", 3), (WIDE, 20), (PAID, 10)],
    ids=["narrow", "wide", "with its payment"],
)
async def test_a_row_takes_few_calls(count: Count, fields: str, most: int) -> None:
    fewer, more = await count(rows(FEWER, fields)), await count(rows(MORE, fields))
    assert (more - fewer) / (MORE - FEWER) < most


async def test_a_request_takes_few_calls(count: Count) -> None:
    assert await count(Q4) < 210  # 131, and 42 for the metrics
    assert await count(rows(FEWER, "providerId status")) < 900  # 672, and 89; the upstream's, too


@pytest.mark.parametrize("fields", ["providerId status", WIDE, PAID])
async def test_rows_are_not_left_to_the_collector(app: Any, fields: str) -> None:
    """An answer that is part of a cycle stays in memory until there are many of them."""
    for _ in range(3):
        await asked(app, rows(MORE, fields))
    gc.collect()
    gc.disable()
    try:
        await asked(app, rows(MORE, fields))
        assert gc.collect() < MORE  # of graphql-core's executor alone there are twenty
    finally:
        gc.enable()
