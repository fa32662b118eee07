"""In which form /graphql answers: media types and their statuses, and streams of events."""

from collections.abc import Iterator

import httpx
import pytest

from server.media_types import EVENT_STREAM, GRAPHQL_RESPONSE, JSON
from tests.conftest import Graph, StartGraph, StartYume, Whole, settings, source

COUNTED = "query ($n: Int!) { invoices(first: $n) { totalCount } }"
URQL = f"{GRAPHQL_RESPONSE}, application/graphql+json, {JSON}, {EVENT_STREAM}, multipart/mixed"
WATCHED = "subscription ($id: ID!) { exportTask(id: $id) { status progress } }"


def post(graph: Graph, query: str, accept: str, **variables: object) -> httpx.Response:
    body = {"query": query, "variables": variables}
    return graph.http.post("/graphql", json=body, headers={"Accept": accept})


@pytest.mark.parametrize(
    ("query", "status", "has_data"),
    [
        ("{ __typename }", 200, True),
        ("{ a: __typename, invoices(first: -1) { totalCount } }", 200, True),  # in part
        ("{", 400, False),
        ("{ nope }", 400, False),
        (COUNTED, 400, False),
        ("query A {a} query B {b}", 400, False),
    ],
)
@pytest.mark.parametrize("accept", [GRAPHQL_RESPONSE, URQL])
def test_the_new_type_has_a_status_for_requests_that_fail(
    graph: Graph, accept: str, query: str, status: int, has_data: bool
) -> None:
    response = post(graph, query, accept)
    assert response.status_code == status
    assert response.headers["content-type"] == GRAPHQL_RESPONSE
    assert ("data" in response.json()) is has_data


@pytest.mark.parametrize(("query", "status"), [("{", 200), ("{ nope }", 200), ("", 400)])
def test_the_old_type_keeps_200_for_all_that_is_a_request(
    graph: Graph, query: str, status: int
) -> None:
    response = post(graph, query, JSON)
    assert (response.status_code, response.headers["content-type"]) == (status, JSON)
    assert response.headers["vary"] == "Accept"


def test_a_timeout_leaves_the_rest_of_the_answer(
    start_yume: StartYume, start_graph: StartGraph
) -> None:
    yume = start_yume()
    graph = start_graph(settings(source(yume), limits={"operation_timeout_seconds": 0.2}))
    yume.fail(delay_seconds=1)
    response = post(graph, "{ invoices(first: 1) { nodes { id } } }", GRAPHQL_RESPONSE)
    assert (response.status_code, response.json()["data"]) == (200, {"invoices": None})
    assert response.json()["errors"][0]["extensions"]["code"] == "OPERATION_TIMEOUT"


@pytest.mark.parametrize("accept", ["text/html", "image/*", f"{JSON};q=0"])
def test_what_nobody_can_answer_in(graph: Graph, accept: str) -> None:
    response = post(graph, "{ __typename }", accept)
    assert (response.status_code, response.headers["content-type"]) == (406, JSON)
    assert response.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


@pytest.mark.parametrize("accept", ["*/*", JSON, GRAPHQL_RESPONSE, "text/*"])
def test_a_subscription_without_a_type_for_streams(graph: Graph, accept: str) -> None:
    response = post(graph, WATCHED, accept, id="x")
    assert response.status_code == 406
    assert EVENT_STREAM in response.json()["errors"][0]["message"]


def events(response: httpx.Response) -> Iterator[str]:
    """Each event of a stream, as its lines with slashes between."""
    lines: list[str] = []
    for line in response.iter_lines():
        if line:
            lines.append(line)
        else:
            yield " / ".join(lines)
            lines = []


@pytest.mark.parametrize(
    ("query", "event"),
    [
        ("{ __typename }", '{"data":{"__typename":"Query"}}'),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        (WATCHED, "BAD_USER_INPUT"),
        ('subscription { exportTask(id: "x") { id } }', "BAD_USER_INPUT"),
        ("subscription { nope }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_whoever_takes_events_alone_gets_all_as_events(
    graph: Graph, query: str, event: str
) -> None:
    response = post(graph, query, EVENT_STREAM)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(EVENT_STREAM)
    assert "no-cache" in response.headers["cache-control"]
    first, last = events(response)
    assert first.startswith("event: next / data: ")
    assert event in first
    assert last.startswith("event: complete / data:")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_task_is_told_of_until_its_end(own_whole: Whole, method: str) -> None:
    export_id = own_whole.export(status="InProgress", progress=10)
    query = f'subscription {{ exportTask(id: "{export_id}") {{ status progress }} }}'
    asked = {"params": {"query": query}} if method == "GET" else {"json": {"query": query}}
    headers = {"Accept": EVENT_STREAM}
    with own_whole.graph.http.stream(method, "/graphql", headers=headers, **asked) as response:  # type: ignore[arg-type]
        told = events(response)
        assert '"status":"IN_PROGRESS","progress":10}' in next(told)
        own_whole.move(export_id, status="InProgress", progress=60)
        assert '"status":"IN_PROGRESS","progress":60}' in next(told)
        own_whole.move(export_id, status="Completed", progress=100)
        assert '"status":"COMPLETED","progress":100}' in next(told)
        assert [each.partition(" ")[2][:8] for each in told] == ["complete"]


def test_a_subscription_cannot_name_what_is_not_there(own_whole: Whole) -> None:
    export_id = own_whole.export()
    own_whole.sandbox.delete(own_whole.address_of(export_id)).raise_for_status()
    response = post(own_whole.graph, WATCHED, EVENT_STREAM, id=export_id)
    assert "BAD_USER_INPUT" in next(events(response))


def test_a_source_that_is_down_is_told(own_whole: Whole) -> None:
    export_id = own_whole.export()
    own_whole.sandbox.put("/control/faults/life_pay", json={"status": 503}).raise_for_status()
    response = post(own_whole.graph, WATCHED, EVENT_STREAM, id=export_id)
    first, _ = events(response)
    assert "UPSTREAM_UNAVAILABLE" in first
    assert "life-reports" in first
