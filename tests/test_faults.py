"""Every fault of every provider: it has its code and its calls, and takes nobody else's rows along.

The upstreams are real servers; beside the one that fails stands a healthy account of the same kind.
"""

import asyncio
import gzip
import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import msgspec
import pytest

from providers import deadline
from sandbox.app import create_app as create_sandbox
from sandbox.configuration import toml
from server.app import create_app
from server.configuration import parse
from server.settings import Settings, SourceSettings
from tests.conftest import NOW, Graph, Stages, served_graph
from tests.programs import free_port
from tests.providers.servers import Answer, Heard, Server, hanging_up, http, saying

EXAMPLES = Path(__file__).parent / "providers/examples"
PERIOD = '{from: "2018-01-01T00:00:00Z", to: "2026-11-21T00:00:00Z", interval: MONTH}'
PATIENCE, TIMEOUT, RETRIES = 20, 0.5, 1  # seconds, and seconds where time is what runs out


class Kind(NamedTuple):
    """How rows of a provider are asked for, and what is wrong with a poisoned one."""

    field: str
    node: str
    example: str
    poison: Callable[[Any], None]
    rows: str


def _poison(*path: str | int) -> Callable[[Any], None]:
    def poison(body: Any) -> None:
        for key in path[:-1]:
            body = body[key]
        body[path[-1]] = ["oops"]

    return poison


KINDS: Mapping[str, Kind] = {
    "yume": Kind(
        "invoices(first: 3)",
        "providerId value: total { amount }",
        "yume_invoices.json",
        _poison("results", 0, "total"),
        "results",
    ),
    "smartpay": Kind(
        "invoices(first: 3)",
        "providerId value: total { amount }",
        "smartpay_invoices.json",
        _poison("invoices", 0, "amount_create"),
        "invoices",
    ),
    "goedgeplaatst": Kind(
        "payments(first: 3)",
        "providerId value: gross { amount }",
        "goedgeplaatst_payments.json",
        _poison("data", 0, "amountGross"),
        "data",
    ),
    "yandex_ofd": Kind(
        f"salesAggregates(first: 100, filter: {PERIOD})",
        "start value: income { total { amount } }",
        "yandex_ofd_sales.json",
        _poison("data", 0, "income"),
        "data",
    ),
    "life_pay": Kind(
        "exportTasks(first: 100)",
        "providerId value: progress",
        "life_pay_export_tasks.json",
        _poison("items", 0, "progress"),
        "items",
    ),
}


def query(kind: Kind) -> str:
    sources = "sources { source { name } status error { code } }"
    return f"{{ rows: {kind.field} {{ nodes {{ source {{ name }} {kind.node} }} {sources} }} }}"


# ---------------------------------------------------------------- faults


async def forever(_: Heard, __: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def drip(_: Heard, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def reset(_: Heard, writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{"')
    await writer.drain()
    end: socket.socket = writer.get_extra_info("socket")
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    writer.transport.abort()


async def flood(_: Heard, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n")
    for _part in range(200):
        writer.write(b" " * 1_000_000)
        await writer.drain()


BOMB = http(gzip.compress(b" " * 200_000_000, 1), 200, "Content-Encoding: gzip")
HTML = b"<html><body>Bad Gateway s3cret</body></html>"


class Fault(NamedTuple):
    """What a client is told of it, and after how many calls: None for those that do not arrive."""

    answer: Answer
    code: str
    calls: int | None


FAULTS: Mapping[str, Fault] = {
    "reset": Fault(reset, "UPSTREAM_UNAVAILABLE", 2),
    "hang-up": Fault(hanging_up(b""), "UPSTREAM_UNAVAILABLE", 2),
    "hang": Fault(forever, "UPSTREAM_TIMEOUT", 2),
    "drip": Fault(drip, "UPSTREAM_TIMEOUT", 2),
    "401": Fault(saying(http(b"s3cret", 401)), "UPSTREAM_UNAUTHORIZED", 1),
    "429": Fault(saying(http(b"", 429)), "UPSTREAM_RATE_LIMITED", 2),
    "429-60": Fault(saying(http(b"", 429, "Retry-After: 60")), "UPSTREAM_RATE_LIMITED", 1),
    "500": Fault(saying(http(HTML, 500)), "UPSTREAM_UNAVAILABLE", 2),
    "503": Fault(saying(http(b"", 503)), "UPSTREAM_UNAVAILABLE", 2),
    "html": Fault(saying(http(HTML)), "UPSTREAM_MALFORMED", 1),
    "empty": Fault(saying(http(b"")), "UPSTREAM_MALFORMED", 1),
    "null": Fault(saying(http(b"null")), "UPSTREAM_MALFORMED", 1),
    "list": Fault(saying(http(b"[]")), "UPSTREAM_MALFORMED", 1),
    "200-mb": Fault(flood, "UPSTREAM_MALFORMED", 1),
    "bomb": Fault(saying(BOMB), "UPSTREAM_MALFORMED", 1),
}


# ---------------------------------------------------------------- the two accounts


@pytest.fixture(scope="module")
def healthy(stages: Stages) -> Any:
    """The accounts at a sandbox, by provider."""
    with stages.show(create_sandbox(now=NOW)) as address:
        sources = parse(toml(address), Path("pacioli.toml"), {}).sources
        yield {each.provider: each for each in sources}


@asynccontextmanager
async def serving(
    stages: Stages, account: SourceSettings, address: str, seconds: float = PATIENCE
) -> AsyncIterator[Graph]:
    """A graph over a healthy account, and one whose upstream is at `address`, given so long."""
    faulty = msgspec.structs.replace(
        *(account,),
        name="faulty",
        base_url=address,
        timeout_seconds=seconds,
        retries=RETRIES,
    )
    app = create_app(Settings(sources=(account, faulty)))
    with served_graph(stages, app) as graph:
        yield graph


async def asked(
    stages: Stages, account: SourceSettings, address: str, seconds: float = PATIENCE
) -> Any:
    async with serving(stages, account, address, seconds) as graph:
        answer = await asyncio.to_thread(graph.ask, query(KINDS[account.provider]))
        health = await asyncio.to_thread(
            graph.data, "{ sources { name state lastError { code } } }"
        )
    return answer, {each["name"]: each for each in health["sources"]}


def check(answer: Any, account: SourceSettings, code: str) -> None:
    """The healthy account's rows are there, and the other one says what is the matter."""
    assert (answer.status, answer.errors) == (200, ())
    outcomes = {each["source"]["name"]: each for each in answer.data["rows"]["sources"]}
    assert outcomes["faulty"]["status"] == "FAILED"
    assert outcomes["faulty"]["error"]["code"] == code
    assert outcomes[account.name]["status"] == "OK"
    names = {node["source"]["name"] for node in answer.data["rows"]["nodes"]}
    assert names == {account.name}


@pytest.mark.parametrize("provider", KINDS)
@pytest.mark.parametrize("name", FAULTS)
async def test_fault(stages: Stages, healthy: Any, provider: str, name: str) -> None:
    fault, account = FAULTS[name], healthy[provider]
    async with Server(fault.answer) as server:
        seconds = TIMEOUT if fault.code == "UPSTREAM_TIMEOUT" else PATIENCE
        answer, health = await asked(stages, account, server.address, seconds)
    check(answer, account, fault.code)
    assert len(server.heard) == fault.calls
    assert health["faulty"]["state"] != "HEALTHY"
    assert health["faulty"]["lastError"] == {"code": fault.code}
    assert health[account.name] == {"name": account.name, "state": "HEALTHY", "lastError": None}
    assert "s3cret" not in json.dumps(answer.data)


@pytest.mark.parametrize("provider", KINDS)
async def test_refused_connection(stages: Stages, healthy: Any, provider: str) -> None:
    account = healthy[provider]
    answer, health = await asked(stages, account, f"http://127.0.0.1:{free_port()}")
    check(answer, account, "UPSTREAM_UNAVAILABLE")
    assert health["faulty"]["state"] == "UNAVAILABLE"


@pytest.mark.parametrize("provider", KINDS)
async def test_a_name_that_is_never_resolved(
    stages: Stages, healthy: Any, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolved = 0

    async def resolve(*_: Any, **__: Any) -> Any:
        nonlocal resolved
        resolved += 1
        await asyncio.Event().wait()

    monkeypatch.setattr(aiohttp.resolver.DefaultResolver, "resolve", resolve)
    answer, health = await asked(stages, healthy[provider], "http://upstream.example", TIMEOUT)
    check(answer, healthy[provider], "UPSTREAM_TIMEOUT")
    assert resolved >= 1
    assert health["faulty"]["state"] == "UNAVAILABLE"


@pytest.mark.parametrize("provider", KINDS)
async def test_redirect_to_another_host(stages: Stages, healthy: Any, provider: str) -> None:
    account = healthy[provider]
    async with Server(saying(http())) as other:
        refusal = http(b"", 302, f"Location: {other.address}/")
        async with Server(saying(refusal)) as server:
            answer, _ = await asked(stages, account, server.address)
    check(answer, account, "UPSTREAM_REJECTED")
    assert (len(server.heard), other.heard) == (1, [])


@pytest.mark.parametrize("provider", KINDS)
async def test_forbidden(stages: Stages, healthy: Any, provider: str) -> None:
    account = healthy[provider]
    async with Server(saying(http(b"", 403))) as server:
        answer, _ = await asked(stages, account, server.address)
    check(answer, account, "UPSTREAM_UNAUTHORIZED")
    assert len(server.heard) == 1


@pytest.mark.parametrize("provider", KINDS)
async def test_truncated_or_of_wrong_types(stages: Stages, healthy: Any, provider: str) -> None:
    account, kind = healthy[provider], KINDS[provider]
    example = (EXAMPLES / kind.example).read_bytes()
    wrong = json.dumps({**json.loads(example), kind.rows: "many"}).encode()
    for body in (example[: len(example) // 2], wrong):
        async with Server(saying(http(body))) as server:
            answer, _ = await asked(stages, account, server.address)
        check(answer, account, "UPSTREAM_MALFORMED")
        assert len(server.heard) == 1


@pytest.mark.parametrize("provider", KINDS)
async def test_one_poisoned_value(stages: Stages, healthy: Any, provider: str) -> None:
    """It is null with an error at its path; its row, the others and their sources are unharmed."""
    account, kind = healthy[provider], KINDS[provider]
    body = json.loads((EXAMPLES / kind.example).read_bytes())
    kind.poison(body)
    if "next_page_token" in body:
        body["next_page_token"] = None
    lone = query(kind).replace("nodes {", "nodes { id", 1)
    faulty = Server(saying(http(json.dumps(body).encode())))
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(faulty)
        settings = msgspec.structs.replace(account, name="faulty", base_url=server.address)
        graph = stack.enter_context(served_graph(stages, create_app(Settings(sources=(settings,)))))
        answer = await asyncio.to_thread(graph.ask, lone)
    assert answer.status == 200
    assert set(answer.codes) == {"UPSTREAM_MALFORMED"}
    nodes = answer.data["rows"]["nodes"]
    places = {(error["path"][2], error["path"][3]) for error in answer.errors}
    assert len(places) == 1
    assert all(error["path"][:2] == ["rows", "nodes"] for error in answer.errors)
    assert all(node["id"] for node in nodes)
    (outcome,) = answer.data["rows"]["sources"]
    assert (outcome["status"], outcome["error"]) == ("OK", None)


@pytest.fixture
def short_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves plenty of time after a read that hangs, however slow the machine is."""
    monkeypatch.setattr(deadline, "_ONE_READ", 0.1)


@pytest.mark.usefixtures("short_reads")
async def test_a_source_that_hangs_leaves_time_for_what_follows(
    stages: Stages, healthy: Any
) -> None:
    """Many operations at once, more than the hanging upstream has places for."""
    account = healthy["yume"]
    text = query(KINDS["yume"])
    async with Server(forever) as server:
        faulty = msgspec.structs.replace(
            account, name="faulty", base_url=server.address, max_concurrency=2
        )
        settings = parse("[server.limits]\noperation_timeout_seconds = 20\n", Path("p"), {})
        app = create_app(msgspec.structs.replace(settings, sources=(account, faulty)))
        with served_graph(stages, app) as graph:
            queries = [text.replace("first: 3", f"first: {3 + at}") for at in range(24)]
            with ThreadPoolExecutor(len(queries)) as pool:
                run = partial(asyncio.get_running_loop().run_in_executor, pool)
                asks = [run(partial(graph.ask, each)) for each in queries]
                answers = await asyncio.gather(*asks)
    for at, answer in enumerate(answers):
        check(answer, account, "UPSTREAM_TIMEOUT")
        assert len(answer.data["rows"]["nodes"]) == 3 + at


@pytest.mark.usefixtures("short_reads")
async def test_beside_a_source_that_hangs_another_reads_on(stages: Stages, healthy: Any) -> None:
    """A page that takes further calls when the one that hangs was given up."""
    account = healthy["yume"]
    text = """{ invoices(first: 100, filter: {statuses: [REFUNDED]}) {
      nodes { providerId } sources { status error { code } }
    } }"""
    async with Server(forever) as server:
        faulty = msgspec.structs.replace(account, name="faulty", base_url=server.address)
        short = parse("[server.limits]\noperation_timeout_seconds = 20\n", Path("p"), {})
        alone = create_app(Settings(sources=(account,)))
        with served_graph(stages, alone) as graph:
            wanted = (await asyncio.to_thread(graph.data, text))["invoices"]["nodes"]
        app = create_app(msgspec.structs.replace(short, sources=(account, faulty)))
        with served_graph(stages, app) as graph:
            shown = (await asyncio.to_thread(graph.data, text))["invoices"]
    assert len(wanted) > 10
    assert shown["nodes"] == wanted
    assert [each["status"] for each in shown["sources"]] == ["OK", "FAILED"]
