"""Random valid queries over the whole graph find no error of ours, and no secret of others.

The generator is that of Schemathesis. What it makes is often beyond the limits; that is an answer.
"""

import json
import logging
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from graphql import (
    REMOVE,
    ArgumentNode,
    Node,
    ObjectFieldNode,
    StringValueNode,
    Visitor,
    build_schema,
    print_ast,
    visit,
)
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis_graphql import queries

from providers import REGISTRY
from resolvers.callers import RAW, Scope
from sandbox import goedgeplaatst, life_pay, smartpay, yandex_ofd, yume
from schema import sdl
from tests.conftest import Graph, Stages, Whole, answer, served_whole
from tests.server.test_authorization import (
    CALLERS,
    CARD_FIELDS,
    PERSONAL_FIELDS,
    SCOPES,
    SOURCES,
    caller,
    every,
    graph,
)

__all__ = ["graph"]  # a fixture

SCHEMA = build_schema(sdl())
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)
TEXTS = {
    "DateTime": ["2026-11-01T00:00:00Z", "2026-01-31T09:30:00+03:00", "0001-01-01T00:00:00Z"],
    "Decimal": ["0", "118.36", "-1", "9" * 40],
    "Date": ["2026-11-01"],
    "JSON": ["x"],
}
SCALARS = {
    name: st.sampled_from([StringValueNode(value=text) for text in texts])
    for name, texts in TEXTS.items()
}


GUESSED = {"first", "after", "last", "before", "sources", "cardLastFour", "ids"}


class Plausible(Visitor):
    """Leaves out arguments that are wrong unless they are known, so that rows are read too."""

    def enter_argument(self, node: ArgumentNode, *_: Any) -> Any:
        return REMOVE if node.name.value in GUESSED - {"ids"} else None

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> Any:
        return REMOVE if node.name.value in GUESSED else None


def plausible(document: Node) -> str:
    return print_ast(visit(document, Plausible()))


@examples(max_examples=120, deadline=None, suppress_health_check=SLOW)
@given(
    query=queries(SCHEMA, custom_scalars=SCALARS)
    | queries(SCHEMA, custom_scalars=SCALARS, print_ast=plausible)
)
def test_no_query_breaks_the_server(whole: Whole, query: str) -> None:
    response = whole.graph.http.post("/graphql", json={"query": query})
    told = answer(response)
    assert response.status_code == 200
    assert "INTERNAL_SERVER_ERROR" not in told.codes
    assert "GRAPHQL_VALIDATION_FAILED" not in told.codes
    assert told.data is not None or told.codes


# --- Random callers

PERIOD = 'filter: {from: "2026-11-01T00:00:00Z", to: "2026-11-08T00:00:00Z"}'
INFO = f"paymentInfo {{ {CARD_FIELDS} }}"
USER = f"user {{ {PERSONAL_FIELDS} companyName }}"
PARTS = [
    "sources { id name }",
    f"invoices(first: 30) {{ nodes {{ id details {{ ... on SmartpayInvoice {{ {INFO} }} }} }} }}",
    f"payments(first: 30) {{ nodes {{ details {{ ... on GoedgeplaatstPayment {{ {USER} }} }} }} }}",
    "payments(first: 20, filter: {providers: [SMARTPAY]}) { nodes { raw } }",
    "invoices(last: 20) { edges { cursor node { number raw payments { nodes { raw } } } } }",
    "payments(first: 20) { nodes { invoice { id raw source { name } } } totalCount }",
    f"salesAggregates(first: 3, {PERIOD}) {{ nodes {{ raw }} summary {{ sources {{ name }} }} }}",
    "exportTasks(first: 3) { nodes { id raw } sources { source { name } } }",
]


def asking(parts: Sequence[str]) -> str:
    return "{" + " ".join(f"f{at}: {part}" for at, part in enumerate(parts)) + "}"


def texts(value: Any) -> Iterator[str]:
    """Every text in a value that is long enough to be told from others."""
    if isinstance(value, str) and len(value) > 6:
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def found(data: Any, names: str) -> set[str]:
    fields = names.replace("{", " ").replace("}", " ").split()
    return {text for name in fields for value in every(data, name) for text in texts(value)}


@pytest.fixture(scope="module")
def secrets(graph: Graph) -> dict[str, set[str]]:
    """What only a scope shows, by the scope."""
    data = caller(graph, SCOPES).data(asking(PARTS))
    cards, people = found(data, CARD_FIELDS), found(data, PERSONAL_FIELDS)
    open_texts = found(data, "companyName id name cursor number")
    assert len(cards) > 10
    assert len(people) > 5
    shown = " ".join(open_texts)
    dates = re.compile(r"[0-9-]+")
    return {
        scope: {value for value in values if value not in shown and not dates.fullmatch(value)}
        for scope, values in ((Scope.CARD, cards), (Scope.PERSONAL, people))
    }


@examples(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(who=st.sampled_from(CALLERS), parts=st.lists(st.sampled_from(PARTS), min_size=1, max_size=5))
def test_nothing_beyond_the_grants_is_told_or_logged(
    graph: Graph,
    secrets: dict[str, set[str]],
    caplog: pytest.LogCaptureFixture,
    who: tuple[list[str], list[str]],
    parts: list[str],
) -> None:
    scopes, sources = who
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        told = caller(graph, scopes, sources).ask(asking(parts))
    assert set(told.codes) <= {"FORBIDDEN", "LIMIT_EXCEEDED"}  # that of the errors
    answered = json.dumps(told, ensure_ascii=False)
    for scope, values in secrets.items():
        assert not [value for value in values if value in caplog.text]
        if scope not in scopes:
            assert not [value for value in values if f'"{value}"' in answered]
    if not set(RAW) <= set(scopes):
        assert not any(every(told.data, "raw"))
    if sources != ["*"]:
        assert not [name for name in SOURCES if name in answered and name not in sources]


CREDENTIALS = (
    *(smartpay.TOKEN, yume.TOKEN, goedgeplaatst.KEY, yandex_ofd.YANDEX_KEY),
    *(yandex_ofd.OFD_KEY, life_pay.API_KEY),
)


@pytest.mark.parametrize("fault", [{}, {"status": 500}, {"status": 401}, {"malformed": "html"}])
def test_no_credential_is_told_or_logged(
    stages: Stages, caplog: pytest.LogCaptureFixture, fault: dict[str, Any]
) -> None:
    """Nor where upstreams fail: of a failure only its kind is known."""
    with served_whole(stages) as own, caplog.at_level(logging.DEBUG):
        for name in REGISTRY if fault else ():
            own.sandbox.put(f"/control/faults/{name}", json=fault).raise_for_status()
        told = own.graph.http.post("/graphql", json={"query": asking(PARTS)})
    assert ("errors" in told.json()) is bool(fault)
    assert not [each for each in CREDENTIALS if each in told.text or each in caplog.text]
