"""What is kept of compiled operations, and what is not compiled at all."""

from itertools import product
from typing import Any

import pytest
from graphql import build_schema, execute, parse
from graphql.execution import MiddlewareManager

from execution import executor, operations
from execution.operations import Operations
from tests.execution.examples import Compiled

SCHEMA = build_schema("""
  type Query { a: Int b: Int q: Query }
  type Mutation { a: Int }
""")


def found(kept: Operations, document: Any, **options: Any) -> Any:
    built = Compiled.build(SCHEMA, document, **options)
    assert not isinstance(built, list)
    return kept.find(built)


def test_an_operation_is_compiled_once() -> None:
    kept, document = Operations(), parse("{ a }")
    assert found(kept, document) is found(kept, document) is not None
    assert found(kept, parse("{ a }")) is not found(kept, document)


def test_once_for_each_choice_of_what_is_included() -> None:
    kept = Operations()
    document = parse("query ($x: Boolean!, $y: Int) { a @skip(if: $x) q { b @include(if: $x) } }")
    values: list[dict[str, Any]] = [{"x": True}, {"x": False}, {"x": True, "y": 1}]
    first, second, third = (found(kept, document, raw_variable_values=each) for each in values)
    assert first is third is not second


def test_two_operations_of_a_document() -> None:
    kept, document = Operations(), parse("query A { a } query B { b }")
    names = ("A", "B")
    first, second = (found(kept, document, operation_name=name) for name in names)
    assert first is not second


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MAX_OPERATIONS", 3)
    kept, documents = Operations(), [parse("{ a }") for _ in range(5)]
    first = found(kept, documents[0])
    for document in documents:
        found(kept, document)
    assert found(kept, documents[0]) is not first
    assert len(kept) == 3


def test_only_so_large_ones_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MAX_FIELDS_KEPT", 7)
    kept = Operations()
    for _ in range(5):
        found(kept, parse("{ a b q { a } }"))  # four fields
    assert len(kept) == 1


def test_what_is_not_kept_does_not_live_on_in_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MAX_OPERATIONS", 2)
    kept = Operations()
    for field in ("a", "b", "a b", "q { a }") * 50:  # trees that are gone give others their ids
        operation = found(kept, parse(f"{{ {field} }}"))
        assert operation.fields == len(field.replace("{", "").replace("}", "").split())


def test_an_operation_with_too_many_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MAX_FIELDS_KEPT", 20)
    kept, document = (
        Operations(),
        parse(
            "query ($x: Boolean!, $y: Boolean!, $z: Boolean!) "
            "{ a @skip(if: $x) b @skip(if: $y) q @skip(if: $z) { a b } q { b } }"
        ),
    )
    for choice in product((True, False), repeat=3):
        values = dict(zip("xyz", choice, strict=True))
        assert found(kept, document, raw_variable_values=values) is not None
        assert len(kept) < 6


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { queryType { name } } a }",
        '{ __type(name: "Query") { name } }',
        "query ($x: Boolean) { a @skip(if: $x) }",
        "fragment F on Query { a b q { a } } { "
        + " ".join(f"x{number}: q {{ ...F }}" for number in range(1000))
        + " }",
    ],
)
def test_what_is_left_to_graphql_core(query: str) -> None:
    assert found(Operations(), parse(query)) is None


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("mutation { a }", {}),
        ("{ a }", {"middleware": MiddlewareManager(lambda next_, *args, **kw: 5)}),
        ("{ a }", {"is_awaitable": lambda _: False}),
    ],
)
def test_which_runs_are_left_to_graphql_core(
    monkeypatch: pytest.MonkeyPatch, query: str, options: Any
) -> None:
    monkeypatch.setattr(executor, "operations", None)
    result = execute(SCHEMA, parse(query), {"a": 1}, executor_class=Compiled, **options)
    assert result.errors is None  # type: ignore[union-attr]


def test_what_is_not_compiled_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MAX_OPERATIONS", 3)
    kept = Operations()
    for _ in range(10):  # there is no value that says whether
        assert found(kept, parse("query ($x: Boolean) { a @skip(if: $x) }")) is None
    assert len(kept._kept) == 3


def test_trees_count_however_few_fields_are_left_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MAX_FIELDS_KEPT", 200)
    kept = Operations()
    large = "{ b q @skip(if: true) {" + " a" * 200 + "} }"
    for _ in range(10):
        assert found(kept, parse(large)).fields == 1
    assert len(kept) == 1
    assert found(kept, parse("{ q {" + " a" * 1000 + "} }")) is None  # nor is it tried
    assert len(kept) == 0
    assert kept._size == 0
