"""Schemas whose resolvers do whatever resolvers can do, for holding two executors side by side.

What a field gives is drawn from a seed and the field's path, so that it is the same however and
whenever it is asked for.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from random import Random
from typing import Any

import msgspec
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute,
    get_nullable_type,
    is_abstract_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    parse,
)
from graphql.execution import Executor
from graphql.execution.incremental import IncrementalExecutor

from execution.executor import CompiledExecution
from server.objects import selected


class Compiled(CompiledExecution, IncrementalExecutor):
    """The executor under test, for schemas that are not Strawberry's."""


class Encoding(Compiled):
    """The same with results that are only good to be encoded."""

    objects = staticmethod(selected)


GOOD: Mapping[str, tuple[Any, ...]] = {
    "Int": (0, 1, -5, True, 2.0, "7"),
    "Float": (0.5, 1, -0.0, "1e3", True),
    "String": ("", "text", 3, 1.5, True),
    "Boolean": (True, False, 1, 0.0),
    "ID": ("a", 7, "7"),
    "Odd": (1, 3),
}
BAD: Mapping[str, tuple[Any, ...]] = {
    "Int": (2**31, 1.5, "x", [1]),
    "Float": (float("nan"), float("inf"), "x", {}),
    "String": ([], {}),
    "Boolean": ("true", [], float("nan")),
    "ID": (1.5, [], True),
    "Odd": (2, 4),
}


class Weather:
    """How often what goes wrong, of a hundred values."""

    def __init__(self, seed: int, *, awaited: int, failing: int) -> None:
        self.seed, self.awaited, self.failing = seed, awaited, failing

    def draw(self, info: GraphQLResolveInfo[Any]) -> Any:
        """What the resolver of a field gives."""
        random = Random(f"{self.seed} {info.path.as_list()}")
        return self._value(random, info.return_type, info)

    def _value(self, random: Random, type_: Any, info: GraphQLResolveInfo[Any]) -> Any:
        if random.randrange(100) < self.awaited:
            return self._later(random, type_, info)
        return self._now(random, type_, info)

    async def _later(self, random: Random, type_: Any, info: GraphQLResolveInfo[Any]) -> Any:
        for _ in range(random.randrange(4)):
            await asyncio.sleep(0)
        return self._now(random, type_, info)

    def _now(self, random: Random, type_: Any, info: GraphQLResolveInfo[Any]) -> Any:
        where = info.path.as_list()
        if random.randrange(100) < self.failing:
            match random.randrange(5):
                case 0:
                    raise ValueError(f"raised at {where}")
                case 1:
                    raise GraphQLError(f"told at {where}", extensions={"code": "ODD"})
                case 2:
                    return RuntimeError(f"returned at {where}")
                case 3:
                    return None
                case _:
                    return self._bad(random, type_)
        if not is_non_null_type(type_) and random.randrange(100) < 10:
            return None
        return self._good(random, get_nullable_type(type_), info)

    def _bad(self, random: Random, type_: Any) -> Any:
        type_ = get_nullable_type(type_)
        if is_enum_type(type_):
            return "NO_SUCH_VALUE"
        if is_abstract_type(type_):
            return {"__typename": random.choice(["Query", "Nowhere", "Color"])}
        return random.choice(BAD.get(getattr(type_, "name", ""), (7,)))

    def _good(self, random: Random, type_: Any, info: GraphQLResolveInfo[Any]) -> Any:
        if is_list_type(type_):
            items = [self._value(random, type_.of_type, info) for _ in range(random.randrange(4))]
            kinds: list[Callable[[list[Any]], Any]] = [list, tuple, iter, _stream]
            return random.choice(kinds)(items)
        if is_enum_type(type_):
            return random.choice(sorted(type_.values))
        if is_abstract_type(type_):
            possible = info.schema.get_possible_types(type_)
            return {"__typename": random.choice(possible).name}
        if is_object_type(type_):
            return {"__typename": type_.name}
        return random.choice(GOOD[type_.name])


async def _stream(items: list[Any]) -> AsyncIterator[Any]:
    for item in items:
        yield item


def odd(value: Any) -> Any:
    """The serialization of a scalar that does not take everything."""
    if value % 4 == 0:
        return None
    if value % 2 == 0:
        raise ValueError(f"{value} is even")
    return value


def built(sdl: str, weather: Weather) -> GraphQLSchema:
    """The schema with resolvers that do what the weather says; arguments are told in errors."""
    schema = build_schema(sdl)

    def resolve(_: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        if "no" in arguments.values():
            raise ValueError(f"refused: {arguments}")
        return weather.draw(info)

    for type_ in schema.type_map.values():
        if type_.name == "Odd":
            type_.coerce_output_value = odd  # type: ignore[attr-defined]
        if is_object_type(type_) and not type_.name.startswith("__"):
            for field in type_.fields.values():
                field.resolve = resolve
    return schema


async def run(
    executor: type[Executor[Any]],
    schema: GraphQLSchema,
    query: str,
    variables: dict[str, Any] | None = None,
) -> ExecutionResult:
    """The result of an operation."""
    result = execute(schema, parse(query), {}, variable_values=variables, executor_class=executor)
    return result if isinstance(result, ExecutionResult) else await result


async def compare(
    schema: GraphQLSchema,
    query: str,
    variables: dict[str, Any] | None = None,
    executor: type[Executor[Any]] = Compiled,
) -> ExecutionResult:
    """Holds an executor against graphql-core's own."""
    expected = await run(IncrementalExecutor, schema, query, variables)
    actual = await run(executor, schema, query, variables)
    assert_same(actual, expected)
    return expected


def assert_same(actual: Any, expected: Any) -> None:
    """Results are told alike, with keys in the same order.

    The errors may be in another order: theirs is that in which they happened. Of several that make
    the same position null one is as good as another; which one is told is a matter of turns of the
    event loop.
    """
    assert msgspec.json.encode(actual.data) == msgspec.json.encode(expected.data)
    assert decisive(actual) == decisive(expected)


def decisive(result: Any) -> Any:
    """The errors by the position that each made null: all of those that are nothing but null."""
    told: dict[str, list[Any]] = {}
    for error in result.errors or ():
        at, value = [], result.data
        for key in error.path or ():
            if value is None:
                break
            at.append(key)
            value = value[key]
        told.setdefault(str(at), []).append(error)
    return {
        at: sorted(str(each.formatted) for each in errors) if len(errors) == 1 else "several"
        for at, errors in told.items()
    }
