"""The figures of operations, scraped from a server that had traffic; and who may see them."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from providers.errors import UpstreamError
from server.telemetry.metrics import ANOTHER, CODES, bounded
from server.telemetry.names import MOST
from tests.conftest import Graph, StartGraph, StartYume, settings, source
from tests.server.telemetry.scrapes import figure, figures, names, post, scraped

REFERENCE = Path(__file__).parents[3] / "docs" / "telemetry.md"
NAMES = "{ sources { name } }"


def ended(graph: Graph, name: str, outcome: str) -> float:
    return figure(graph, "pacioli_operations_total", operation=name, outcome=outcome)


def test_operations_by_name_and_outcome(start_yume: StartYume, start_graph: StartGraph) -> None:
    yume = start_yume()
    graph = start_graph(settings(source(yume, retries=0)))
    post(graph, f"query Names {NAMES}")
    post(graph, f"query Names {NAMES} query Other {NAMES}")  # which one is not said
    post(graph, NAMES)
    yume.fail(status=503)
    post(graph, "query Names { invoices { nodes { id } } }")
    assert ended(graph, "Names", "ok") == 1
    assert ended(graph, "", "ok") == 1
    assert ended(graph, "Names", "UPSTREAM_UNAVAILABLE") == 1
    assert ended(graph, "Names", "BAD_REQUEST") == 1
    count = "pacioli_operation_duration_seconds_count"
    assert figure(graph, count, operation="Names") == 2  # not of what did not run
    assert figure(graph, "pacioli_errors_total", code="UPSTREAM_UNAVAILABLE") == 1


@pytest.mark.parametrize(
    ("limits", "query", "limit", "code"),
    [
        ({"max_depth": 1}, NAMES, "max_depth", "LIMIT_EXCEEDED"),
        ({"max_body_bytes": 20}, NAMES, "max_body_bytes", "LIMIT_EXCEEDED"),
        ({"max_rows_read": 1}, "MINE", "max_rows_read", "READ_LIMIT_EXCEEDED"),
        ({"operation_timeout_seconds": 0.01}, "LATE", "operation_timeout_seconds", "OPERATION"),
    ],
)
def test_limits(
    start_yume: StartYume,
    start_graph: StartGraph,
    limits: dict[str, Any],
    query: str,
    limit: str,
    code: str,
) -> None:
    yume = start_yume()
    graph = start_graph(settings(source(yume), limits=limits))
    if query == "LATE":
        yume.fail(delay_seconds=5)
    filtered_here = "{ invoices(filter: {statuses: [REFUNDED]}) { nodes { id } } }"
    body = post(graph, query if query.startswith("{") else filtered_here).json()
    assert body["errors"][0]["extensions"]["code"].startswith(code)
    assert figure(graph, "pacioli_limits_exceeded_total", limit=limit) == 1


def test_a_rate_that_is_exceeded(start_yume: StartYume, start_graph: StartGraph) -> None:
    graph = start_graph(settings(source(start_yume()), limits={"operations_per_minute": 1}))
    assert [post(graph, NAMES).status_code for _ in range(2)] == [200, 429]
    assert figure(graph, "pacioli_limits_exceeded_total", limit="operations_per_minute") == 1
    assert ended(graph, "", "RATE_LIMITED") == 1
    assert figure(graph, "pacioli_operation_duration_seconds_count", operation="") == 1


def test_names_that_clients_make_up_are_one(start_yume: StartYume, start_graph: StartGraph) -> None:
    graph = start_graph(settings(source(start_yume())))
    for number in range(MOST + 20):
        post(graph, f"query Made{number} {NAMES}")
    post(graph, "query Wrong { nothing }")
    shown = {
        dict(labels)["operation"]
        for name, labels in figures(scraped(graph))
        if name == "pacioli_operations_total"
    }
    assert len(shown) == MOST + 1
    assert "other" in shown
    assert "Wrong" not in shown
    assert ended(graph, "other", "ok") == 20


def test_pages_are_no_operations(start_yume: StartYume, start_graph: StartGraph) -> None:
    graph = start_graph(settings(source(start_yume())))
    page = graph.http.get("/graphql", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert not [name for name, _ in figures(scraped(graph)) if name == "pacioli_operations_total"]


def test_the_reference_names_what_is_there(start_yume: StartYume, start_graph: StartGraph) -> None:
    yume = start_yume()
    graph = start_graph(settings(source(yume), limits={"max_depth": 3}))
    post(graph, NAMES)
    post(graph, "{ invoices { edges { node { id } } } }")
    parts = re.compile(r"_(bucket|count|sum)$")
    there = {parts.sub("", name) for name in names(scraped(graph))}
    told = set(re.findall(r"^\| `(pacioli_\w+)`", REFERENCE.read_text("utf-8"), re.MULTILINE))
    assert told == there


def test_labels_are_words_of_ours() -> None:
    errors: list[type[UpstreamError]] = [UpstreamError, *UpstreamError.__subclasses__()]
    assert {error.code for error in errors} <= CODES
    assert {bounded(code) for code in CODES} == CODES
    assert (bounded("ok"), bounded("abandoned")) == ("ok", "abandoned")
    assert bounded("MADE_UP") == ANOTHER


def test_a_query_may_end_as_an_event(start_yume: StartYume, start_graph: StartGraph) -> None:
    graph = start_graph(settings(source(start_yume())))
    headers = {"Accept": "text/event-stream"}
    body = {"query": f"query Streamed {NAMES}"}
    response = graph.http.post("/graphql", json=body, headers=headers)
    assert json.loads(response.text.split("data: ")[1].splitlines()[0])["data"]
    assert ended(graph, "Streamed", "ok") == 1


def test_a_client_that_goes_away(start_yume: StartYume, start_graph: StartGraph) -> None:
    yume = start_yume()
    graph = start_graph(settings(source(yume)))
    yume.fail(delay_seconds=20)
    body = {"query": "query Left { invoices { nodes { id } } }"}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{graph.address}/graphql", json=body, timeout=0.5, trust_env=False)
    while not ended(graph, "Left", "abandoned"):
        pass
    assert figure(graph, "pacioli_operations_in_flight") == 0
