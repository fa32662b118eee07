"""Payments and invoices in each other's rows are read in place, and answered as by graphql-core."""

import json
from collections.abc import Sequence
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

from execution.executor import CompiledExecutor
from providers.client import Source
from providers.errors import MalformedError
from providers.wire import Response
from resolvers import links
from resolvers.callers import NOBODY, TRUSTED, Caller
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from schema import invoice, payment
from schema.scalars import SCALARS
from tests.conformance.test_providers import CASES, POISONS, Case
from tests.execution.test_inlining import COMPILED, CORE, Query
from tests.providers.reading import leaves, replaced

NO_UPSTREAM: Any = None
PAYMENT = "__typename id providerId status createdAt paidAt gross { amount currency }"
SECRET = "details { ... on SmartpayPayment { info { maskedPan cardholder } } }"
NESTED = f"""payments {{ nodes {{
  {PAYMENT} raw {SECRET} more: details {{ ... on SmartpayPayment {{ info {{ paymentId }} }} }}
  invoice {{ id number status payments {{ nodes {{ id invoice {{ number }} }} }} }}
}} }}"""
BESIDE = f"""
  id number total {{ amount }}
  {NESTED} counted: payments {{ totalCount nodes {{ id }} }}
  edges: payments {{ edges {{ node {{ status }} }} sources {{ status source {{ name }} }} }}
"""


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
    schema: strawberry.Schema,
    query: str,
    rows: Sequence[Any],
    caller: Caller = TRUSTED,
    **variables: Any,
) -> Any:
    context = Context((), Limits(), CursorCodec(b"of a test"), caller=caller)
    root = SimpleNamespace(invoices=rows, payments=rows)
    result = await schema.execute(query, variables, context, root)
    return result.data, [error.formatted for error in result.errors or ()]


async def assert_same(
    query: str, rows: Sequence[Any], caller: Caller = TRUSTED, **variables: Any
) -> None:
    """All of the rows as of graphql-core."""
    compiled = await answer(COMPILED, query, rows, caller, **variables)
    assert compiled == await answer(CORE, query, rows, caller, **variables)


LEAST = {
    "smartpay-invoices": "{ invoices { payments { nodes { status } } } }",
    "smartpay-payments": "{ payments { invoice { status payments { totalCount } } } }",
}
LISTS = ["smartpay-invoices", "yume-invoices", "smartpay-payments", "goedgeplaatst-payments"]


def asked(name: str) -> str:
    if name.endswith("invoices"):
        return f"{{ invoices {{ {BESIDE} }} }}"
    return f"{{ payments {{ {PAYMENT} invoice {{ {BESIDE} }} }} }}"


@pytest.mark.parametrize("caller", [TRUSTED, NOBODY], ids=["trusted", "nobody"])
@pytest.mark.parametrize("settled", [True, False])
@pytest.mark.parametrize("name", LISTS)
async def test_rows_as_documented(name: str, settled: bool, caller: Caller) -> None:
    rows = rows_of(of(name), of(name).example, settled=settled)
    await assert_same(asked(name), [*rows] * 3, caller)


@pytest.mark.parametrize("caller", [TRUSTED, NOBODY], ids=["trusted", "nobody"])
@pytest.mark.parametrize(
    "fields",
    [
        "a: payments { nodes { providerId } } b: payments { nodes { status } }",
        f"a: payments {{ nodes {{ status }} }} b: payments {{ nodes {{ {SECRET} }} }}",
        f"payments {{ nodes {{ invoice {{ a: payments {{ nodes {{ status }} }} "
        f"b: payments {{ nodes {{ {SECRET} createdAt }} }} }} }} }}",
        "a: payments { totalCount } b: payments { nodes { id } } c: payments { totalCount }",
        "payments { nodes { raw invoice { raw number } } }",
        "payments(first: 1) { nodes { id } } none: payments(first: 0) { totalCount nodes { id } }",
        "payments { nodes { ...node } } } fragment node on Node { id ... on Payment { paidAt }",
    ],
)
async def test_lists_beside_each_other(fields: str, caller: Caller) -> None:
    case = of("smartpay-invoices")
    rows = rows_of(case, case.example, settled=False)
    await assert_same(f"{{ invoices {{ id {fields} }} }}", [*rows] * 2, caller)


async def test_what_fails_below_two_that_are_asked_is_told_twice() -> None:
    case = of("smartpay-invoices")
    example = json.loads(case.example)
    for row in example["invoices"]:
        row["amount_confirm"] = {"amount": 10**400}
    rows = rows_of(case, json.dumps(example).encode(), settled=True)
    gross = "nodes { gross { amount } }"
    query = f"{{ invoices {{ a: payments {{ {gross} }} b: payments {{ {gross} }} }} }}"
    await assert_same(query, [rows[0]] * 3)
    assert len((await answer(COMPILED, query, [rows[0]] * 3))[1]) == 6


@pytest.mark.parametrize("poison", [*POISONS, '""', "0", '"soon"', "{}", "[]", "null"])
@pytest.mark.parametrize("name", ["smartpay-invoices", "smartpay-payments"])
async def test_rows_with_one_bad_value(name: str, poison: str) -> None:
    case = of(name)
    example = json.loads(case.example)
    rows = list(rows_of(case, case.example, settled=False))  # by which the class gets its function
    value = POISONS.get(poison, poison.encode())
    places = [path for path, _ in leaves(example[case.listing.rows][:1])]
    for path in [*places, *{path[:2] for path in places}]:
        body = json.dumps(replaced(example, (case.listing.rows, *path), "@poison@")).encode()
        with suppress(MalformedError):  # such an answer is no page at all
            rows += rows_of(case, body.replace(b'"@poison@"', value), settled=False)[:1]
    for query in (asked(name), LEAST[name]):
        await assert_same(query, rows)


@pytest.mark.parametrize(
    "variables",
    [
        *({}, {"n": None}, {"n": 0}, {"n": 1}, {"n": 7}, {"n": -1}, {"n": 101}),
        *({"m": 1}, {"m": 0}, {"m": -1}, {"n": 1, "m": 1}, {"c": "no cursor"}),
        *({"b": "no cursor"}, {"b": None, "c": None}, {"n": "many"}),
    ],
    ids=str,
)
async def test_paging_arguments(variables: Any) -> None:
    query = f"""query ($n: Int, $m: Int, $c: String, $b: String) {{ invoices {{
      number payments(first: $n, after: $c, last: $m, before: $b) {{ nodes {{ {PAYMENT} }} }}
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
    query = f"{{ invoices {{ payments{arguments} {{ totalCount nodes {{ {PAYMENT} }} }} }} }}"
    times: list[Any] = []

    def counted(*given: Any, **more: Any) -> Any:
        times.append(given)
        return links.own_payments_of(*given, **more)

    async def found(*given: Any) -> Any:
        times.append(given)
        return await links.invoice_of(*given)

    monkeypatch.setattr(invoice, "own_payments_of", counted)
    monkeypatch.setattr(payment, "invoice_of", found)
    schema = strawberry.federation.Schema(
        Query,
        config=StrawberryConfig(scalar_map=SCALARS),
        execution_context_class=CompiledExecutor,
    )
    data, errors = await answer(schema, query, [rows[0]] * 20)
    assert not errors
    assert len(data["invoices"]) == 20
    assert len(times) == (20 if asks else 1)  # the first row tells what the class is like
    times.clear()
    paid = rows_of(of("smartpay-payments"), of("smartpay-payments").example, settled=settled)
    await answer(schema, "{ payments { invoice { number } } }", [paid[0]] * 20)
    assert len(times) == 1
