"""Limits: what each refuses, and that frontends do not meet them."""

from typing import Any

import msgspec
import pytest
from graphql import get_introspection_query, parse

from schema import build
from server.limits import excess, refusal, ruler, too_many_values
from server.settings import Limits

SCHEMA = build()._schema
CHAIN = "{ a: __typename ...F0 } fragment F0 on Query { ...F1 } fragment F1 on Query { __typename }"


def exceeded(text: str, **limits: int) -> dict[str, Any] | None:
    chosen = Limits(**limits)
    document = parse(text)
    error = excess(document, ruler(SCHEMA, document, chosen), chosen)
    return None if error is None else error.extensions


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("max_tokens", "{ a b c }", 5),
        ("max_name_length", "query ($abcdefg: Int) { abc: a }", 7),
        ("max_fragments", CHAIN, 2),
        ("max_directives", "{ a @x @x @x }", 3),
        ("max_depth", "{ a { b { c } } }", 3),
        ("max_root_fields", "{ a b ...F } fragment F on Query { c d }", 4),
        ("max_aliases", "{ a: a b: b { c: c } }", 3),
        ("max_fields", "{ a b { c } }", 3),
        ("max_introspection", "{ __schema { types { name } } }", len(SCHEMA.type_map) * 2 + 1),
        ("max_cost", "{ invoices(first: 5) { totalCount } }", 6),
        ("max_overlaps", "{ a a a }", 3),
    ],
)
def test_a_refusal_says_limit_value_and_key(key: str, text: str, value: int) -> None:
    assert exceeded(text, **{key: value}) is None
    told = {"code": "LIMIT_EXCEEDED", "key": key, "limit": value - 1, "value": value}
    assert exceeded(text, **{key: value - 1}) == told


def test_every_limit_of_a_document_has_a_key() -> None:
    keys = {field.name for field in msgspec.structs.fields(Limits)}
    assert {"max_body_bytes", "max_errors", "max_ids", "max_upstream_calls"} <= keys


@pytest.mark.parametrize(
    ("variables", "count"),
    [
        (None, 0),
        ({}, 0),
        ({"a": 1}, 1),
        ({"a": [1, [2, 3]], "b": {"c": None}}, 7),
    ],
)
def test_values_of_variables(variables: Any, count: int) -> None:
    assert too_many_values(variables, Limits(max_variable_values=max(count, 1))) is None
    if count > 1:
        error = too_many_values(variables, Limits(max_variable_values=count - 1))
        assert error is not None
        assert error.extensions["value"] == count
        assert refusal(error).extensions == error.extensions


FULL = """nodes { id source { id name provider state lastSuccessAt lastError { code message } }
  fetchedAt providerId number status providerStatus description createdAt currency
  total { amount currency } captured { amount currency } refunded { amount currency } raw details {
  ... on SmartpayInvoice { a: amountCreated { amount } paymentInfo { deviceInfo { model } } }
  ... on YumeInvoice { items { integration { name } variant { code } } } } %s }
  pageInfo { hasNextPage endCursor } totalCount sources { source { name } status }"""
PAYMENTS = "payments { nodes { id gross { amount } details { __typename } } totalCount }"
USUAL = {
    "introspection": get_introspection_query(),
    "100 rows": f"{{ invoices(first: 100) {{ {FULL % ''} }} }}",
    "as a variable": f"query ($n: Int) {{ invoices(first: $n) {{ {FULL % PAYMENTS} }} }}",
    "60 with payments": f"{{ invoices(first: 60) {{ {FULL % PAYMENTS} }} }}",
    "100 payments each": "{ invoices(first: 100) { nodes { payments(first: 100) { id } } } }",
    "60 with invoice": (
        "{ payments(first: 60) { nodes { id invoice { id number details { __typename } } } } }"
    ),
    "a dashboard": " ".join(
        ("{", *(f"c{i}: invoices(first: 10) {{ {FULL % ''} }}" for i in range(20)), "}")
    ),
    "components": "{ invoices { nodes { "
    + " ".join(f"...C{i}" for i in range(60))
    + " } } }"
    + " ".join(f"fragment C{i} on Invoice {{ id number }}" for i in range(60)),
}


@pytest.mark.parametrize("name", USUAL)
def test_frontends_do_not_meet_the_limits(name: str) -> None:
    assert exceeded(USUAL[name]) is None


ALL = "__schema { types { fields { name args { name } type { kind name } } } }"
TYPES = "fragment T on __Schema { types {" + "".join(f"a{i}: name " for i in range(400)) + "} }"
DEEP = "invoices(first: 100) { nodes { payments(first: 100) { nodes { invoice { "


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("max_cost", "{" + DEEP + "payments { nodes { id } } } } } } } }"),
        ("max_cost", "{" + "".join(f"a{i}: {DEEP} id }} }} }} }} }}" for i in range(3)) + "}"),
        ("max_root_fields", "{" + "__typename " * 501 + "}"),
        ("max_aliases", "{ sources {" + "".join(f"a{i}: name " for i in range(501)) + "} }"),
        ("max_directives", "{ __typename " + "@aa" * 10 + "}"),
        ("max_depth", "{ a " * 21 + "}" * 21),
        ("max_overlaps", "{ sources {" + "name " * 200 + "} }"),
        ("max_introspection", "{" + "".join(f"a{i}: {ALL}" for i in range(20)) + "}"),
        ("max_introspection", "{ __schema { ...T } } " + TYPES),
        ("max_name_length", "{" + "a" * 256 + "}"),
        ("max_fields", "{ sources {" + "id name " * 1001 + "} }"),
    ],
)
def test_attackers_do(key: str, text: str) -> None:
    told = exceeded(text)
    assert told is not None
    assert told["key"] == key
