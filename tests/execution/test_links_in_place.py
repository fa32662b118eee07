"""Payments and invoices in each other's rows are read in place, and answered as by graphql-core."""

import json
from collections.abc import Sequence
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from execution.executor import CompiledExecutor
from providers.client import Source
from providers.errors import MalformedError
from providers.wire import Response
from resolvers import links
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from schema import invoice
from schema.invoice import Invoice
from schema.payment import Payment
from schema.scalars import SCALARS
from tests.conformance.test_providers import CASES, POISONS, Case
from tests.providers.reading import leaves, replaced

NO_UPSTREAM: Any = None
PAYMENT = "__typename id providerId status createdAt paidAt gross { amount currency }"
NESTED = f"""payments {{ nodes {{
  {PAYMENT} details {{ ... on SmartpayPayment {{ info {{ paymentId }} }} }}
  invoice {{ id number status payments {{ nodes {{ id invoice {{ number }} }} }} }}
}} }}"""
BESIDE = f"""
  id number total {{ amount }}
  {NESTED} counted: payments {{ totalCount nodes {{ id }} }}
  edges: payments {{ edges {{ node {{ status }} }} sources {{ status source {{ name }} }} }}
"""


@strawberry.type
class Query:
    """Rows as they are given."""

    invoices: list[Invoice | None]
    payments: list[Payment | None]


COMPILED, CORE = (
    strawberry.federation.Schema(
        Query, config=StrawberryConfig(scalar_map=SCALARS), execution_context_class=executor
    )
    for executor in (CompiledExecutor, StrawberryGraphQLCoreExecutionContext)
)


def of(name: str) -> Case:
    case = next(each.values[0] for each in CASES if each.id == name)
    assert isinstance(case, Case)
    return case


def rows_of(case: Case, body: bytes, *, settled: bool) -> Sequence[Any]:
    """Rows of an account whose invoices other payments may settle, or none."""
    origin = case.origin(body)
    origin.source = Source(case.provider, case.account, NO_UPSTREAM, settled=settled)
    rows = case.listing.page(Response(200, {}, body), origin).rows
    return [row for row in rows if row.present]


async def answer(
    schema: strawberry.Schema, query: str, rows: Sequence[Any], **variables: Any
) -> Any:
    context = Context((), Limits(), CursorCodec(b"of a test"))
    root = SimpleNamespace(invoices=rows, payments=rows)
    result = await schema.execute(query, variables, context, root)
    return result.data, [error.formatted for error in result.errors or ()]


async def assert_same(query: str, rows: Sequence[Any], **variables: Any) -> Any:
    """All of the rows as of graphql-core; the data."""
    compiled = await answer(COMPILED, query, rows, **variables)
    assert compiled == await answer(CORE, query, rows, **variables)
    return compiled[0]


LISTS = ["smartpay-invoices", "yume-invoices", "smartpay-payments", "goedgeplaatst-payments"]


def asked(name: str) -> str:
    if name.endswith("invoices"):
        return f"{{ invoices {{ {BESIDE} }} }}"
    return f"{{ payments {{ {PAYMENT} invoice {{ {BESIDE} }} }} }}"


@pytest.mark.parametrize("settled", [True, False])
@pytest.mark.parametrize("name", LISTS)
async def test_rows_as_documented(name: str, settled: bool) -> None:
    rows = rows_of(of(name), of(name).example, settled=settled)
    await assert_same(asked(name), [*rows] * 3)


@pytest.mark.parametrize("poison", [*POISONS, '""', "0", '"soon"', "{}", "[]", "null"])
@pytest.mark.parametrize("name", ["smartpay-invoices", "smartpay-payments"])
async def test_rows_with_one_bad_value(name: str, poison: str) -> None:
    case = of(name)
    example = json.loads(case.example)
    rows = list(
        rows_of(case, case.example, settled=False)
    )  # the first tells what the class is like
    value = POISONS.get(poison, poison.encode())
    places = [path for path, _ in leaves(example[case.listing.rows][:1])]
    for path in [*places, *{path[:2] for path in places}]:
        body = json.dumps(replaced(example, (case.listing.rows, *path), "@poison@")).encode()
        with suppress(MalformedError):  # such an answer is no page at all
            rows += rows_of(case, body.replace(b'"@poison@"', value), settled=False)[:1]
    await assert_same(asked(name), rows)


@pytest.mark.parametrize(
    "variables",
    [{}, {"n": None}, {"n": 0}, {"n": 1}, {"n": 7}, {"n": -1}, {"n": 101}, {"c": "no cursor"}],
    ids=str,
)
async def test_paging_arguments(variables: Any) -> None:
    query = f"""query ($n: Int, $c: String) {{ invoices {{
      number payments(first: $n, after: $c) {{ nodes {{ {PAYMENT} }} }}
      one: payments(first: 1) {{ nodes {{ id }} }} none: payments(last: 0) {{ nodes {{ id }} }}
    }} }}"""
    case = of("smartpay-invoices")
    await assert_same(query, rows_of(case, case.example, settled=False), **variables)


@pytest.mark.parametrize(
    ("settled", "arguments", "asks"),
    [
        (False, "", False),
        (False, "(first: 5)", False),
        (False, "(last: 1)", False),
        (False, "(first: 0)", True),
        (True, "", True),
    ],
)
async def test_the_resolver_is_asked_only_where_it_must_be(
    monkeypatch: pytest.MonkeyPatch, settled: bool, arguments: str, asks: bool
) -> None:
    case = of("smartpay-invoices")
    rows = [row for row in rows_of(case, case.example, settled=settled) if row.number]
    query = f"{{ invoices {{ payments{arguments} {{ nodes {{ id invoice {{ id }} }} }} }} }}"
    times: list[Any] = []

    def counted(*given: Any, **more: Any) -> Any:
        times.append(given)
        return links.own_payments_of(*given, **more)

    monkeypatch.setattr(invoice, "own_payments_of", counted)
    schema = strawberry.federation.Schema(
        Query,
        config=StrawberryConfig(scalar_map=SCALARS),
        execution_context_class=CompiledExecutor,
    )
    data, errors = await answer(schema, query, [rows[0]] * 20)
    assert not errors
    assert len(data["invoices"]) == 20
    assert len(times) == (20 if asks else 1)  # the first row tells what the class is like
