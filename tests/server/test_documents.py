"""Documents: what is kept of them, and which mistakes are found in them."""

import gc
import tracemalloc
import weakref
from collections.abc import Callable
from typing import Any, cast

import pytest
from graphql import ExecutionResult, FieldNode, GraphQLError
from starlette.requests import HTTPConnection

from schema import build
from server import documents
from server.admission import Traffic
from server.documents import Document, Documents
from server.requests import Parameters
from server.runner import Runner
from server.settings import MOST_TOKENS, Limits, ServerSettings

SCHEMA = build()
CONNECTION = HTTPConnection({"type": "http", "headers": []})


class Context:
    """Something that an operation has, and that can be told when it is gone."""

    sources: tuple[Any, ...] = ()
    explanation = None

    def close(self) -> None:
        """There is nothing to stop."""


def runner(settings: ServerSettings) -> Runner:
    return Runner(SCHEMA, lambda _: cast(Any, Context()), settings, traffic=Traffic(1, 1))


SEEN, UNSEEN, UNIFORM, NARROW = (
    runner(settings)
    for settings in (
        ServerSettings(),
        ServerSettings(introspection=False),
        ServerSettings(uniform_errors=True),
        ServerSettings(limits=Limits(max_cost=10, max_variable_values=2)),
    )
)


async def result(graph: Runner, query: str, **given: Any) -> ExecutionResult:
    begun = graph.begin(await graph.asked(Parameters(query, **given)), CONNECTION)
    return begun if isinstance(begun, ExecutionResult) else await begun


async def errors(graph: Runner, query: str) -> list[GraphQLError]:
    return list((await result(graph, query)).errors or ())


async def codes(graph: Runner, query: str) -> list[str]:
    return [(error.extensions or {})["code"] for error in await errors(graph, query)]


async def test_good_documents_pass() -> None:
    assert await errors(SEEN, "{ __typename sources { name } }") == []


EMPTY = ["{}", "{ sources {} }", "{ ... {} }", "{ ...F } fragment F on Query {}", "subscription {}"]


@pytest.mark.parametrize("query", ["{", "{ a(b: [[[) }", "{a" * 5000, *EMPTY])
async def test_parse_errors(query: str) -> None:
    assert await codes(SEEN, query) == ["GRAPHQL_PARSE_FAILED"]


async def test_validation_errors_are_told_all_at_once() -> None:
    assert await codes(SEEN, "{ a b }") == ["GRAPHQL_VALIDATION_FAILED"] * 2


@pytest.mark.parametrize(
    "query", ["{ __schema { types { name } } }", '{ __type(name: "A") { name } }']
)
async def test_introspection(query: str) -> None:
    assert await codes(SEEN, query) == []
    assert set(await codes(UNSEEN, query)) == {"GRAPHQL_VALIDATION_FAILED"}


async def test_typename_is_no_introspection() -> None:
    assert await codes(UNSEEN, "{ __typename }") == []


async def test_python_exceptions_are_not_quoted() -> None:
    query = "{ invoices(first: " + "9" * 5000 + ") { totalCount } }"
    (error,) = await errors(SEEN, query)
    assert error.extensions == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert "limit" not in error.message
    assert "999" not in error.message
    assert error.locations is not None


async def test_a_document_is_parsed_and_validated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    for name in ("parse", "validate_document"):
        monkeypatch.setattr(documents, name, _noted(name, done))
    for _ in range(3):
        assert await errors(SEEN, "{ __typename # once\n }") == []
        for other in range(20):  # more than are remembered however they are
            assert await errors(SEEN, f"{{ wrong{other} }}")
    assert done.count("parse") == done.count("validate_document") == 1 + 3 * 20


def _noted(name: str, done: list[str]) -> Callable[..., Any]:
    real = getattr(documents, name)

    def noted(*given: Any, **more: Any) -> Any:
        done.append(name)
        return real(*given, **more)

    return noted


def alive(kind: type) -> int:
    gc.collect()
    return sum(type(each) is kind for each in gc.get_objects())


@pytest.mark.parametrize(
    "query", ["{" + "a " * 2000 + "}", "{ sources {" + "nope " * 90 + "} }", "{" * 5000]
)
async def test_what_is_refused_is_not_kept(query: str) -> None:
    nodes, mistakes = alive(FieldNode), alive(GraphQLError)
    for number in range(30):
        assert await errors(SEEN, f"{query} # {number}")
    assert alive(FieldNode) - nodes <= 8 * 2000 + 100  # the last ones
    assert alive(GraphQLError) - mistakes <= 20


def test_good_documents_are_kept_up_to_a_size() -> None:
    kept = Documents(SCHEMA, ServerSettings(), most_bytes=2_000_000)

    def is_kept(text: str) -> bool:
        found = kept.find(text)
        assert kept.mistakes(found, None) == []
        return kept.find(text) is found

    def numbered(number: int) -> str:
        return "{ sources {" + " ".join(f"n{number}x{at}: name" for at in range(95)) + "} }"

    assert all(is_kept(numbered(number)) for number in range(30))
    remembered = [kept.find(numbered(number)).mistakes is not None for number in range(30)]
    assert 5 < sum(remembered) < 12
    assert all(remembered[-5:]), "those that were not asked for longest have gone"
    assert not is_kept("{ __typename } #" + "#" * 2_000_000)
    assert kept.find(numbered(29)).mistakes is not None


def test_operations_share_the_fragments_of_their_document() -> None:
    query = "query A { ...F } query B { ...F } fragment F on Query { __typename }"
    document = SEEN._documents.find(query)
    assert SEEN._documents.mistakes(document, None) == []
    one, other = (each.prepared for each in document.operations)
    assert one is not None
    assert other is not None
    assert one._fragments is other._fragments


def test_sizes_are_true() -> None:
    text = "{ sources {" + " ".join(f"n{at}: name" for at in range(1000)) + "} }"
    tracemalloc.start()
    document = Document(text)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0.5 < taken / document.size < 1.1


async def test_each_schema_has_its_own_mistakes() -> None:
    query = "{ __schema { description } }"
    assert [len(await codes(graph, query)) for graph in (SEEN, UNSEEN, SEEN)] == [0, 1, 0]


@pytest.mark.parametrize(
    "query",
    ["{ forgotten", "{ forgotten }", "{ invoices(filter: {totalFrom: 1e3}) { totalCount } }"],
)
async def test_kept_mistakes_keep_nothing_of_the_operation(query: str) -> None:
    contexts = [Context()]
    gone = weakref.ref(contexts[0])
    graph = Runner(
        SCHEMA, lambda _: cast(Any, contexts.pop()), ServerSettings(), traffic=Traffic(1, 1)
    )
    assert await errors(graph, query)
    assert contexts == []
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(
    ("query", "ambiguous"),
    [
        ("{ a }", False),
        ("query A { a } fragment F on Query { a }", False),
        ("fragment F on Query { a }", False),
        ("query A { a } query B { b }", True),
        ("{ a } { b }", True),
        ("{", False),
        ("", False),
    ],
)
def test_is_ambiguous(query: str, ambiguous: bool) -> None:
    assert Document(query).is_ambiguous is ambiguous


@pytest.mark.parametrize("length", [MOST_TOKENS, MOST_TOKENS - 1])
async def test_tokens(length: int) -> None:
    (error,) = await errors(SEEN, "{" + "a " * length + "}")
    assert (error.extensions or {})["code"] == "LIMIT_EXCEEDED"
    assert (error.extensions or {})["key"] == "max_tokens"


async def test_the_limits_are_those_of_the_schema() -> None:
    query = "{ invoices(first: 20) { nodes { id } } }"
    (error,) = await errors(NARROW, query)
    assert error.message == "cost: 21, but the limit is 10 (server.limits.max_cost)"
    assert error.extensions == {
        "code": "LIMIT_EXCEEDED",
        "value": 21,
        "limit": 10,
        "key": "max_cost",
    }


async def test_variables_are_counted() -> None:
    query = "query ($a: InvoiceFilter) { invoices(first: 1, filter: $a) { totalCount } }"
    given = {"a": {"sources": ["x"]}}
    (error,) = (await result(NARROW, query, variables=given)).errors or [GraphQLError("none")]
    assert error.extensions == {
        "code": "LIMIT_EXCEEDED",
        "value": 3,
        "limit": 2,
        "key": "max_variable_values",
    }


async def test_a_cycle_is_told_and_nothing_else() -> None:
    query = "{ sources { ...A } } fragment A on Source { name { ...A } nope }"
    (error,) = await errors(SEEN, query)
    assert "A" in error.message
    assert error.extensions == {"code": "GRAPHQL_VALIDATION_FAILED"}


async def test_strangers_are_given_no_names() -> None:
    (told,) = await errors(SEEN, "{ source { name } }")
    (quiet,) = await errors(UNSEEN, "{ source { name } }")
    assert "Did you mean 'sources'" in told.message
    assert quiet.message == told.message.partition(" Did you mean")[0]
    assert quiet.locations == told.locations


async def test_one_error_for_whatever_is_wrong() -> None:
    wrong = ["{ a b c }", "{ sources { nam } }", "{ invoices(firs: 1) { totalCount } }"]
    told = {str(await errors(UNIFORM, query)) for query in wrong}
    assert len(told) == 1
    assert "sources" not in told.pop()
    assert await codes(UNIFORM, "{") == ["GRAPHQL_PARSE_FAILED"]


async def test_the_cost_is_told_to_the_server() -> None:
    query = "query A { invoices(first: 3) { nodes { id } } } query B { __typename }"
    told = await result(SEEN, query, operationName="A")
    assert told.extensions == {"cost": {"requested": 4, "rows": 3, "calls": 1, "limit": 25_000}}
    other = await result(SEEN, query, operationName="B")
    assert (other.extensions or {})["cost"]["requested"] == 0
    invalid = await result(SEEN, "{ invoices { nope } }")
    assert "cost" not in (invalid.extensions or {})


@pytest.mark.parametrize(
    ("query", "name", "lacking"),
    [
        ("{ a }", None, False),
        ("{ a }", "A", True),
        ("query A { a }", "A", False),
        ("query A { a } query B { b }", "B", False),
        ("query A { a } query B { b }", "C", True),
        ("fragment A on B { c }", None, True),
        ("{", "A", False),  # it cannot be told
    ],
)
def test_the_operation_of_a_name(query: str, name: str | None, lacking: bool) -> None:
    assert (Document(query).operation(name) is None) is lacking


@pytest.mark.parametrize(
    ("query", "name", "subscription"),
    [
        ("{ a }", None, False),
        ("subscription { a }", None, True),
        ("subscription S { a } query Q { a }", "S", True),
        ("subscription S { a } query Q { a }", "Q", False),
        ("subscription {", None, False),
    ],
)
def test_subscriptions_last(query: str, name: str | None, subscription: bool) -> None:
    operation = Document(query).operation(name)
    assert operation is not None
    assert operation.lasts is subscription
