"""How much is done for each value of an answer, counted in calls: no clock decides anything."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
import strawberry
from graphql.execution import Executor
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from execution.classes import decided_by_class
from execution.executor import CompiledExecutor

FIELDS = 20


class Record:
    """A row as wide as its type."""

    def __init__(self, number: int) -> None:
        self.inner = self if number else None
        for field in range(FIELDS):
            setattr(self, f"f{field}", f"{number} {field}")


@strawberry.type
class Row:
    """Bound to Record."""

    inner: "Row | None"
    __annotations__ |= {f"f{field}": str | None for field in range(FIELDS)}

    @classmethod
    @decided_by_class
    def is_type_of(cls, value: Any, _: Any) -> bool:
        return isinstance(value, Record)


@strawberry.type
class Query:
    """Many rows."""

    @strawberry.field
    def rows(self, count: int) -> list[Row]:
        return [Record(number) for number in range(count)]  # type: ignore[misc]


NAMES = " ".join(f"f{field}" for field in range(FIELDS))
WIDE = f"query Q($count: Int!) {{ rows(count: $count) {{ {NAMES} inner {{ f0 }} }} }}"


def graph(executor: type[Executor[Any]]) -> Callable[[int], Any]:
    schema = strawberry.Schema(Query, execution_context_class=executor)

    def ask(count: int) -> Any:
        result = schema.execute_sync(WIDE, {"count": count})
        assert result.errors is None
        return result.data

    return ask


def calls(work: Callable[[], Any]) -> int:
    """How many functions are called, in Python and in C."""
    count = 0

    def note(_: FrameType, event: str, __: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def calls_a_row(ask: Callable[[int], Any]) -> float:
    for count in (100, 200):
        ask(count)  # compiles, and learns the classes
    fewer, more = calls(lambda: ask(100)), calls(lambda: ask(200))
    return (more - fewer) / 100 - calls(lambda: [Record(n) for n in range(100)]) / 100


def test_a_row_of_plain_fields_takes_few_calls() -> None:
    # The row's own function, its admission, its inner row's, and what makes the list.
    assert calls_a_row(graph(CompiledExecutor)) < 10


def test_graphql_core_needs_many_times_as_many() -> None:
    compiled = calls_a_row(graph(CompiledExecutor))
    assert calls_a_row(graph(StrawberryGraphQLCoreExecutionContext)) > 50 * compiled


@pytest.mark.parametrize("rows", [0, 1])
def test_the_rows_are_right(rows: int) -> None:
    data = graph(CompiledExecutor)(rows)
    assert len(data["rows"]) == rows
    assert all(list(row) == [*NAMES.split(), "inner"] for row in data["rows"])
