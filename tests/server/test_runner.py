"""Operations that are run without any transport. Over HTTP: test_endpoint.py; sockets: theirs."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from typing import Any, cast

import pytest
import strawberry
from graphql import ExecutionResult
from starlette.requests import HTTPConnection

from execution.executor import CompiledExecutor
from resolvers.callers import NOBODY
from server.admission import Traffic
from server.requests import Parameters
from server.runner import COST_HEADER, Refused, Runner
from server.settings import Limits, ServerSettings


@strawberry.type
class Query:
    """Fields that are there, come, or never do."""

    @strawberry.field
    def now(self) -> int:
        return 1

    @strawberry.field
    async def later(self) -> int:
        await asyncio.sleep(0)
        return 2

    @strawberry.field
    async def never(self) -> int:
        await asyncio.Event().wait()
        return 3


@strawberry.type
class Subscription:
    """Events that end, or break off."""

    @strawberry.subscription
    async def count(self, to: int) -> AsyncGenerator[int, None]:
        for number in range(to):
            yield number
        if to > 1:
            raise LookupError("our insides")


class Context:
    """Counts how often it was closed."""

    explanation, caller = None, NOBODY

    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


SCHEMA = strawberry.Schema(
    Query, subscription=Subscription, execution_context_class=CompiledExecutor
)
CONNECTION = HTTPConnection({"type": "http", "headers": []})
Made = tuple[Runner, list[Context]]


@pytest.fixture
def made() -> Made:
    """A runner, and the contexts that it has made."""
    contexts: list[Context] = []

    def new_context(_: HTTPConnection) -> Any:
        contexts.append(Context())
        return contexts[-1]

    limits = ServerSettings(limits=Limits(operation_timeout_seconds=0.05))
    return Runner(SCHEMA, new_context, limits, traffic=Traffic(1, 1)), contexts


async def begun(runner: Runner, query: str) -> ExecutionResult | Awaitable[ExecutionResult]:
    return runner.begin(await runner.asked(Parameters(query)), CONNECTION)


async def told(runner: Runner, query: str) -> list[ExecutionResult]:
    asked = await runner.asked(Parameters(query))
    return [each async for each in runner.results(asked, CONNECTION)]


async def test_what_waits_for_nothing_is_there_at_once(made: Made) -> None:
    runner, contexts = made
    result = await begun(runner, "{ now }")
    assert isinstance(result, ExecutionResult)
    assert result.data == {"now": 1}
    assert contexts[0].closed


async def test_each_operation_has_a_context_until_its_end(made: Made) -> None:
    runner, contexts = made
    coming = [await begun(runner, "{ later }") for _ in range(2)]
    assert [each.closed for each in contexts] == [0, 0]
    for each in coming:
        assert (await cast(Awaitable[ExecutionResult], each)).data == {"later": 2}
    assert all(each.closed for each in contexts)


async def test_an_operation_that_is_given_up_closes_its_context(made: Made) -> None:
    runner, contexts = made
    coming = asyncio.ensure_future(cast(Any, await begun(runner, "{ never }")))
    await asyncio.sleep(0)
    coming.cancel()
    with pytest.raises(asyncio.CancelledError):
        await coming
    assert contexts[0].closed


async def test_an_operation_has_its_time(made: Made) -> None:
    (result,) = await told(made[0], "{ never }")
    (error,) = result.errors or []
    assert error.extensions == {"code": "OPERATION_TIMEOUT"}


async def test_a_stream_of_a_query_is_its_result(made: Made) -> None:
    (result,) = await told(made[0], "{ now later }")
    assert (result.data, result.errors) == ({"now": 1, "later": 2}, None)


@pytest.mark.parametrize("query", ["{", "{ nope }", "subscription {", "subscription { nope }"])
async def test_what_is_wrong_does_not_begin(made: Made, query: str) -> None:
    (refused,) = await told(made[0], query)
    assert isinstance(refused, Refused)
    assert refused.errors


async def test_events(made: Made) -> None:
    (event,) = await told(made[0], "subscription { count(to: 1) }")
    assert event.data == {"count": 0}
    assert made[0].traffic.open == 0


async def test_events_that_break_off(made: Made) -> None:
    first, second, last = await told(made[0], "subscription { count(to: 2) }")
    assert [first.data, second.data, last.data] == [{"count": 0}, {"count": 1}, None]
    (error,) = made[0].presented(last, CONNECTION)["errors"]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert "insides" not in error["message"]


async def test_a_caller_may_have_so_many_subscriptions(made: Made) -> None:
    runner, _ = made
    with runner.traffic.subscription(NOBODY.name):
        (refused,) = await told(runner, "subscription { count(to: 1) }")
    assert isinstance(refused, Refused)
    assert refused.errors is not None
    assert (refused.errors[0].extensions or {})["key"] == "max_subscriptions"


async def test_the_cost_is_for_whoever_asks(made: Made) -> None:
    runner, _ = made
    result = await begun(runner, "{ now }")
    assert isinstance(result, ExecutionResult)
    assert "cost" in (result.extensions or {})
    assert runner.presented(result, CONNECTION) == {"data": {"now": 1}}
    curious = {"type": "http", "headers": [(COST_HEADER, b"1")]}
    assert set(runner.presented(result, HTTPConnection(curious))["extensions"]) == {"cost"}
