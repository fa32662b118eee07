"""Random valid queries over the whole graph find no error of ours, and no secret of others.

The generator is that of Schemathesis. What it makes is often beyond the limits; that is an answer.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from graphql import (
    REMOVE,
    ArgumentNode,
    Node,
    ObjectFieldNode,
    StringValueNode,
    Visitor,
    build_schema,
    print_ast,
    visit,
)
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis_graphql import queries
from redis import Redis

from providers import REGISTRY
from providers.cache import MemoryCache
from resolvers.callers import RAW, Scope
from resolvers.identifiers import parse
from sandbox import goedgeplaatst, life_pay, smartpay, yandex_ofd, yume
from schema import sdl
from server.persisted import hashed
from tests.conftest import Graph, Stages, Whole, answer, served_whole
from tests.programs import RedisServer
from tests.server.test_authorization import (
    CALLERS,
    CARD_FIELDS,
    PERSONAL_FIELDS,
    SCOPES,
    SOURCES,
    Caller,
    caller,
    every,
    graph,
    key_of,
    served_callers,
)

__all__ = ["graph"]  # a fixture

SCHEMA = build_schema(sdl())
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)
TEXTS = {
    "DateTime": ["2026-11-01T00:00:00Z", "2026-01-31T09:30:00+03:00", "0001-01-01T00:00:00Z"],
    "Decimal": ["0", "118.36", "-1", "9" * 40],
    "Date": ["2026-11-01"],
    "JSON": ["x"],
}
SCALARS = {
    name: st.sampled_from([StringValueNode(value=text) for text in texts])
    for name, texts in TEXTS.items()
}


GUESSED = {"first", "after", "last", "before", "sources", "cardLastFour", "ids"}


class Plausible(Visitor):
    """Leaves out arguments that are wrong unless they are known, so that rows are read too."""

    def enter_argument(self, node: ArgumentNode, *_: Any) -> Any:
        return REMOVE if node.name.value in GUESSED - {"ids"} else None

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> Any:
        return REMOVE if node.name.value in GUESSED else None


def plausible(document: Node) -> str:
    return print_ast(visit(document, Plausible()))


@examples(max_examples=120, deadline=None, suppress_health_check=SLOW)
@given(
    query=queries(SCHEMA, custom_scalars=SCALARS)
    | queries(SCHEMA, custom_scalars=SCALARS, print_ast=plausible)
)
def test_no_query_breaks_the_server(whole: Whole, query: str) -> None:
    response = whole.graph.http.post("/graphql", json={"query": query})
    told = answer(response)
    assert response.status_code == 200
    assert "INTERNAL_SERVER_ERROR" not in told.codes
    assert "GRAPHQL_VALIDATION_FAILED" not in told.codes
    assert told.data is not None or told.codes


# --- Random callers

PERIOD = 'filter: {from: "2026-11-01T00:00:00Z", to: "2026-11-08T00:00:00Z"}'
INFO = f"paymentInfo {{ {CARD_FIELDS} }}"
USER = f"user {{ {PERSONAL_FIELDS} companyName }}"
PARTS = [
    "sources { id name }",
    f"invoices(first: 30) {{ nodes {{ id details {{ ... on SmartpayInvoice {{ {INFO} }} }} }} }}",
    f"payments(first: 30) {{ nodes {{ details {{ ... on GoedgeplaatstPayment {{ {USER} }} }} }} }}",
    "payments(first: 20, filter: {providers: [SMARTPAY]}) { nodes { raw } }",
    "invoices(last: 20) { edges { cursor node { number raw payments { nodes { raw } } } } }",
    "payments(first: 20) { nodes { invoice { id raw source { name } } } totalCount }",
    f"salesAggregates(first: 3, {PERIOD}) {{ nodes {{ raw }} summary {{ sources {{ name }} }} }}",
    "exportTasks(first: 3) { nodes { id raw } sources { source { name } } }",
]


def asking(parts: Sequence[str]) -> str:
    return "{" + " ".join(f"f{at}: {part}" for at, part in enumerate(parts)) + "}"


def texts(value: Any) -> Iterator[str]:
    """Every text in a value that is long enough to be told from others."""
    if isinstance(value, str) and len(value) > 6:
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def found(data: Any, names: str) -> set[str]:
    fields = names.replace("{", " ").replace("}", " ").split()
    return {text for name in fields for value in every(data, name) for text in texts(value)}


@pytest.fixture(scope="module")
def secrets(graph: Graph) -> dict[str, set[str]]:
    """What only a scope shows, by the scope."""
    data = caller(graph, SCOPES).data(asking(PARTS))
    cards, people = found(data, CARD_FIELDS), found(data, PERSONAL_FIELDS)
    open_texts = found(data, "companyName id name cursor number")
    assert len(cards) > 10
    assert len(people) > 5
    shown = " ".join(open_texts)
    dates = re.compile(r"[0-9-]+")
    return {
        scope: {value for value in values if value not in shown and not dates.fullmatch(value)}
        for scope, values in ((Scope.CARD, cards), (Scope.PERSONAL, people))
    }


@examples(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(who=st.sampled_from(CALLERS), parts=st.lists(st.sampled_from(PARTS), min_size=1, max_size=5))
def test_nothing_beyond_the_grants_is_told_or_logged(
    graph: Graph,
    secrets: dict[str, set[str]],
    caplog: pytest.LogCaptureFixture,
    who: tuple[list[str], list[str]],
    parts: list[str],
) -> None:
    scopes, sources = who
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        told = caller(graph, scopes, sources).ask(asking(parts))
    assert set(told.codes) <= {"FORBIDDEN", "LIMIT_EXCEEDED"}  # that of the errors
    answered = json.dumps(told, ensure_ascii=False)
    for scope, values in secrets.items():
        assert not [value for value in values if value in caplog.text]
        if scope not in scopes:
            assert not [value for value in values if f'"{value}"' in answered]
    if not set(RAW) <= set(scopes):
        assert not any(every(told.data, "raw"))
    if sources != ["*"]:
        assert not [name for name in SOURCES if name in answered and name not in sources]


# --- Values of rows, and not only names


ROWS = {
    "invoices": "id providerId number total { amount } raw payments(first: 5) { nodes { id raw } }",
    "payments": "id providerId gross { amount } raw",
    "exportTasks": "id providerId raw",
}


def all_texts(who: Caller) -> set[str]:
    """Every text of every row that a caller may read, and of what belongs to them."""
    known = set(texts(who.data(asking(PARTS))))
    for root, fields in ROWS.items():
        after, has_next = None, True
        while has_next:
            query = f"query ($a: String) {{ {root}(first: 100, after: $a) {{ nodes {{ {fields} }} "
            page = who.data(query + "pageInfo { endCursor hasNextPage } } }", a=after)[root]
            known |= set(texts(page["nodes"]))
            after, has_next = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return known


@pytest.fixture(scope="module")
def cached(stages: Stages) -> Iterator[Graph]:
    """Where answers of upstreams are kept for whoever asks next."""
    with served_callers(stages, cache_seconds=600) as client:
        yield client


@pytest.fixture(scope="module")
def rows(cached: Graph) -> Mapping[str, set[str]]:
    """The texts in the rows of each source, as one reads them who may read nothing else."""
    return {name: all_texts(caller(cached, SCOPES, [name])) for name in SOURCES}


def foreign(rows: Mapping[str, set[str]], sources: Sequence[str]) -> set[str]:
    """What is in rows of other sources only."""
    if sources == ["*"]:
        return set()
    own = set().union(*(rows[name] for name in sources))
    return set().union(*(rows[name] for name in SOURCES if name not in sources)) - own


def named_sources(data: Any) -> set[str]:
    """The sources in the global ids of an answer."""
    ids = [each for each in every(data, "id") if isinstance(each, str)]
    return {parse(each, "id").source for each in ids}


QUERIES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map(asking) | queries(
    SCHEMA, custom_scalars=SCALARS, print_ast=plausible
)


def test_rows_can_be_told_apart(rows: Mapping[str, set[str]]) -> None:
    for name in SOURCES:
        others = [each for each in SOURCES if each != name]
        assert len(foreign(rows, others)) > 5


@examples(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(asked=st.lists(st.tuples(st.sampled_from(CALLERS), QUERIES), min_size=2, max_size=4))
def test_no_value_of_another_source_is_told(
    cached: Graph, rows: Mapping[str, set[str]], asked: Sequence[tuple[Any, str]]
) -> None:
    """Whoever asked before: what is kept of upstreams' answers is shared by callers."""
    for (scopes, sources), query in asked:
        told = caller(cached, scopes, sources).ask(query)
        assert "INTERNAL_SERVER_ERROR" not in told.codes
        told_texts = {*texts(told.data), *texts(list(told.errors))}
        assert not told_texts & foreign(rows, sources)
        if sources != ["*"] and query.startswith("{f0"):
            assert named_sources(told.data) <= set(sources)


CREDENTIALS = (
    *(smartpay.TOKEN, yume.TOKEN, goedgeplaatst.KEY, yandex_ofd.YANDEX_KEY),
    *(yandex_ofd.OFD_KEY, life_pay.API_KEY),
)


@pytest.mark.parametrize("fault", [{}, {"status": 500}, {"status": 401}, {"malformed": "html"}])
def test_no_credential_is_told_or_logged(
    stages: Stages, caplog: pytest.LogCaptureFixture, fault: dict[str, Any]
) -> None:
    """Nor where upstreams fail: of a failure only its kind is known."""
    with served_whole(stages) as own, caplog.at_level(logging.DEBUG):
        for name in REGISTRY if fault else ():
            own.sandbox.put(f"/control/faults/{name}", json=fault).raise_for_status()
        told = own.graph.http.post("/graphql", json={"query": asking(PARTS)})
    assert ("errors" in told.json()) is bool(fault)
    assert not [each for each in CREDENTIALS if each in told.text or each in caplog.text]


KEY = re.compile(
    r"pacioli:(answer|pace):[0-9a-f]{64}|pacioli-document:[0-9a-f]{64}"
    r"|pacioli-rate:\{LIMITER/[0-9a-f]{64}[/0-9a-z]*\}(/\d+)?"
)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Under which answers are kept in this process."""
    kept: list[str] = []
    real = MemoryCache.put

    async def put(self: MemoryCache, key: str, value: bytes, seconds: float) -> None:
        kept.append(key)
        await real(self, key, value, seconds)

    monkeypatch.setattr(MemoryCache, "put", put)
    return kept


@pytest.mark.parametrize("shared", [False, True])
def test_keys_of_caches_tell_nothing(
    stages: Stages, redis: RedisServer, keys: list[str], secrets: dict[str, set[str]], shared: bool
) -> None:
    token = key_of(SCOPES, ["*"])
    server = {"operations_per_minute": 1000}
    url = redis.url if shared else None
    with served_callers(stages, limits=server, cache=url, cache_seconds=60) as client:
        who = caller(client, SCOPES)
        card = next(each for each in every(who.data(asking(PARTS)), "maskedPan") if each)[-4:]
        who.data(f'{{ invoices(first: 1, filter: {{cardLastFour: "{card}"}}) {{ totalCount }} }}')
        text = "{ __typename }"
        persisted = {"persistedQuery": {"version": 1, "sha256Hash": hashed(text)}}
        body = {"query": text, "extensions": persisted}
        headers = {"Authorization": f"Bearer {token}"}
        assert answer(client.http.post("/graphql", json=body, headers=headers)).data
    if shared:
        with Redis.from_url(redis.url) as store:
            keys = [key.decode() for key in store.scan_iter()]
        assert any(key.startswith("pacioli-document:") for key in keys)
        assert any(key.startswith("pacioli-rate:") for key in keys)
    assert any(key.startswith("pacioli:answer:") for key in keys)
    told = {*CREDENTIALS, token, *secrets[Scope.CARD], *secrets[Scope.PERSONAL]}
    assert not [key for key in keys if any(each in key for each in told)]
    assert not [key for key in keys if not KEY.fullmatch(key)]
