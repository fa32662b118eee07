"""Rates: over HTTP for callers, and in Redis for replicas."""

from typing import Any

from redis.asyncio import Redis

from server.api_keys import hashed
from server.rate_limits import Rates
from server.redis_pool import closing, pool
from server.settings import Settings
from tests.conftest import Graph, StartGraph, answer, settings
from tests.programs import RedisServer


def limited(per_minute: int = 3, **others: Any) -> Settings:
    keys = [{"name": name, "hash": hashed(name)} for name in ("ada", "eve")]
    return settings(auth={"api_keys": keys}, limits={"operations_per_minute": per_minute}, **others)


def send(graph: Graph, key: str) -> tuple[int, str, str]:
    headers = {"Authorization": f"Bearer {key}"}
    response = graph.http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
    told = response.headers
    return response.status_code, told["ratelimit-limit"], told["ratelimit-remaining"]


def test_each_caller_has_its_own_rate(start_graph: StartGraph) -> None:
    graph = start_graph(limited())
    assert [send(graph, "ada") for _ in range(3)] == [(200, "3", left) for left in "210"]
    assert send(graph, "ada") == (429, "3", "0")
    assert send(graph, "eve") == (200, "3", "2")


def test_a_refusal_says_when_to_come_again(start_graph: StartGraph) -> None:
    graph = start_graph(limited(1))
    headers = {"Authorization": "Bearer ada"}
    for _ in range(2):
        response = graph.http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
    assert answer(response).codes == ["RATE_LIMITED"]
    assert 1 <= int(response.headers["retry-after"]) <= 60
    assert response.headers["retry-after"] == response.headers["ratelimit-reset"]
    assert "server.limits.operations_per_minute" in response.text


def test_strangers_use_up_nobodys_rate(start_graph: StartGraph) -> None:
    graph = start_graph(limited(1))
    for _ in range(5):
        assert graph.http.post("/graphql", json={"query": "{ __typename }"}).status_code == 401
    assert send(graph, "ada")[0] == 200


def test_what_a_batch_leaves_is_told(start_graph: StartGraph) -> None:
    graph = start_graph(limited(6))
    headers = {"Authorization": "Bearer ada"}
    body = [{"query": "{ __typename }"}] * 4
    left = [
        graph.http.post("/graphql", json=body, headers=headers).headers["ratelimit-remaining"]
        for _ in range(2)
    ]
    assert left == ["2", "0"]


def test_pages_and_probes_are_not_counted(start_graph: StartGraph) -> None:
    graph = start_graph(settings(limits={"operations_per_minute": 1}))
    for _ in range(3):
        page = graph.http.get("/graphql", headers={"Accept": "text/html"})
        assert page.headers["content-type"].startswith("text/html")  # built or not
        assert graph.http.get("/healthz").status_code == 200
    assert graph.data("{ __typename }")
    assert graph.ask("{ __typename }").status == 429


def test_without_a_limit_nothing_is_said(graph: Graph) -> None:
    response = graph.http.post("/graphql", json={"query": "{ __typename }"})
    assert "ratelimit-limit" not in response.headers


async def test_replicas_count_together(redis: RedisServer) -> None:
    first, second = pool(redis.url), pool(redis.url)
    async with closing(first), closing(second):
        one, other = Rates(3, first), Rates(3, second)
        spent = [await rates.spend("ada") for rates in (one, other, one, other)]
        assert [each.allowed for each in spent] == [True, True, True, False]
        assert (await other.spend("eve")).allowed


async def test_redis_learns_no_names(redis: RedisServer) -> None:
    connections = pool(redis.url)
    async with closing(connections):
        await Rates(3, connections).spend("ada@example.com")
        keys = await Redis(connection_pool=connections).keys("*")
    assert keys
    assert not [key for key in keys if b"ada" in key]


async def test_without_redis_each_counts_for_itself() -> None:
    connections = pool("redis://127.0.0.1:9")
    async with closing(connections):
        rates = Rates(2, connections)
        assert [(await rates.spend("ada")).allowed for _ in range(3)] == [True, True, False]
