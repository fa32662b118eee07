"""The graph of this project gives the same answers compiled and by graphql-core."""

import asyncio
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest
from graphql.language import ast
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import queries
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from providers import client
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from sandbox.configuration import toml
from schema import build, sdl
from server.configuration import parse
from server.objects import EncodingExecutor
from server.settings import Settings
from server.sources import open_sources
from tests.conftest import NOW, Whole
from tests.execution.examples import assert_same

COMPILED = build(executor=EncodingExecutor)
CORE = build(executor=StrawberryGraphQLCoreExecutionContext)
MONEY = "{ amount currency }"
INVOICE = f"""
  __typename id providerId status createdAt total {MONEY} same: total {MONEY} raw
  source {{ ...named }}
  details {{
    __typename
    ... on YumeInvoice {{ items {{ price {MONEY} integration {{ tags extra }} }} }}
    ... on SmartpayInvoice {{ orgName paymentInfo {{ loyaltyInfo {{ changeRate }} }} }}
  }}
"""
OPERATIONS = {
    "all of a list": f"""
        query ($first: Int = 7, $with: Boolean = true, $without: Boolean = false) {{
          invoices(first: $first) {{
            edges {{ cursor node {{ {INVOICE} payments @include(if: $with) {{ totalCount }} }} }}
            pageInfo {{ endCursor @skip(if: $without) hasNextPage }}
            sources {{ status source {{ ...named }} error {{ code }} }}
          }}
        }}
        fragment named on Source {{ id name provider state }}
    """,
    "links": f"""{{
        payments(first: 9) {{
          nodes {{ gross {MONEY} invoice {{ id number payments {{ nodes {{ id }} }} }} }}
        }}
        invoices(first: 9) {{ nodes {{ payments {{ nodes {{ invoice {{ id }} }} }} }} }}
    }}""",
    "narrow lists": """{
        invoices(first: 60) {
          nodes { id details {
            __typename ... on SmartpayInvoice { language } ... on YumeInvoice { tenantId }
          } }
        }
        payments(first: 60) { edges { node { id status } } }
        again: invoices(first: 9) { nodes { number description } }
        filtered: invoices(first: 9, filter: {currencies: ["KZT"]}) { nodes { providerId } }
        late: invoices(first: 3) { nodes { raw status } }
    }""",
    "bad ids": '{ nodes(ids: ["x", "y"]) { id } node(id: "z") { id } one: sources { id } }',
    "sales": """{
        salesAggregates(
          filter: {from: "2026-01-01T00:00:00+03:00", to: "2026-12-01T00:00:00+03:00"}, first: 3
        ) { nodes { start end income { total { amount } } } summary { checks } totalCount }
    }""",
    "bad input": "{ invoices(first: -1) { totalCount } sources { name } }",
    "the schema itself": "{ __schema { queryType { name } } sources { name } }",
}


class Clock(datetime):
    """Stands still."""

    @classmethod
    def now(cls, _: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return NOW


@pytest.fixture(scope="module")
def configuration(whole: Whole) -> Settings:
    return parse(toml(str(whole.sandbox.base_url)), Path("pacioli.toml"), {})


async def compare(configuration: Settings, query: str, **variables: Any) -> None:
    results = []
    for graph in (CORE, COMPILED):
        async with open_sources(configuration) as sources:
            context = Context(sources, Limits(), CursorCodec(b"good for one test"))
            results.append(await graph.execute(query, variables, context))
    assert_same(results[1], results[0])


@pytest.mark.parametrize("query", OPERATIONS.values(), ids=list(OPERATIONS))
async def test_operations(
    configuration: Settings, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setattr(client, "datetime", Clock)
    await compare(configuration, query)


async def test_every_choice_of_variables(
    configuration: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "datetime", Clock)
    choices: list[dict[str, Any]] = [
        {"with": False, "without": True},
        {"with": True, "without": True, "first": None},
        {"first": "many"},
    ]
    for variables in choices:
        await compare(configuration, OPERATIONS["all of a list"], **variables)


async def test_a_dead_provider(
    configuration: Settings, whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "datetime", Clock)
    for name in ("yume", "goedgeplaatst"):
        whole.sandbox.put(f"/control/faults/{name}", json={"status": 503}).raise_for_status()
    try:
        await compare(configuration, OPERATIONS["all of a list"])
        await compare(configuration, OPERATIONS["links"])
    finally:
        for name in ("yume", "goedgeplaatst"):
            whole.sandbox.delete(f"/control/faults/{name}").raise_for_status()


@settings(deadline=None, max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    queries(
        sdl(),
        custom_scalars={
            "DateTime": st.sampled_from(["2026-11-01T00:00:00Z", "2025-01-01T00:00:00+03:00"]).map(
                lambda text: ast.StringValueNode(value=text)
            ),
            "Decimal": st.integers(0, 10**6).map(lambda n: ast.IntValueNode(value=str(n))),
            "Date": st.just(ast.StringValueNode(value="2026-01-31")),
            "JSON": st.just(ast.StringValueNode(value="x")),
        },
    )
)
def test_queries_at_random(configuration: Settings, query: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "datetime", Clock)
        asyncio.run(compare(configuration, query))
