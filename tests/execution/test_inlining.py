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
from execution.inlining import read_in_place
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
            "one": "",
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


class Book:
    """What a shelf may have."""

    typename = "Book"
    __parts__: ClassVar = {"b": "{s}"}

    def __init__(self, title: Any) -> None:
        self.words = title

    title = Said(lambda book: book.words.title(), expression="{b}.words.title()", kind=str)


class Stock:
    """The books of a shelf that has one at most."""

    def __init__(self, shelf: Any) -> None:
        self.shelf = shelf

    books = Said(lambda stock: [book for book in [stock.shelf.own] if book], one="own")
    count = 1
    number = Said(
        lambda stock: len(stock.books), expression="0 if {one} is None else 1", one="own", kind=int
    )


class Shelf:
    """Holds a book, or none."""

    typename = "Shelf"
    __parts__: ClassVar = {"s": "{s}"}

    def __init__(self, book: Book | None = None) -> None:
        self.book = book

    own = Said(lambda shelf: shelf.book, parts={"b": "{s}.book"}, of=Book)


class BareShelf(Shelf):
    """Of which it is not said what it holds."""

    @property
    def own(self) -> Book | None:
        return self.book


class EmptyShelf(Shelf):
    """Never holds any."""

    own = Said(lambda _: None, expression="None")


ASKED: list[str] = []
AS_ONE = SimpleNamespace(**vars(Said(None, one="own").inline))
AS_STOCK = SimpleNamespace(**vars(Said(None, parts={"t": "{s}.book"}, of=Stock).inline))


def _only_plain(context: Any, mark: str = "") -> bool:
    if mark == "wrong":
        raise ValueError("a wrong mark")
    return mark == "" and context != "watched"


@read_in_place(AS_ONE)
def _book(root: Any, otherwise: str = "") -> Any:
    ASKED.append("book")
    return root.own or (Book(otherwise) if otherwise else None)


@read_in_place(AS_STOCK, when=_only_plain)
def _stock(root: Any, mark: str = "") -> Any:
    ASKED.append("stock")
    if mark == "wrong":
        raise ValueError("a wrong mark")
    return Stock(root)


@strawberry.type(name="Book")
class BookType:
    """Bound to Book."""

    title: str
    is_type_of = classmethod(decided_by_class(lambda _, value, __: isinstance(value, Book)))


@strawberry.type(name="Stock")
class StockType:
    """Bound to Stock."""

    books: list[BookType]
    count: int
    number: int


@strawberry.type(name="Shelf")
class ShelfType:
    """Bound to Shelf."""

    book: BookType | None = strawberry.field(resolver=_book)
    stock: StockType = strawberry.field(resolver=_stock)
    is_type_of = classmethod(decided_by_class(lambda _, value, __: isinstance(value, Shelf)))


@strawberry.type
class Library:
    """Some shelves."""

    shelves: list[ShelfType | None]


SHELVES = {
    "full": Shelf(Book("a book")),
    "empty": Shelf(),
    "bad": Shelf(Book(7)),
    "bare": BareShelf(Book("one")),
    "never": EmptyShelf(Book("none")),
}


def told(executor: Any, fields: str, shelf: str, rows: int, context: Any) -> Any:
    """The answer, and how often a resolver was asked."""
    schema = strawberry.Schema(Library, execution_context_class=executor)
    root = SimpleNamespace(shelves=[SHELVES[shelf]] * rows)
    ASKED.clear()
    result = schema.execute_sync(f"{{ shelves {{ {fields} }} }}", None, context, root)
    return result.data, [error.formatted for error in result.errors or ()], len(ASKED)


@pytest.mark.parametrize(
    ("fields", "shelf", "times"),
    [
        ("book { title }", "full", 0),
        ("book { title } again: book { title __typename }", "full", 0),
        ("book { title }", "empty", 1),  # the resolver may know of one
        ('a: book(otherwise: "a") { title } b: book(otherwise: "b") { title }', "empty", 2),
        ('a: book { title } b: book(otherwise: "b") { title }', "empty", 2),
        ("book { title }", "never", 1),
        ("book { title }", "bare", 1),  # it is not said what it has
        ("stock { books { title } }", "full", 0),
        ("stock { books { title } } book { title }", "full", 0),
        ("stock { books { title } } other: stock { books { again: title } }", "full", 0),
        ("stock { number books { title } }", "full", 0),
        ("stock { number }", "never", 0),
        ("stock { books { title } }", "empty", 1),
        ("stock { books { title } }", "never", 0),
        ("stock { books { title } }", "bare", 1),
        ("stock { count }", "full", 1),  # it is not said what it is
        ('stock(mark: "") { books { title } }', "full", 0),
        ('stock(mark: "it") { books { title } }', "full", 1),
        ('stock(mark: "wrong") { books { title } }', "full", 1),
        ("book { title }", "bad", 1),  # whose title cannot be read
        ("stock { books { title } }", "bad", 1),
    ],
)
def test_resolvers_are_asked_for_what_is_not_in_place(fields: str, shelf: str, times: int) -> None:
    few, many = (told(CompiledExecutor, fields, shelf, rows, None) for rows in (5, 15))
    assert many[:2] == told(StrawberryGraphQLCoreExecutionContext, fields, shelf, 15, None)[:2]
    assert many[2] - few[2] == 10 * times


def test_a_resolver_says_by_the_context_when_it_is_in_place() -> None:
    fields = "book { title } stock { books { title } }"
    few, many = (told(CompiledExecutor, fields, "full", rows, "watched") for rows in (5, 15))
    assert many[:2] == told(CompiledExecutor, fields, "full", 15, None)[:2]
    assert many[2] - few[2] == 10  # of the one that says so


def test_whether_a_resolver_is_in_place_is_found_out_once() -> None:
    times: list[str] = []

    def when(_: Any, mark: str = "") -> bool:
        times.append(mark)
        raise ValueError(mark)

    _stock.when, usual = when, _stock.when  # type: ignore[attr-defined]
    try:
        told(CompiledExecutor, 'stock(mark: "it") { books { title } }', "full", 20, None)
    finally:
        _stock.when = usual  # type: ignore[attr-defined]
    assert times == ["it"]
