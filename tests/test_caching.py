"""What clients see of answers that are shared, kept and shown when an upstream fails."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from sandbox.app import create_app as create_sandbox
from sandbox.configuration import toml
from server.app import create_app
from server.configuration import parse
from server.settings import CacheSettings
from tests.conftest import PLAIN, Graph, Stages, StartGraph, StartYume, served_graph, settings
from tests.conftest import source as account
from tests.programs import RedisServer

LIST = """{ invoices(first: 3) {
  nodes { providerId fetchedAt } sources { status fetchedAt error { code retryable } }
} }"""


def outcome(graph: Graph, query: str = LIST) -> Mapping[str, Any]:
    shown: Mapping[str, Any] = graph.data(query)["invoices"]["sources"][0]
    return shown


def test_equal_operations_at_once_make_one_call(
    start_yume: StartYume, start_graph: StartGraph
) -> None:
    yume = start_yume()
    graph = start_graph(settings(account(yume)))
    yume.fail(delay_seconds=2)
    with yume.counted() as calls, ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(graph.data, [LIST] * 16))
    assert len({str(answer) for answer in answers}) == 1
    assert len(calls) == 1


def test_nothing_is_kept_unless_wished(start_yume: StartYume, start_graph: StartGraph) -> None:
    yume = start_yume()
    graph = start_graph(settings(account(yume)))
    with yume.counted() as calls:
        graph.data(LIST)
        graph.data(LIST)
    assert len(calls) == 2


def test_a_kept_answer_is_used_and_dated(start_yume: StartYume, start_graph: StartGraph) -> None:
    yume = start_yume()
    graph = start_graph(settings(account(yume, cache_seconds=60)))
    with yume.counted() as calls:
        first = graph.data(LIST)
        yume.insert()
        assert graph.data(LIST) == first
        anew = graph.http.post(
            "/graphql", json={"query": LIST}, headers={"Cache-Control": "no-cache"}
        ).json()["data"]
        assert graph.data(LIST) == anew
    assert len(calls) == 2
    assert anew["invoices"]["nodes"][1]["providerId"] == first["invoices"]["nodes"][0]["providerId"]
    assert {node["fetchedAt"] for node in first["invoices"]["nodes"]} == {
        first["invoices"]["sources"][0]["fetchedAt"]
    }


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"status": 503}, "UPSTREAM_UNAVAILABLE"),
        ({"status": 429}, "UPSTREAM_RATE_LIMITED"),
        ({"malformed": "html"}, "UPSTREAM_MALFORMED"),
        ({"delay_seconds": 2}, "UPSTREAM_TIMEOUT"),
    ],
)
def test_what_is_old_is_shown_as_stale_when_the_upstream_fails(
    start_yume: StartYume, start_graph: StartGraph, fault: Mapping[str, Any], code: str
) -> None:
    yume = start_yume()
    graph = start_graph(settings(account(yume, stale_seconds=600, timeout_seconds=0.3, retries=0)))
    fresh = graph.data(LIST)["invoices"]
    assert fresh["sources"][0]["status"] == "OK"
    yume.fail(**fault)
    stale = graph.data(LIST)["invoices"]
    assert stale["nodes"] == fresh["nodes"]
    (shown,) = stale["sources"]
    assert (shown["status"], shown["error"]["code"]) == ("STALE", code)
    assert shown["fetchedAt"] == fresh["sources"][0]["fetchedAt"]
    assert datetime.fromisoformat(shown["fetchedAt"]).tzinfo is not None
    yume.recover()
    assert outcome(graph)["status"] == "OK"


@pytest.mark.parametrize("status", [401, 403, 400])
def test_a_refusal_is_not_hidden_behind_what_is_old(
    start_yume: StartYume, start_graph: StartGraph, status: int
) -> None:
    yume = start_yume()
    graph = start_graph(settings(account(yume, stale_seconds=600)))
    graph.data(LIST)
    yume.fail(status=status)
    assert graph.ask(LIST).data == {"invoices": None}


def test_what_is_read_anew_is_shown_meanwhile(
    start_yume: StartYume, start_graph: StartGraph
) -> None:
    yume = start_yume()
    graph = start_graph(settings(account(yume, refresh_seconds=600)))
    first = graph.data(LIST)["invoices"]["nodes"]
    row = yume.insert()
    assert outcome(graph)["status"] == "STALE"
    assert outcome(graph)["error"] is None
    until = time.monotonic() + 20
    while (nodes := graph.data(LIST)["invoices"]["nodes"])[0] == first[0]:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert nodes[0]["providerId"] == str(row["id"])


def test_a_walk_over_kept_pages_is_right(start_yume: StartYume, start_graph: StartGraph) -> None:
    """Pages of several ages do not fit together: what has moved is read anew."""
    yume = start_yume()
    graph = start_graph(settings(account(yume, cache_seconds=600)))
    page = "query($after: String) { invoices(first: 7, after: $after) { nodes { providerId }"
    page += " pageInfo { endCursor hasNextPage } } }"

    def walk(pages: int) -> list[str]:
        ids, after = [], None
        for _ in range(pages):
            data = graph.data(page, after=after)["invoices"]
            ids += [node["providerId"] for node in data["nodes"]]
            after = data["pageInfo"]["endCursor"]
        return ids

    before = walk(4)
    for _ in range(3):
        yume.insert()
    after = walk(6)
    assert len(after) == len(set(after)) == 42
    assert after[:28] == before
    assert after == [str(row["id"]) for row in yume.rows()][3:45]


def test_as_many_rows_that_come_as_go_are_noticed_among_kept_pages(
    start_yume: StartYume, start_graph: StartGraph
) -> None:
    """No length tells that pages of several ages do not fit together."""
    yume = start_yume()
    graph = start_graph(settings(account(yume, cache_seconds=600)))
    page = """query($size: Int, $after: String) { invoices(first: $size, after: $after) {
      nodes { providerId } pageInfo { endCursor hasNextPage }
    } }"""
    oldest = [row["id"] for row in yume.rows()][::-1]
    steady = {str(each) for each in oldest[600:]}

    def walk(size: int) -> list[str]:
        ids, after = [], None
        while True:
            data = graph.data(page, size=size, after=after)["invoices"]
            ids += [node["providerId"] for node in data["nodes"]]
            after = data["pageInfo"]["endCursor"]
            if not data["pageInfo"]["hasNextPage"]:
                return ids
            for _ in range(3):
                yume.insert()
                yume.remove(oldest.pop(0))

    walk(37)
    ids = walk(10)
    assert len(ids) == len(set(ids))
    assert steady <= set(ids)


def test_kept_pages_of_one_reading_are_used_together(
    start_yume: StartYume, start_graph: StartGraph
) -> None:
    yume = start_yume()
    graph = start_graph(settings(account(yume, cache_seconds=600)))
    first = graph.data("{ invoices(first: 100) { nodes { providerId } pageInfo { endCursor } } }")
    after = first["invoices"]["pageInfo"]["endCursor"]
    second = "query($after: String) { invoices(first: 100, after: $after) { nodes { id } } }"
    with yume.counted() as calls:
        shown = graph.data(second, after=after)
    assert len(calls) == 2
    with yume.counted() as calls:
        assert graph.data(second, after=after) == shown
    assert not calls


# ---------------------------------------------------------------- export tasks: tokens


@pytest.fixture
def reports(stages: Stages) -> Iterator[tuple[Graph, httpx.Client]]:
    """A server with LIFE PAY alone, whose answers are kept, and its sandbox."""
    with (
        stages.show(create_sandbox()) as address,
        httpx.Client(base_url=address, **PLAIN) as sandbox,
    ):
        whole = parse(toml(address), Path("pacioli.toml"), {})
        (one,) = [each for each in whole.sources if each.provider == "life_pay"]
        kept = msgspec.structs.replace(one, cache_seconds=600)
        with served_graph(stages, create_app(msgspec.structs.replace(whole, sources=(kept,)))) as g:
            yield g, sandbox


def tokens(sandbox: httpx.Client) -> list[str]:
    requests = sandbox.get("/control/requests/life_pay").json()["requests"]
    queries = [httpx.QueryParams(each["query"]) for each in requests]
    return [query["page_token"] for query in queries if "page_token" in query]


def test_a_token_serves_the_operation_that_it_was_given_to(
    reports: tuple[Graph, httpx.Client],
) -> None:
    graph, sandbox = reports
    short = "{ exportTasks(first: 19) { nodes { providerId } } }"
    long = "{ exportTasks(first: 45) { nodes { providerId } } }"
    first = graph.data(short)["exportTasks"]["nodes"]
    sandbox.delete("/control/requests/life_pay")
    nodes = graph.data(long)["exportTasks"]["nodes"]
    assert nodes[:19] == first
    assert len({node["providerId"] for node in nodes}) == 45
    journal = sandbox.get("/control/requests/life_pay").json()["requests"]
    assert "page_token" not in journal[0]["query"], "the kept first page gives no token"
    assert len(journal) == 3
    assert len(set(tokens(sandbox))) == 2


# ---------------------------------------------------------------- shared by replicas


def test_replicas_share_answers(
    start_yume: StartYume, start_graph: StartGraph, redis: RedisServer
) -> None:
    yume = start_yume()
    shared = msgspec.structs.replace(
        settings(account(yume, cache_seconds=60)), cache=CacheSettings(url=redis.url)
    )
    one, two = start_graph(shared), start_graph(shared)
    with yume.counted() as calls:
        first = one.data(LIST)
        until = time.monotonic() + 10
        while two.data(LIST) != first:
            assert time.monotonic() < until
    assert len(calls) <= 2
    with yume.counted() as calls:
        assert two.data(LIST) == one.data(LIST)
    assert calls == []


def test_two_accounts_at_one_address_share_nothing(
    start_yume: StartYume, start_graph: StartGraph, redis: RedisServer
) -> None:
    yume = start_yume()
    good = account(yume, cache_seconds=60)
    bad = {**good, "token": "another's"}
    cache = CacheSettings(url=redis.url)
    one, two = (
        start_graph(msgspec.structs.replace(settings(each), cache=cache)) for each in (good, bad)
    )
    for _ in range(3):
        assert outcome(one)["status"] == "OK"
        assert two.ask(LIST).codes == ["UPSTREAM_UNAUTHORIZED"]


def test_a_store_that_dies_and_comes_back_fails_no_operation(
    start_yume: StartYume, start_graph: StartGraph, redis: RedisServer
) -> None:
    yume = start_yume()
    keys = account(yume, cache_seconds=1, requests_per_second=500)
    graph = start_graph(msgspec.structs.replace(settings(keys), cache=CacheSettings(url=redis.url)))
    for trouble in (redis.stop, redis.start, redis.hang, redis.go_on):
        trouble()
        for first in range(1, 13):
            data = graph.data(LIST.replace("first: 3", f"first: {first}"))
            assert len(data["invoices"]["nodes"]) == first


def test_the_pace_is_kept_by_two_replicas_together(
    start_yume: StartYume, start_graph: StartGraph, redis: RedisServer
) -> None:
    yume = start_yume()
    keys = account(yume, requests_per_second=10)
    shared = msgspec.structs.replace(settings(keys), cache=CacheSettings(url=redis.url))
    graphs = [start_graph(shared), start_graph(shared)]
    began = time.monotonic()
    with yume.counted() as calls, ThreadPoolExecutor(16) as pool:
        queries = [LIST.replace("first: 3", f"first: {first}") for first in range(1, 17)]
        list(pool.map(lambda at: graphs[at % 2].data(queries[at]), range(16)))
    assert len(calls) == 16
    assert time.monotonic() - began >= 1.5 - 0.1


def test_a_link_without_rows_is_stale_too(stages: Stages) -> None:
    with (
        stages.show(create_sandbox()) as address,
        httpx.Client(base_url=address, **PLAIN) as sandbox,
    ):
        whole = parse(toml(address), Path("pacioli.toml"), {})
        kept = [msgspec.structs.replace(each, stale_seconds=600) for each in whole.sources]
        app = create_app(msgspec.structs.replace(whole, sources=tuple(kept)))
        with served_graph(stages, app) as graph:
            query = """{ invoices(
              first: 9, filter: {sources: ["sber-main"], statuses: [PENDING, CANCELLED]}
            ) {
              nodes { payments { nodes { id } sources { source { name } status } } } } }"""
            fresh = graph.data(query)["invoices"]["nodes"]
            assert {status for _, status in outcomes(fresh)} == {"OK"}
            sandbox.put("/control/faults/goedgeplaatst", json={"status": 503})
            stale = graph.data(query)["invoices"]["nodes"]
    shown = [status for name, status in outcomes(stale) if name == "goed-payments"]
    assert len(shown) > 3  # an invoice without a number asks nobody
    assert set(shown) == {"STALE"}
    assert any(not node["payments"]["nodes"] for node in stale)
    assert [node["payments"]["nodes"] for node in stale] == [
        node["payments"]["nodes"] for node in fresh
    ]


def outcomes(nodes: Any) -> list[tuple[str, str]]:
    """Each payments' sources with how they did."""
    listed = [each for node in nodes for each in node["payments"]["sources"]]
    return [(each["source"]["name"], each["status"]) for each in listed]
