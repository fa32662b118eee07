"""Rows whose attributes are read in place are answered as by graphql-core, whatever is in them."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
import strawberry
from graphql import (
    GraphQLNamedType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_object_type,
    is_union_type,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from execution.classes import decided_by_class
from execution.executor import CompiledExecutor
from providers.errors import MalformedError
from providers.wire import Response
from resolvers.callers import NOBODY, TRUSTED, Caller
from schema.export_task import ExportTask
from schema.invoice import Invoice
from schema.payment import Payment
from schema.sales_aggregate import SalesAggregate
from schema.scalars import SCALARS
from tests.conformance.test_providers import CASES, POISONS, Case
from tests.execution.test_work import calls
from tests.providers.reading import leaves, replaced

FETCHED = {"payments", "invoice", "raw", "source"}  # these take more than a row
FIELDS = {
    "invoices": "invoices",
    "payments": "payments",
    "sales": "sales",
    "export_tasks": "exportTasks",
}


@strawberry.type
class Query:
    """Rows of each kind, as they are given."""

    invoices: list[Invoice | None]
    payments: list[Payment | None]
    sales: list[SalesAggregate | None]
    export_tasks: list[ExportTask | None]


COMPILED, CORE = (
    strawberry.federation.Schema(
        Query, config=StrawberryConfig(scalar_map=SCALARS), execution_context_class=executor
    )
    for executor in (CompiledExecutor, StrawberryGraphQLCoreExecutionContext)
)


def all_of(schema: GraphQLSchema, kind: GraphQLNamedType) -> str:
    """A selection of all that a row shows by itself."""
    if is_union_type(kind):
        parts = (f"... on {each.name} {all_of(schema, each)}" for each in kind.types)
        return f"{{ __typename {' '.join(parts)} }}"
    assert is_object_type(kind)
    return f"{{ __typename {' '.join(_fields(schema, kind))} }}"


def _fields(schema: GraphQLSchema, kind: Any) -> Iterator[str]:
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if name not in FETCHED:
            key = f"{kind.name}_{name}"  # what two members of a union call alike may differ in type
            yield f"{key}: {name} {'' if is_leaf_type(inner) else all_of(schema, inner)}"


def asked(case: Case) -> str:
    name = FIELDS[case.name]
    field = COMPILED._schema.query_type.fields[name]  # type: ignore[union-attr]
    return f"{{ {name} {all_of(COMPILED._schema, get_named_type(field.type))} }}"


def rows_of(case: Case, body: bytes) -> Sequence[Any]:
    rows = case.listing.page(Response(200, {}, body), case.origin(body)).rows
    return [row for row in rows if row.present]


def answer(schema: strawberry.Schema, case: Case, rows: Sequence[Any], caller: Caller) -> Any:
    context = SimpleNamespace(caller=caller)
    root = SimpleNamespace(**{case.name: rows})
    result = schema.execute_sync(asked(case), root_value=root, context_value=context)
    return result.data, [error.formatted for error in result.errors or ()]


def assert_same(case: Case, rows: Sequence[Any], caller: Caller = TRUSTED) -> None:
    assert answer(COMPILED, case, rows, caller) == answer(CORE, case, rows, caller)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("caller", [TRUSTED, NOBODY], ids=["trusted", "nobody"])
def test_rows_as_documented(case: Case, caller: Caller) -> None:
    assert_same(case, [*rows_of(case, case.example)] * 3, caller)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("poison", [*POISONS, '""', "0", '"0000-00-00 00:00:00"', "{}", "[]"])
def test_rows_with_one_bad_value(case: Case, poison: str) -> None:
    example = json.loads(case.example)
    rows = list(rows_of(case, case.example))  # the first tells what the class is like
    value = POISONS.get(poison, poison.encode())
    for path, _ in leaves(example[case.listing.rows][:1]):
        body = json.dumps(replaced(example, (case.listing.rows, *path), "@poison@")).encode()
        with suppress(MalformedError):  # such an answer is no page at all
            rows += rows_of(case, body.replace(b'"@poison@"', value))[:1]
    assert_same(case, rows)


def test_a_wide_row_takes_few_calls() -> None:
    """Of some sixty values: calls for those alone that are converted."""
    case = next(each.values[0] for each in CASES if each.id == "smartpay-invoices")
    assert isinstance(case, Case)
    (row, *_) = rows_of(case, case.example)

    def count(rows: int) -> int:
        return calls(lambda: answer(COMPILED, case, [row] * rows, TRUSTED))

    count(10)  # whatever is cached is cached
    assert (count(60) - count(10)) / 50 < 40


class Said(property):
    """An attribute that says what it is."""

    def __init__(self, read: Any, **inline: Any) -> None:
        super().__init__(read)
        usual: dict[str, Any] = {
            "expression": "",
            "names": {},
            "kind": None,
            "forms": {},
            "written": {},
            "parts": {},
            "of": None,
        }
        self.inline = SimpleNamespace(**usual | inline)


class Tree:
    """Something that has itself in it."""

    typename = "Tree"
    __parts__: ClassVar = {"n": "{s}.number"}
    number = 1
    name = Said(lambda tree: f"{tree.number}", expression="str({n})", kind=str)
    inner = Said(lambda tree: tree, parts={"n": "{n}"})


Tree.inner.inline.of = Tree


@strawberry.type(name="Tree")
class TreeType:
    """Bound to Tree."""

    name: str
    inner: "TreeType"

    @classmethod
    @decided_by_class
    def is_type_of(cls, value: Any, _: Any) -> bool:
        return isinstance(value, Tree)


@strawberry.type
class Trees:
    """Two of them: of the first is learnt how the second is read."""

    trees: list[TreeType]


@pytest.mark.parametrize("depth", [1, 20, 110])
def test_objects_in_each_other(depth: int) -> None:
    schema = strawberry.Schema(Trees, execution_context_class=CompiledExecutor)
    query = "{ trees { " + "name inner { " * depth + "name" + " }" * depth + " } }"
    root = SimpleNamespace(trees=[Tree(), Tree()])
    first, second = schema.execute_sync(query, root_value=root).data["trees"]  # type: ignore[index]
    assert first == second
    for _ in range(depth):
        assert second["name"] == "1"
        second = second["inner"]
