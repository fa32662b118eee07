"""Documents: what is kept of them, and which mistakes are found in them."""

import gc
import tracemalloc
import weakref
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from cachetools import LRUCache
from graphql import FieldNode, GraphQLError, parse

from schema import build
from server import documents
from server.documents import is_ambiguous, is_subscription, lacks_operation
from server.settings import MOST_TOKENS, Limits, ServerSettings

SEEN, UNSEEN, UNIFORM, NARROW = (
    build([documents.documents(server)])
    for server in (
        ServerSettings(),
        ServerSettings(introspection=False),
        ServerSettings(uniform_errors=True),
        ServerSettings(limits=Limits(max_cost=10, max_variable_values=2)),
    )
)


class Context:
    """Something that an operation has, and that can be told when it is gone."""

    sources: tuple[Any, ...] = ()


async def errors(schema: Any, query: str) -> list[GraphQLError]:
    result = await schema.execute(query, context_value=Context())
    return list(result.errors or ())


async def codes(schema: Any, query: str) -> list[str]:
    return [(error.extensions or {})["code"] for error in await errors(schema, query)]


async def test_good_documents_pass() -> None:
    assert await errors(SEEN, "{ __typename sources { name } }") == []


@pytest.mark.parametrize("query", ["{", "{ a(b: [[[) }", "{a" * 5000])
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


async def test_good_documents_are_kept_up_to_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_kept", LRUCache(2_000_000, getsizeof=documents._size))
    for number in range(30):
        fields = " ".join(f"n{number}x{at}: name" for at in range(95))
        assert await errors(SEEN, f"{{ sources {{ {fields} }} }}") == []
    assert 5 < len(documents._kept) < 12
    huge = "#" * 2_000_000
    assert await errors(SEEN, f"{{ __typename }} {huge}") == []
    assert len(documents._kept) > 5


def test_sizes_are_true() -> None:
    text = "{ sources {" + " ".join(f"n{at}: name" for at in range(1000)) + "} }"
    tracemalloc.start()
    document = parse(text)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0.5 < taken / documents._size(documents.Kept(document, WeakKeyDictionary())) < 1.1


async def test_each_schema_has_its_own_mistakes() -> None:
    query = "{ __schema { description } }"
    assert [len(await codes(schema, query)) for schema in (SEEN, UNSEEN, SEEN)] == [0, 1, 0]


@pytest.mark.parametrize(
    "query",
    ["{ forgotten", "{ forgotten }", "{ invoices(filter: {totalFrom: 1e3}) { totalCount } }"],
)
async def test_kept_mistakes_keep_nothing_of_the_operation(query: str) -> None:
    context = Context()
    gone = weakref.ref(context)
    assert (await SEEN.execute(query, context_value=context)).errors
    del context
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
    assert is_ambiguous(query) is ambiguous


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
    result = await NARROW.execute(query, given, context_value=Context())
    assert result.errors is not None
    (error,) = result.errors
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
    result = await SEEN.execute(query, context_value=Context(), operation_name="A")
    assert result.extensions == {"cost": {"requested": 4, "rows": 3, "calls": 1, "limit": 25_000}}
    other = await SEEN.execute(query, context_value=Context(), operation_name="B")
    assert (other.extensions or {})["cost"]["requested"] == 0
    invalid = await SEEN.execute("{ invoices { nope } }", context_value=Context())
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
def test_lacks_operation(query: str, name: str | None, lacking: bool) -> None:
    assert lacks_operation(query, name) is lacking


@pytest.mark.parametrize(
    ("query", "name", "subscription"),
    [
        ("{ a }", None, False),
        ("subscription { a }", None, True),
        ("subscription S { a } query Q { a }", "S", True),
        ("subscription S { a } query Q { a }", "Q", False),
        ("subscription S { a }", "T", False),
        ("subscription {", None, False),
    ],
)
def test_is_subscription(query: str, name: str | None, subscription: bool) -> None:
    assert is_subscription(query, name) is subscription
