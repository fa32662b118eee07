"""Strawberry's fields mean the same with and without what Strawberry wraps around them."""

from collections.abc import AsyncIterator
from enum import Enum
from typing import Annotated, Any

import pytest
import strawberry
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.execution import ExecutionResult

from execution import unwrapping
from execution.classes import decided_by_class
from execution.executor import CompiledExecutor
from tests.execution.examples import assert_same


class Never(BasePermission):
    """Lets nobody through."""

    message = "not for you"

    def has_permission(self, source: Any, info: strawberry.Info, **kwargs: Any) -> bool:
        return False


class Forbids(FieldExtension):
    """Looks at the arguments, calls what is inside, or raises."""

    def resolve(self, next_: Any, source: Any, info: strawberry.Info, **kwargs: Any) -> Any:
        if info.context == "nobody":
            raise PermissionError(f"{info.path.key} is not for nobody")
        return next_(source, info, **kwargs).upper()


@strawberry.enum
class Size(Enum):
    """An enum whose values are not its names."""

    SMALL = "s"
    LARGE = "l"


@strawberry.input
class Wish:
    """An input object."""

    size: Size = Size.SMALL
    tags: list[str] = strawberry.field(default_factory=list)


class Row:
    """What `Thing` is bound to; no instance of it."""

    def __init__(self, name: str) -> None:
        self.name, self.size, self.class_ = name, Size.LARGE, "keyword"

    @property
    def broken(self) -> str:
        raise LookupError(self.name)


@strawberry.interface
class Named:
    """An interface."""

    name: str


@strawberry.type
class Thing(Named):
    """A type bound to rows."""

    size: Size
    broken: str | None
    missing: int | None
    class_: str = strawberry.field(name="class")
    guarded: str | None = strawberry.field(
        resolver=lambda root: root.name, graphql_type=str | None, extensions=[Forbids()]
    )
    closed: str | None = strawberry.field(
        resolver=lambda: "open", graphql_type=str | None, permission_classes=[Never]
    )

    @classmethod
    @decided_by_class
    def is_type_of(cls, value: Any, _: Any) -> bool:
        return isinstance(value, Row)

    @strawberry.field
    def shout(self, times: int = 1) -> str:
        return self.name.upper() * times

    @strawberry.field
    async def path(self, info: strawberry.Info) -> str:
        selected = [field.name for field in info.selected_fields]  # type: ignore[union-attr]
        return f"{info.path.as_list()} {info.field_name} {info.variable_values} {selected}"

    @strawberry.field
    @staticmethod
    def wish(root: strawberry.Parent[Any], wish: Wish) -> str:
        wish.tags.append(root.name)  # it is ours alone
        return f"{wish.size} {wish.tags}"


@strawberry.type
class Other:
    """Another member of the union."""

    one: int = 1


def _things() -> list[Any]:
    return [Row("a"), Row("b")]


@strawberry.type
class Query:
    """Asks for all of it."""

    things: list[Thing] = strawberry.field(resolver=_things)
    any: Any = strawberry.field(
        resolver=lambda: [Row("c"), Other()],
        graphql_type=list[Annotated[Thing | Other, strawberry.union("Either")]],
    )

    @strawberry.field
    def named(self) -> Named:
        return Row("d")  # type: ignore[return-value]

    @strawberry.field
    def lost(self) -> Thing | None:
        return 7  # type: ignore[return-value]


@strawberry.type
class Subscription:
    """Counts."""

    @strawberry.subscription
    async def count(self, to: int) -> AsyncIterator[int | None]:
        for number in range(to):
            yield number
        yield 2**40


ROOT = Query()
COMPILED = strawberry.Schema(
    Query, subscription=Subscription, execution_context_class=CompiledExecutor
)
CORE = strawberry.Schema(
    Query,
    subscription=Subscription,
    execution_context_class=StrawberryGraphQLCoreExecutionContext,
)
OPERATIONS = (
    "{ things { __typename name size class shout twice: shout(times: 2) } }",
    "query Q($n: Int = 3) { things { path name shout(times: $n) } }",
    "{ things { broken missing name } }",
    "{ things { guarded closed } }",
    '{ things { wish(wish: {size: LARGE, tags: ["x"]}) again: wish(wish: {}) } }',
    "{ any { ... on Thing { name } ... on Other { one } __typename } }",
    "{ named { name ... on Thing { size } } lost { name } }",
    '{ things { shout(times: "x") } }',
    "query Q($n: Int!) { things { shout(times: $n) } }",
    "{ ...Q } fragment Q on Query { things { ...T } things { size } } fragment T on Thing { name }",
)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("caller", ["nobody", "somebody"])
async def test_it_means_the_same(operation: str, caller: str) -> None:
    for _ in range(2):  # what was learnt of classes changes nothing
        actual = await COMPILED.execute(operation, root_value=ROOT, context_value=caller)
        expected = await CORE.execute(operation, root_value=ROOT, context_value=caller)
        assert_same(actual, expected)
        assert not any("unexpected" in error.message.lower() for error in actual.errors or ())


async def test_the_same_for_a_caller_that_does_not_wait() -> None:
    operation = "{ things { name shout } }"
    assert_same(COMPILED.execute_sync(operation), CORE.execute_sync(operation))


async def test_events_of_a_subscription() -> None:
    events: list[list[ExecutionResult]] = []
    for graph in (COMPILED, CORE):
        stream = await graph.subscribe("subscription { count(to: 2) }")
        events.append([each async for each in stream])
    compiled, core = events
    assert len(compiled) == len(core) == 3
    for actual, expected in zip(compiled, core, strict=True):
        assert_same(actual, expected)


def test_what_is_unwrapped() -> None:
    thing, query = (COMPILED._schema.type_map[name] for name in ("Thing", "Query"))
    bare = {
        name
        for type_ in (thing, query)
        for name, field in type_.fields.items()  # type: ignore[attr-defined]
        if unwrapping.bare_field(COMPILED._schema, field)
    }
    assert {"name", "size", "class", "shout", "path", "things"} <= bare
    assert not bare & {"guarded", "closed"}
