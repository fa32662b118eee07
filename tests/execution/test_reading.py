"""A resolver can learn which attributes will be read of what it gives."""

from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
import strawberry
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from execution.executor import CompiledExecutor
from execution.inlining import read_in_place
from execution.reading import attributes_read

FRAGMENT = "fragment F on Page { n: nodes { ... on Row { code } } }"
SAID = SimpleNamespace(expression="{mark}({code}, {size})", names={"mark": str}, parts={}, one="")


USUAL = SimpleNamespace(expression="", names={}, parts={}, of=None, one="")


def _said(**inline: Any) -> Any:
    return SimpleNamespace(**{**vars(USUAL), **inline})


class Twins:
    """A list of a row's twin, which says what it is, and how many there are, which does not."""

    rows = SimpleNamespace(inline=_said(one="other"))
    total = 1


@read_in_place(_said(one="other"))
def _twin(root: Any) -> Any:
    return root.other


@read_in_place(_said(parts={"t": "{size} or {code}"}, of=Twins))
def _twins(root: Any) -> Any:
    return root


@read_in_place(SAID)
def _id(root: Any) -> str:
    return f"{root.code}/{root.size}"


@strawberry.type
class Maker:
    """An object of a row."""

    name: str
    city: str


@strawberry.type
class Row:
    """A row."""

    code: str
    size: str
    maker: Maker
    id: str = strawberry.field(resolver=_id)
    twin: "Row" = strawberry.field(resolver=_twin)
    twins: "TwinList" = strawberry.field(resolver=_twins)

    @strawberry.field
    def computed(self) -> str:
        return "of anything"


@strawberry.type
class TwinList:
    """The twin, in a list."""

    rows: list[Row]
    total: int


@strawberry.type
class Edge:
    """A row at its place."""

    node: Row
    cursor: str


@strawberry.type
class Page:
    """Rows."""

    nodes: list[Row]
    edges: list[Edge]
    total: int


@strawberry.type
class Query:
    """The entry."""

    seen: ClassVar[list[Any]] = []

    @strawberry.field
    def rows(self, info: strawberry.Info) -> Page:
        Query.seen.append(attributes_read(info, ("nodes",), ("edges", "node")))
        return Page(nodes=[], edges=[], total=0)


def seen(query: str, executor: Any = CompiledExecutor, **variables: Any) -> Any:
    schema = strawberry.Schema(Query, execution_context_class=executor)
    Query.seen.clear()
    result = schema.execute_sync(query, variables)
    assert result.errors is None
    (found,) = Query.seen
    return found


@pytest.mark.parametrize(
    ("selection", "read"),
    [
        ("total", set()),
        ("nodes { code }", {("code",)}),
        ("nodes { a: code b: code __typename }", {("code",)}),
        ("nodes { maker { name } size }", {("maker", "name"), ("size",)}),
        ("nodes { maker { __typename } }", {("maker",)}),
        ("nodes { id }", {("code",), ("size",)}),
        ("edges { cursor node { size } } nodes { code }", {("size",), ("code",)}),
        ("...F ...F", {("code",)}),
        ("nodes { twin { code } }", {("other", "code")}),
        ("nodes { twin { __typename } }", {("other",)}),
        ("nodes { twin { twin { size } } }", {("other", "other", "size")}),
        ("nodes { twins { __typename } }", {("size",), ("code",)}),
        ("nodes { twins { rows { size } } }", {("size",), ("code",), ("other", "size")}),
        ("nodes { twins { total } }", None),
        ("nodes { twin { computed } }", None),
        ("nodes { code computed }", None),
        ("total edges { node { computed } }", None),
    ],
)
def test_what_is_read(selection: str, read: set[tuple[str, ...]] | None) -> None:
    fragment = FRAGMENT if "...F" in selection else ""
    query = f"{{ rows {{ {selection} }} }} {fragment}"
    assert seen(query) == (None if read is None else frozenset(read))


@pytest.mark.parametrize(("skips", "read"), [(True, {("code",)}), (False, {("code",), ("size",)})])
def test_variables_decide(skips: bool, read: set[tuple[str, ...]]) -> None:
    query = "query Q($s: Boolean!) { rows { nodes { code size @skip(if: $s) } } }"
    assert seen(query, s=skips) == frozenset(read)


def test_nothing_is_known_where_graphql_core_executes() -> None:
    assert seen("{ rows { nodes { code } } }", StrawberryGraphQLCoreExecutionContext) is None


def test_it_is_found_out_once() -> None:
    schema = strawberry.Schema(Query, execution_context_class=CompiledExecutor)
    Query.seen.clear()
    for _ in range(2):
        schema.execute_sync("{ rows { nodes { code } } }")
    first, second = Query.seen
    assert first == second
