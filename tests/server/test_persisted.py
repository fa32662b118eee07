"""Documents by their ids: automatic ones, trusted ones, and what is refused."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import httpx
import pytest

from server import documents
from server.configuration import ConfigError, parse
from server.persisted import Kept, Shared, hashed
from server.redis_pool import closing, pool
from server.settings import Settings
from tests.conftest import Graph, StartGraph, answer
from tests.programs import RedisServer

QUERY = "{ __typename }"
TRUSTED = "query Names { sources { name } }"
NOT_FOUND = ["PERSISTED_QUERY_NOT_FOUND"]
NOT_ALLOWED = ["PERSISTED_QUERY_NOT_ALLOWED"]


def asked(query: str | None = None, key: str | None = None, **members: Any) -> dict[str, Any]:
    body: dict[str, Any] = {} if query is None else {"query": query}
    if key is not None:
        body["extensions"] = {"persistedQuery": {"version": 1, "sha256Hash": key}}
    return {**body, **members}


def codes(graph: Graph, body: Any) -> Any:
    return answer(graph.http.post("/graphql", json=body)).codes


def data(graph: Graph, body: Any) -> Any:
    return answer(graph.http.post("/graphql", json=body)).data


# --- Automatic


def test_automatic(start_graph: StartGraph) -> None:
    graph = start_graph(Settings())
    key = hashed(QUERY)
    response = graph.http.post("/graphql", json=asked(key=key))
    assert (response.status_code, answer(response).codes) == (200, NOT_FOUND)
    assert response.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert data(graph, asked(QUERY, key)) == {"__typename": "Query"}
    assert data(graph, asked(key=key)) == {"__typename": "Query"}
    given = {"extensions": json.dumps(asked(key=key)["extensions"])}
    for accept in ("*/*", "text/html, */*"):
        response = graph.http.get("/graphql", params=given, headers={"Accept": accept})
        assert answer(response).data == {"__typename": "Query"}


def test_a_hash_of_another_document_is_refused(graph: Graph) -> None:
    assert codes(graph, asked("{ sources { name } }", hashed(QUERY))) == ["BAD_REQUEST"]
    assert codes(graph, asked(key=hashed(QUERY))) in (NOT_FOUND, [])


def test_a_document_without_a_hash_is_not_kept(start_graph: StartGraph) -> None:
    graph = start_graph(Settings())
    assert data(graph, asked(QUERY))
    assert codes(graph, asked(key=hashed(QUERY))) == NOT_FOUND


@pytest.mark.parametrize(
    "persisted",
    [1, [], "x", {}, {"version": 1}, {"version": 2, "sha256Hash": "a"}]
    + [{"version": 1, "sha256Hash": value} for value in (None, 1, "", ["a"])],
)
def test_malformed(graph: Graph, persisted: Any) -> None:
    response = graph.http.post("/graphql", json={"extensions": {"persistedQuery": persisted}})
    assert (response.status_code, answer(response).codes) == (400, ["BAD_REQUEST"])


async def test_the_store_is_bounded() -> None:
    kept = Kept(1000)  # two short texts
    for key in "abc":
        await kept.put(key, key)
    assert [await kept.get(key) for key in "abc"] == [None, "b", "c"]
    await kept.get("b")
    await kept.put("d", "d")
    assert [await kept.get(key) for key in "bcd"] == ["b", None, "d"]
    await kept.put("e", "e" * 400)
    assert [await kept.get(key) for key in "bde"] == [None, None, "e" * 400]
    await kept.put("f", "f" * 600)
    assert await kept.get("f") is None


async def test_many_short_texts_take_no_more_than_is_said() -> None:
    tracemalloc.start()
    kept = Kept(2**20)
    for number in range(20_000):
        await kept.put(hashed(str(number)), str(number))
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert await kept.get(hashed("19999"))
    assert taken < 1.2 * 2**20


async def test_replicas_share(redis: RedisServer) -> None:
    first, second = pool(redis.url), pool(redis.url)
    assert first is not None
    assert second is not None
    async with closing(first), closing(second):
        one, other = Shared(first), Shared(second)
        await one.put(hashed("é"), "é")
        assert await other.get(hashed("é")) == "é"
        await one.put(hashed("a"), "b")  # somebody wrote another text there
        assert await other.get(hashed("a")) is None


async def test_a_redis_that_is_away_knows_nothing() -> None:
    connections = pool("redis://127.0.0.1:9")
    assert connections is not None
    async with closing(connections):
        shared = Shared(connections)
        await shared.put(hashed("a"), "a")
        assert await shared.get(hashed("a")) is None


# --- Trusted


def trusting(folder: Path, trusted: str, **others: Any) -> Settings:
    (folder / "documents.json").write_text(json.dumps({"names": TRUSTED}))
    lines = [f'trusted = "{trusted}"', 'manifest = "documents.json"']
    lines += [f"{key} = {json.dumps(value)}" for key, value in others.items()]
    return parse("[server.documents]\n" + "\n".join(lines), folder / "pacioli.toml", {})


@pytest.mark.parametrize("trusted", ["allow", "require"])
def test_trusted_documents(start_graph: StartGraph, tmp_path: Path, trusted: str) -> None:
    graph = start_graph(trusting(tmp_path, trusted))
    bodies = [
        asked(documentId="names"),
        asked(key="names"),
        asked(key=hashed(TRUSTED)),
        asked(TRUSTED),
        asked(TRUSTED, hashed(TRUSTED)),
    ]
    for body in bodies:
        assert data(graph, body) == {"sources": []}
    response = graph.http.get("/graphql", params={"documentId": "names"})
    assert answer(response).data == {"sources": []}
    assert codes(graph, asked(documentId="other")) == NOT_FOUND


def test_others_where_they_are_allowed(start_graph: StartGraph, tmp_path: Path) -> None:
    graph = start_graph(trusting(tmp_path, "allow"))
    assert data(graph, asked(QUERY, hashed(QUERY)))
    assert data(graph, asked(key=hashed(QUERY)))


@pytest.mark.parametrize(
    "query",
    [
        *(QUERY, TRUSTED + " ", "{ __schema { types { name } } }", "{", "query Names { a }"),
        *("query A { a } query B { b }", "fragment A on B { c }", "{" * 9_000),
    ],
)
def test_others_where_trust_is_required(
    start_graph: StartGraph, tmp_path: Path, query: str
) -> None:
    graph = start_graph(trusting(tmp_path, "require"))
    response = graph.http.post("/graphql", json=asked(query))
    assert answer(response).codes == NOT_ALLOWED
    assert codes(graph, asked(query, hashed(query))) == NOT_ALLOWED
    assert codes(graph, asked(key=hashed(query))) == NOT_FOUND
    get = graph.http.get("/graphql", params={"query": query})
    assert answer(get).codes == NOT_ALLOWED
    assert codes(graph, asked(query, operationName="Other")) == NOT_ALLOWED


def test_strange_documents_are_not_even_parsed(
    start_graph: StartGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = start_graph(trusting(tmp_path, "require"))
    monkeypatch.setattr(documents, "parse", None)
    assert codes(graph, asked("{ strange }")) == NOT_ALLOWED


def test_off(start_graph: StartGraph, tmp_path: Path) -> None:
    graph = start_graph(trusting(tmp_path, "off", automatic=False))
    assert codes(graph, asked(documentId="names")) == NOT_FOUND
    assert data(graph, asked(QUERY, hashed(QUERY)))
    assert codes(graph, asked(key=hashed(QUERY))) == NOT_FOUND


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ('trusted = "yes"', "trusted", '"require"'),
        ('trusted = "require"', "manifest", "is missing"),
        ('manifest = "absent.json"', "manifest", "cannot read it"),
        ("manifest = 1", "manifest", "a text"),
        ('manifest = "pacioli.toml"', "manifest", "no manifest"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, key: str, words: str) -> None:
    (tmp_path / "pacioli.toml").write_text("x")
    with pytest.raises(ConfigError) as caught:
        parse(f"[server.documents]\n{text}", tmp_path / "pacioli.toml", {})
    (mistake,) = caught.value.mistakes
    assert mistake.key == f"server.documents.{key}"
    assert words in mistake.problem


def test_the_response_is_json(graph: Graph) -> None:
    response: httpx.Response = graph.http.post("/graphql", json=asked(key="unknown"))
    assert response.headers["content-type"] == "application/json"
