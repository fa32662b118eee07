"""Documents: what is kept of them, and which mistakes are found in them."""

import gc
import weakref
from typing import Any

import pytest
from graphql import GraphQLError

from schema import build
from server import documents
from server.documents import (
    Documents,
    UnseenDocuments,
    is_ambiguous,
    is_subscription,
    lacks_operation,
)

SEEN, UNSEEN = build([Documents]), build([UnseenDocuments])


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


@pytest.mark.parametrize("query", ["{", "{ a(b: [[[) }", "{" + "a " * documents.MAX_TOKENS + "}"])
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


async def test_a_document_is_parsed_and_validated_once() -> None:
    query = "{ __typename # once\n }"
    parsed, validated = documents._parsed.cache_info(), documents._mistakes.cache_info()
    for _ in range(3):
        assert await errors(SEEN, query) == []
    assert documents._mistakes.cache_info().misses == validated.misses + 1
    assert documents._parsed.cache_info().misses == parsed.misses + 1


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
