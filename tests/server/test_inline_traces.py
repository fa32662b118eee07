"""Who gets a trace, and how large it may become. What is in it: tests/federation/test_traces.py."""

import asyncio
from base64 import b64decode
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode, parse

from execution.preparation import Fragments, Prepared
from server import inline_traces
from server.inline_traces import TraceableExecutor, traced
from server.trace_reports import TraceReport
from tests.conftest import Graph, StartGraph, StartYume, Whole, settings, source

HEADER = "Apollo-Federation-Include-Trace"
QUERY = "{ invoices(first: 2) { nodes { id status total { amount } } } }"
LINKED = """{
  payments(first: 40, filter: { sources: ["goed-payments"] }) {
    nodes { gross { amount } invoice { id payments { totalCount nodes { status } } } }
  }
}"""


def extensions(graph: Graph, **headers: str) -> Any:
    response = graph.http.post("/graphql", json={"query": QUERY}, headers=headers)
    return response.json().get("extensions")


def test_only_who_asks_gets_one(whole: Whole) -> None:
    assert extensions(whole.graph) is None
    assert extensions(whole.graph, **{HEADER: "ftv2"}) is None
    assert extensions(whole.graph, **{HEADER: "ftv1"}).keys() == {"ftv1"}


@pytest.mark.parametrize("query", [QUERY, LINKED])
def test_the_answer_and_its_calls_are_the_same(whole: Whole, query: str) -> None:
    with whole.counted() as usual:
        plain = whole.graph.data(query)
    with whole.counted() as calls:
        answer = whole.graph.http.post(
            "/graphql", json={"query": query}, headers={HEADER: "ftv1"}
        ).json()
    assert answer["data"] == plain
    assert calls == usual


def test_it_can_be_switched_off(start_yume: StartYume, start_graph: StartGraph) -> None:
    graph = start_graph(settings(source(start_yume()), inline_traces=False))
    assert extensions(graph, **{HEADER: "ftv1"}) is None


@strawberry.type
class Query:
    @strawberry.field
    def many(self) -> list[int]:
        return [1] * 100

    @strawberry.field
    async def late(self) -> int:
        await asyncio.sleep(0)
        return 1

    @strawberry.field
    def echo(self, source: int) -> int:
        return source

    @strawberry.field
    async def broken(self) -> int:
        raise RuntimeError("our insides")


SCHEMA = strawberry.Schema(Query, execution_context_class=TraceableExecutor)


async def executed(query: str) -> ExecutionResult:
    document = parse(query)
    (definition,) = document.definitions
    assert isinstance(definition, OperationDefinitionNode)
    result = Prepared(SCHEMA, document, definition, Fragments.of(document)).execute(None)
    return result if isinstance(result, ExecutionResult) else await result


async def report(query: str) -> Any:
    result = await traced(executed(query), 10)
    assert result.extensions
    return TraceReport.FromString(b64decode(result.extensions["ftv1"]))


async def test_time_goes_by_until_a_value_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(1000))
    monkeypatch.setattr("time.perf_counter_ns", lambda: next(ticks))
    trace = await report("{ many late }")
    times = {each.response_name: each.end_time - each.start_time for each in trace.root.child}
    # `late` ticks when it is called, and again when it is done.
    assert times == {"many": 1, "late": 2}
    assert trace.duration_ns == 6


async def test_arguments_have_any_name() -> None:
    result = await traced(executed("{ echo(source: 7) }"), 10)
    assert (result.data, result.errors) == ({"echo": 7}, None)


async def test_it_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inline_traces, "MAX_NODES", 3)
    fields = [f"a{at}: many" for at in range(5)]
    assert len((await report(f"{{ {' '.join(fields[:3])} }}")).root.child) == 3
    assert not (await report(f"{{ {' '.join(fields[:3])} }}")).is_incomplete
    trace = await report(f"{{ {' '.join(fields)} }}")
    assert [each.response_name for each in trace.root.child] == ["a0", "a1", "a2"]
    assert trace.is_incomplete


async def test_errors_of_nodes_that_are_not_there_are_the_operations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inline_traces, "MAX_NODES", 0)
    trace = await report("{ broken }")
    (error,) = trace.root.error
    assert "INTERNAL_SERVER_ERROR" in error.json
    assert "insides" not in str(trace)


async def test_no_more_errors_than_an_answer_tells() -> None:
    async def coming() -> ExecutionResult:
        return ExecutionResult(None, [GraphQLError("x") for _ in range(20)])

    result = await traced(coming(), 10)
    assert result.extensions
    trace = TraceReport.FromString(b64decode(result.extensions["ftv1"]))
    assert len(trace.root.error) == 10
    assert {each.message for each in trace.root.error} == {"<masked>"}


async def test_operations_beside_it_are_not_traced() -> None:
    async def beside() -> ExecutionResult:
        return await executed("{ late }")

    alone, together = await asyncio.gather(
        report("{ late }"), asyncio.gather(report("{ late }"), beside())
    )
    assert len(alone.root.child) == len(together[0].root.child) == 1
    assert not together[1].extensions
