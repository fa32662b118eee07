"""Operations that are prepared run without hooks; all others run as Strawberry runs them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError, parse
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from execution.executor import CompiledExecutor
from execution.preparation import Prepared, PreparedSchema, Preparing
from tests.execution.test_work import calls


@strawberry.type
class Query:
    """Fields that go well, wait, or fail."""

    @strawberry.field
    def now(self) -> int:
        return 1

    @strawberry.field
    async def later(self) -> int:
        return 2

    @strawberry.field
    def never(self) -> int | None:
        raise GraphQLError("no")


class Known(Preparing):
    """Has prepared whatever does not say otherwise, and counts its hooks."""

    entered = 0

    def on_operation(self) -> Iterator[None]:
        Known.entered += 1
        yield

    @classmethod
    def prepared(
        cls, schema: Any, query: str, variables: Mapping[str, Any] | None, name: str | None
    ) -> Prepared | None:
        if "unprepared" in query:
            return None
        return Prepared(parse(query), OperationType.QUERY, {"told": len(query)})

    @classmethod
    def told(cls, errors: Sequence[GraphQLError]) -> Sequence[GraphQLError]:
        return [GraphQLError(f"told: {error.message}") for error in errors]


class Other(SchemaExtension):
    """Another extension, with hooks that somebody may rely on."""


def schema(*extensions: Any) -> PreparedSchema:
    return PreparedSchema(Query, extensions=extensions, execution_context_class=CompiledExecutor)


async def entered(graph: PreparedSchema, query: str, **given: Any) -> tuple[int, Any]:
    before = Known.entered
    result = await graph.execute(query, **given)
    return Known.entered - before, result


@pytest.mark.parametrize(("query", "data"), [("{ now }", {"now": 1}), ("{ later }", {"later": 2})])
async def test_prepared(query: str, data: Any) -> None:
    hooks, result = await entered(schema(Known), query)
    assert (hooks, result.data, result.errors) == (0, data, None)
    assert result.extensions == {"told": len(query)}


async def test_errors_of_fields_are_told() -> None:
    _, result = await entered(schema(Known), "{ never }")
    assert result.data == {"never": None}
    assert [error.message for error in result.errors] == ["told: no"]


async def test_what_execution_itself_raises() -> None:
    _, result = await entered(schema(Known), "query ($with: Int = x) { now }", operation_name="no")
    assert result.data is None
    assert result.errors


@pytest.mark.parametrize("extensions", [(Known, Other), (Other, Known)])
async def test_hooks_of_others_are_called(extensions: Any) -> None:
    assert await entered(schema(*extensions), "{ now }") != (0, None)
    hooks, result = await entered(schema(*extensions), "{ now }")
    assert (hooks, result.data) == (1, {"now": 1})


async def test_unprepared() -> None:
    hooks, result = await entered(schema(Known), "query unprepared { now }")
    assert (hooks, result.data) == (1, {"now": 1})


async def test_kind_that_is_not_allowed_is_refused_as_ever() -> None:
    with pytest.raises(InvalidOperationTypeError):
        await schema(Known).execute("{ now }", allowed_operation_types={OperationType.MUTATION})


async def test_without_extensions() -> None:
    assert (await schema().execute("{ now }")).data == {"now": 1}


def test_an_operation_takes_few_calls() -> None:
    """With hooks these are 250 and more, without about 110."""
    graph = schema(Known)

    def run(query: str) -> int:
        coming = graph.execute(query)
        return calls(lambda: next(iter([*_driven(coming)]), None))

    run("{ now }")
    assert run("{ now }") < 0.6 * run("query unprepared { now }")


def _driven(coming: Any) -> Iterator[Any]:
    """Runs what has nothing to wait for."""
    with suppress(StopIteration):
        yield coming.send(None)
