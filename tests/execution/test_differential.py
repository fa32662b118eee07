"""Compiled execution gives the answers of graphql-core: over schemas, data and queries at random.

That a broken executor is caught is proven at the end.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLSchema, located_error
from graphql.execution import Executor
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import queries

from execution.places import Indices, Place
from execution.running import Run
from tests.execution.examples import Compiled, Encoding, Weather, built, compare

SCALARS = ("Int", "Float", "String", "Boolean", "ID", "Odd", "Color")
COMPOSITES = ("A", "B", "C", "Named", "Any")
WRAPPERS = ("{}", "{}!", "[{}]", "[{}!]", "[{}]!", "[{}!]!", "[[{}!]]", "[[{}]!]!")
USUAL = settings(
    deadline=None, max_examples=200, derandomize=True, suppress_health_check=list(HealthCheck)
)


@st.composite
def schemas(draw: st.DrawFn) -> str:
    """Three object types, an interface and a union of them, an enum, and an own scalar."""

    def fields(count: int, kinds: tuple[str, ...], prefix: str) -> str:
        drawn = [
            draw(st.sampled_from(WRAPPERS)).format(draw(st.sampled_from(kinds)))
            for _ in range(count)
        ]
        arguments = ("", "", '(x: String = "yes", y: [Int!])')
        return "\n".join(
            f"  {prefix}{number}{draw(st.sampled_from(arguments))}: {kind}"
            for number, kind in enumerate(drawn)
        )

    named = fields(2, SCALARS, "n")
    types = "\n".join(
        f"type {name} implements Named {{\n{named}\n{fields(2, SCALARS, 's')}\n"
        f"{fields(2, COMPOSITES, 'o')}\n}}"
        for name in ("A", "B", "C")
    )
    return f"""
        scalar Odd
        enum Color {{ RED GREEN BLUE }}
        interface Named {{\n{named}\n}}
        union Any = A | B | C
        {types}
        type Query {{\n{fields(3, COMPOSITES, "q")}\n{fields(1, SCALARS, "r")}\n}}
    """


@st.composite
def cases(draw: st.DrawFn) -> tuple[GraphQLSchema, str]:
    """A schema whose resolvers do anything, and a query of it."""
    sdl = draw(schemas())
    weather = Weather(
        draw(st.integers(0, 2**16)),
        awaited=draw(st.sampled_from([0, 10, 50, 100])),
        failing=draw(st.sampled_from([0, 2, 20])),
    )
    return built(sdl, weather), draw(queries(sdl))


@settings(USUAL)
@given(cases(), st.sampled_from([Compiled, Encoding]))
async def test_whatever_resolvers_do(
    case: tuple[GraphQLSchema, str], executor: type[Executor[Any]]
) -> None:
    await compare(*case, executor=executor)


def forget(_: Run, __: Place, ___: Exception, ____: Indices) -> Any:
    """Loses an error and lets what cannot be null be null."""


def stop_early(self: Run, place: Place, cause: Exception, at: Indices) -> None:
    """Makes the failed position itself null, whether it can be or not."""
    error = located_error(cause, place.field.nodes, place.path(at).as_list())
    self.executor.collected_errors.add(error, place.path(at))


def put_anywhere(self: Run, place: Place, at: Indices, value: Any) -> None:
    """Fills the first position of a list where another one is meant."""
    original_put(self, place, (0,) * len(at), value)


original_put = Run._put


@pytest.mark.parametrize(
    ("name", "broken"), [("fail", forget), ("_fail_late", stop_early), ("_put", put_anywhere)]
)
def test_a_broken_executor_is_noticed(
    monkeypatch: pytest.MonkeyPatch, name: str, broken: Callable[..., Any]
) -> None:
    monkeypatch.setattr(Run, name, broken)

    @settings(USUAL, phases=[Phase.generate])
    @given(cases())
    def differ(case: tuple[GraphQLSchema, str]) -> None:
        asyncio.run(compare(*case))

    with pytest.raises(Exception, match="Failing test case"):
        differ()
