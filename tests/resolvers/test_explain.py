"""Each call of an operation is told of: what was asked, what it gave, what of it was used."""

from typing import Any

import pytest

from providers.queries import Direction
from resolvers.explain import Explanation
from sandbox.exports import ORG_GUID
from tests.conftest import Graph as Client
from tests.conftest import StartGraph, StartYume, Whole, settings, source
from tests.resolvers.model import Graph, Row, Upstream

ROWS = [Row(minute, 100 + minute) for minute in range(30)]


async def calls_of(graph: Graph, **page: Any) -> Any:
    explanation = Explanation()
    await graph.page(explanation=explanation, **page)
    return explanation.shown["calls"]


async def test_calls_are_listed_as_they_began() -> None:
    graph = Graph({"alpha": Upstream(ROWS), "beta": Upstream([])})
    calls = await calls_of(graph, first=5)
    assert [call["source"] for call in calls] == ["alpha", "beta"]
    assert calls[0].keys() == {
        *("source", "operation", "asked", "rowsRead", "rowsUsed", "milliseconds"),
        *("cache", "attempts", "error", "unordered"),
    }
    assert {**calls[0], "milliseconds": 0} == {
        "source": "alpha",
        "operation": "invoices",
        "asked": {
            "method": "GET",
            "path": "/v1/billing/invoices/",
            "page": "1",
            "pageSize": "6",
        },
        "rowsRead": 6,
        "rowsUsed": 5,
        "milliseconds": 0,
        "cache": "miss",
        "attempts": 1,
        "error": None,
        "unordered": False,
    }
    assert (calls[1]["rowsRead"], calls[1]["rowsUsed"]) == (0, 0)


async def test_a_call_that_failed_is_listed_with_its_error() -> None:
    graph = Graph({"alpha": Upstream(ROWS), "beta": Upstream(ROWS, down=True)})
    calls = await calls_of(graph, first=5)
    assert [(call["error"], call["rowsRead"]) for call in calls] == [
        (None, 6),
        ("UPSTREAM_UNAVAILABLE", 0),
    ]
    assert calls[1]["attempts"] == 1


async def test_a_list_that_breaks_its_order_is_told_of() -> None:
    graph = Graph({"alpha": Upstream(ROWS[::2] + ROWS[1::2], None)})
    graph.sources[0].order = Direction.DESCENDING
    calls = await calls_of(graph, first=5)
    assert {call["unordered"] for call in calls} == {True}
    assert [row["rowsRead"] for row in calls][-1] == 30


# ---------------------------------------------------------------- over HTTP


def explained(graph: Client, query: str, **headers: str) -> Any:
    response = graph.http.post(
        "/graphql", json={"query": query}, headers={"X-Pacioli-Explain": "1", **headers}
    )
    body = response.json()
    assert "errors" not in body
    return body["extensions"]["pacioli"]["calls"]


def test_nothing_is_explained_unasked(graph: Client) -> None:
    body = graph.http.post("/graphql", json={"query": "{ sources { name } }"}).json()
    assert body.keys() == {"data"}


def test_what_costs_nothing(graph: Client) -> None:
    assert explained(graph, "{ sources { name } }") == []


@pytest.mark.parametrize(
    ("query", "sources"),
    [
        ("{ invoices(first: 3) { nodes { id } } }", {"sber-main", "yume-rental"}),
        ("{ payments(first: 3) { nodes { id } } }", {"sber-main", "goed-payments"}),
        ("{ exportTasks(first: 3) { nodes { id } } }", {"life-reports"}),
        (
            '{ salesAggregates(first: 3, filter: {from: "2026-01-01T00:00:00Z",'
            ' to: "2026-03-01T00:00:00Z"}) { nodes { id } } }',
            {"ofd-shops"},
        ),
    ],
)
def test_every_provider(whole: Whole, query: str, sources: set[str]) -> None:
    with whole.counted() as counted:
        calls = explained(whole.graph, query)
    assert {call["source"] for call in calls} == sources
    assert len(calls) == counted.total()
    assert sum(call["rowsUsed"] for call in calls) == 3
    assert all(call["rowsRead"] >= call["rowsUsed"] for call in calls)


def test_no_credential_is_shown(whole: Whole) -> None:
    query = "{ invoices { nodes { id } } payments { nodes { id } } exportTasks { nodes { id } } }"
    for call in explained(whole.graph, query):
        text = str(call).lower()
        assert not any(key in text for key in ("sandbox-", "authorization", ORG_GUID))
    task, *_ = explained(whole.graph, "{ exportTasks { nodes { id } } }")
    assert task["asked"]["path"] == "/orgs/***/async/exports/revenuereports"


def test_linked_rows_are_used(whole: Whole) -> None:
    query = """{ invoices(first: 60, filter: {sources: ["sber-main"]}) {
      nodes { payments { nodes { id source { name } } } } } }"""
    nodes = whole.graph.data(query)["invoices"]["nodes"]
    linked = [each for node in nodes for each in node["payments"]["nodes"]]
    settled = {each["id"] for each in linked if each["source"]["name"] == "goed-payments"}
    assert settled
    calls = [call for call in explained(whole.graph, query) if call["source"] == "goed-payments"]
    assert sum(call["rowsUsed"] for call in calls) == len(settled)


def test_retries_and_caches(start_yume: StartYume, start_graph: StartGraph) -> None:
    yume = start_yume()
    graph = start_graph(settings(source(yume, cache_seconds=60, stale_seconds=600)))
    query = "{ invoices(first: 3) { nodes { id } } }"
    yume.fail(status=503, times=1)
    shown = [
        *explained(graph, query),
        *explained(graph, query),
        *explained(graph, query, **{"Cache-Control": "no-cache"}),
    ]
    assert [(call["cache"], call["attempts"]) for call in shown] == [
        ("miss", 2),
        ("hit", 0),
        ("miss", 1),
    ]


@pytest.mark.parametrize(
    ("fault", "attempts", "code"),
    [
        ({"status": 503}, 3, "UPSTREAM_UNAVAILABLE"),
        ({"malformed": "html"}, 1, "UPSTREAM_MALFORMED"),
    ],
)
def test_what_is_shown_in_place_of_a_failure(
    start_yume: StartYume, start_graph: StartGraph, fault: Any, attempts: int, code: str
) -> None:
    yume = start_yume()
    graph = start_graph(settings(source(yume, stale_seconds=600)))
    query = "{ invoices(first: 3) { nodes { id } pageInfo { hasNextPage } } }"
    graph.data(query)
    yume.fail(**fault)
    with yume.counted() as asked:
        (call,) = explained(graph, query)
    assert len(asked) == attempts
    assert (call["cache"], call["attempts"], call["error"]) == ("stale", attempts, code)
    assert (call["rowsRead"], call["rowsUsed"]) == (4, 3)


def test_a_looked_up_row(whole: Whole) -> None:
    listed = whole.graph.data("{ invoices(first: 4) { nodes { id } } }")["invoices"]["nodes"]
    ids = ", ".join(f'"{node["id"]}"' for node in listed)
    calls = explained(whole.graph, f"{{ nodes(ids: [{ids}]) {{ id }} }}")
    assert sum(call["rowsUsed"] for call in calls) == 4
    assert {call["operation"] for call in calls} == {"invoices"}
