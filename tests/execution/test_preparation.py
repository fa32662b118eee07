"""Prepared operations give what Strawberry and graphql-core give, by far fewer calls."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode, parse
from strawberry.types import Info

from execution.executor import CompiledExecutor
from execution.preparation import Fragments, Prepared
from tests.execution.test_work import calls


@strawberry.type
class Query:
    """Fields that go well, wait, or fail."""

    @strawberry.field
    def now(self, add: int = 0) -> int:
        return 1 + add

    @strawberry.field
    async def later(self) -> int:
        await asyncio.sleep(0)
        return 2

    @strawberry.field
    def never(self) -> int | None:
        raise GraphQLError("no")

    @strawberry.field
    def told(self, info: Info) -> str:
        raw: Any = info._raw_info
        return f"{info.context} {raw.operation_extensions}"


@strawberry.type
class Subscription:
    """Events."""

    @strawberry.subscription
    async def count(self, to: int) -> AsyncGenerator[int, None]:
        if to < 0:
            raise GraphQLError("no")
        for number in range(to):
            yield number


SCHEMA = strawberry.Schema(
    Query, subscription=Subscription, execution_context_class=CompiledExecutor
)


def prepared(query: str) -> Prepared:
    document = parse(query)
    definition = document.definitions[0]
    assert isinstance(definition, OperationDefinitionNode)
    return Prepared(SCHEMA, document, definition, Fragments.of(document))


async def executed(query: str, variables: dict[str, Any] | None = None) -> ExecutionResult:
    begun = prepared(query).execute("context", variables, {"ex": 1})
    return begun if isinstance(begun, ExecutionResult) else await begun


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ now }", None),
        ("{ later now }", None),
        ("{ never }", {}),
        ("query ($n: Int!) { now(add: $n) }", {"n": 2}),
        ("query ($n: Int = 5) { now(add: $n) }", {}),
        ("query ($n: Int!) { now(add: $n) }", {}),
        ("query ($n: Int!) { now(add: $n) }", {"n": "x"}),
        ("query ($on: Boolean!) { now @include(if: $on) later }", {"on": False}),
        ("{ ...A } fragment A on Query { now ...B } fragment B on Query { later }", None),
        ("query A { now } query B { later }", None),
    ],
)
async def test_results_are_those_of_strawberry(query: str, variables: Any) -> None:
    name = "A" if "query A" in query else None
    expected = await SCHEMA.execute(query, variables, operation_name=name)
    result = await executed(query, variables)
    assert result.data == expected.data
    assert [each.formatted for each in result.errors or ()] == [
        each.formatted for each in expected.errors or ()
    ]


async def test_resolvers_are_given_context_and_extensions() -> None:
    assert (await executed("{ told }")).data == {"told": "context {'ex': 1}"}


def test_what_waits_for_nothing_is_there_at_once() -> None:
    assert prepared("{ now }").execute(None) == ExecutionResult({"now": 1}, None)


async def test_a_subscription() -> None:
    events = await prepared("subscription A { count(to: 2) }").subscribe(None)
    assert not isinstance(events, ExecutionResult)
    assert [each.data async for each in events] == [{"count": 0}, {"count": 1}]


@pytest.mark.parametrize("query", ["subscription ($to: Int!) { count(to: $to) }"])
async def test_a_subscription_that_cannot_begin(query: str) -> None:
    refused = await prepared(query).subscribe(None, {})
    assert isinstance(refused, ExecutionResult)
    assert refused.data is None
    assert refused.errors


def test_an_operation_takes_few_calls() -> None:
    """By Strawberry these are 250 and more, prepared about 50."""
    ready = prepared("{ now }")

    def by_strawberry() -> Any:
        return next(iter([*_driven(SCHEMA.execute("{ now }"))]), None)

    by_strawberry()
    assert calls(lambda: ready.execute(None)) < 0.3 * calls(by_strawberry)


def _driven(coming: Any) -> Iterator[Any]:
    """Runs what has nothing to wait for."""
    with suppress(StopIteration):
        yield coming.send(None)
