"""A guard is asked once for an operation, and refuses each value as its extension does."""

from typing import Any

import pytest
import strawberry
from strawberry.extensions import FieldExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from execution.executor import CompiledExecutor
from execution.guards import Guard, guards


class Secret(Guard):
    """A field for friends; counts how often it is asked."""

    asked = 0

    def admits(self, context: Any) -> bool:
        Secret.asked += 1
        if context == "nobody":
            raise LookupError("who is that?")
        return bool(context == "friend")

    def resolve(self, next_: Any, source: Any, info: strawberry.Info, **kwargs: Any) -> Any:
        if not self.admits(info.context):
            raise PermissionError(f"{info.path.as_list()} is for friends")
        return next_(source, info, **kwargs)


class Shouts(FieldExtension):
    """No guard: it gives something else."""

    def resolve(self, next_: Any, source: Any, info: strawberry.Info, **kwargs: Any) -> Any:
        return next_(source, info, **kwargs).upper()


SECRET, SHOUTS = Secret(), Shouts()


@strawberry.type
class Row:
    """A row with fields that are guarded."""

    name: str | None = strawberry.field(extensions=[SECRET, Secret()])
    loud: str | None = strawberry.field(extensions=[SECRET, SHOUTS])

    @strawberry.field(extensions=[SECRET])
    def made(self) -> str | None:
        return self.name


@strawberry.type
class Query:
    """Several rows."""

    @strawberry.field
    def rows(self) -> list[Row]:
        return [Row(name=f"n{number}", loud="l") for number in range(9)]


COMPILED = strawberry.Schema(Query, execution_context_class=CompiledExecutor)
CORE = strawberry.Schema(Query, execution_context_class=StrawberryGraphQLCoreExecutionContext)


@pytest.mark.parametrize("context", ["friend", "stranger", "nobody"])
def test_the_answers_are_those_of_graphql_core(context: str) -> None:
    query = "{ rows { name loud made again: name } }"
    mine, theirs = (each.execute_sync(query, context_value=context) for each in (COMPILED, CORE))
    assert mine.data == theirs.data
    assert list(map(str, mine.errors or ())) == list(map(str, theirs.errors or ()))
    assert bool(mine.errors) is (context != "friend")


def test_a_guard_is_asked_once_where_it_admits() -> None:
    Secret.asked = 0
    assert COMPILED.execute_sync("{ rows { name } }", context_value="friend").errors is None
    assert Secret.asked == 2


def test_only_guards_alone_are_guards() -> None:
    assert guards([SECRET]) == (SECRET,)
    assert guards([SECRET, SHOUTS]) is None
