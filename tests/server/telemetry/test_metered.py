"""The figures of a source, by what its upstream does."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Graph, StartGraph, StartYume, Yume, settings, source
from tests.server.telemetry.scrapes import figure, post

LEFT_ALONE = "left_alone_until_timestamp_seconds"
QUERY = "{ invoices(first: 3) { nodes { id } } }"
Start = Callable[..., tuple[Yume, Graph]]


@pytest.fixture
def started(start_yume: StartYume, start_graph: StartGraph) -> Start:
    """Starts a Yume and a server on it."""

    def start(**keys: Any) -> tuple[Yume, Graph]:
        yume = start_yume()
        return yume, start_graph(settings(source(yume, **keys)))

    return start


def calls(graph: Graph, outcome: str) -> float:
    return figure(graph, "pacioli_source_calls_total", source="rental", outcome=outcome)


def of_rental(graph: Graph, name: str) -> float:
    return figure(graph, f"pacioli_source_{name}", source="rental")


def test_a_call_and_its_rows(started: Start) -> None:
    yume, graph = started()
    size = len(yume.received("?page=1&pageSize=4"))
    graph.data(QUERY)
    assert calls(graph, "ok") == 1
    assert of_rental(graph, "call_duration_seconds_count") == 1
    assert of_rental(graph, "queue_wait_seconds_count") == 1
    assert of_rental(graph, "queue_length") == 0
    assert of_rental(graph, "received_bytes_total") == size
    assert (of_rental(graph, "rows_read_total"), of_rental(graph, "rows_used_total")) == (4, 3)
    assert of_rental(graph, "retries_total") == 0
    assert figure(graph, "pacioli_source_answers_total", source="rental", cache="miss") == 1


def test_retries(started: Start) -> None:
    yume, graph = started()
    yume.fail(status=503, times=2)
    graph.data(QUERY)
    assert (calls(graph, "ok"), of_rental(graph, "retries_total")) == (1, 2)
    assert calls(graph, "UPSTREAM_UNAVAILABLE") == 0


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"status": 503}, "UPSTREAM_UNAVAILABLE"),
        ({"status": 429}, "UPSTREAM_RATE_LIMITED"),
        ({"status": 401}, "UPSTREAM_UNAUTHORIZED"),
        ({"status": 400}, "UPSTREAM_REJECTED"),
        ({"malformed": "html"}, "UPSTREAM_MALFORMED"),
        ({"delay_seconds": 30}, "UPSTREAM_TIMEOUT"),
    ],
)
def test_each_failed_call_is_counted_once(started: Start, fault: dict[str, int], code: str) -> None:
    yume, graph = started(retries=0, timeout_seconds=0.3)
    yume.fail(**fault)
    twice = f"{{ a: invoices(first: 3) {{ nodes {{ id }} }} b: {QUERY[2:]}"
    assert set(graph.ask(twice).codes) == {code}
    assert (calls(graph, code), calls(graph, "ok")) == (1, 0)
    assert of_rental(graph, "call_duration_seconds_count") == 1


def test_the_breaker(started: Start) -> None:
    yume, graph = started(breaker_failures=2, breaker_seconds=0.05, retries=0)
    yume.fail(status=503)
    graph.ask(QUERY)
    assert of_rental(graph, LEFT_ALONE) == 0
    began = time.time()
    graph.ask(QUERY)
    assert began < of_rental(graph, LEFT_ALONE)
    graph.ask(QUERY)
    assert calls(graph, "kept_back") + calls(graph, "UPSTREAM_UNAVAILABLE") == 3
    yume.recover()
    while graph.ask(QUERY).errors:
        pass
    assert of_rental(graph, LEFT_ALONE) == 0


def test_a_source_that_nobody_asks_any_more_is_not_left_alone_for_ever(started: Start) -> None:
    yume, graph = started(breaker_failures=1, breaker_seconds=0.05, retries=0)
    yume.fail(status=503)
    began = time.time()
    graph.ask(QUERY)
    left = of_rental(graph, LEFT_ALONE)
    assert began < left < time.time() + 0.05


def test_a_call_that_is_not_sent_takes_no_time(started: Start) -> None:
    yume, graph = started(breaker_failures=1, breaker_seconds=60, retries=0)
    yume.fail(status=503)
    for _ in range(5):
        graph.ask(QUERY)
    kept_back, sent = calls(graph, "kept_back"), calls(graph, "UPSTREAM_UNAVAILABLE")
    assert kept_back > 0
    assert kept_back + sent == 5
    assert of_rental(graph, "call_duration_seconds_count") == sent


def test_what_is_kept(started: Start) -> None:
    _, graph = started(cache_seconds=60, stale_seconds=600, retries=0)

    def found(kind: str) -> float:
        return figure(graph, "pacioli_source_answers_total", source="rental", cache=kind)

    graph.data(QUERY)
    graph.data(QUERY)
    assert (found("miss"), found("hit"), found("stale")) == (1, 1, 0)
    assert calls(graph, "ok") == 1


def test_what_is_stale(started: Start) -> None:
    yume, graph = started(stale_seconds=600, retries=0)
    graph.data(QUERY)
    yume.fail(status=503)
    graph.data(QUERY)
    assert figure(graph, "pacioli_source_answers_total", source="rental", cache="stale") == 1


def test_what_is_read_anew_in_the_background_is_not_stale(started: Start) -> None:
    _, graph = started(cache_seconds=0.01, refresh_seconds=600)
    graph.data(QUERY)
    time.sleep(0.02)
    graph.data(QUERY)
    name = "pacioli_source_answers_total"
    assert figure(graph, name, source="rental", cache="refresh") == 1
    assert figure(graph, name, source="rental", cache="stale") == 0


def test_a_source_that_was_never_asked_has_figures(started: Start) -> None:
    _, graph = started()
    assert post(graph, "{ sources { name } }").status_code == 200
    text = graph.http.get("/metrics").text
    assert 'pacioli_source_calls_total{outcome="ok",source="rental"} 0.0' in text
    assert 'pacioli_source_left_alone_until_timestamp_seconds{source="rental"} 0.0' in text
