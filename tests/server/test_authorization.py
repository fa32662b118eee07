"""What a caller sees: its sources as if there were no others, its scopes' fields and no more."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from strawberry.federation import Schema

from resolvers.callers import RAW, Scope
from resolvers.identifiers import GlobalId
from sandbox.app import create_app as create_sandbox
from sandbox.configuration import toml
from schema.query import Query
from schema.scalars import SCALARS
from server.api_keys import hashed
from server.app import create_app
from server.configuration import parse
from tests.conftest import NOW, Answer, Graph, Stages, answer, served_graph

SOURCES = ("sber-main", "yume-rental", "goed-payments", "ofd-shops", "life-reports")
SCOPES = tuple(scope.value for scope in Scope)
CARD_FIELDS = "maskedPan cardExpiry cardholder deviceInfo { model }"
PERSONAL_FIELDS = (
    "firstName lastName gender dateOfBirth address houseNumber postalCode city county country "
    "email website phone fax cellular"
)
OPEN_FIELDS = "userId clientId externalUserId companyName"


class Caller(NamedTuple):
    """A client with a key of its own."""

    graph: Graph
    key: str

    def ask(self, query: str, **variables: Any) -> Answer:
        body = {"query": query, "variables": variables}
        headers = {"Authorization": f"Bearer {self.key}"}
        return answer(self.graph.http.post("/graphql", json=body, headers=headers))

    def data(self, query: str, **variables: Any) -> Any:
        told = self.ask(query, **variables)
        assert (told.status, told.errors) == (200, ())
        return told.data


def key_of(scopes: Sequence[str], sources: Sequence[str]) -> str:
    """The key of the caller that has just these."""
    return " ".join((*sorted(map(str, scopes)), "|", *sorted(sources))).replace(" ", ",")


def subsets(names: Sequence[str]) -> list[list[str]]:
    return [
        [name for at, name in enumerate(names) if number >> at & 1]
        for number in range(2 ** len(names))
    ]


CALLERS = [
    *((scopes, ["*"]) for scopes in subsets(SCOPES)),
    *(([], sources) for sources in subsets(SOURCES)),
    *(([*SCOPES], sources) for sources in subsets(SOURCES)),
]


@contextmanager
def served_callers(
    stages: Stages,
    limits: Mapping[str, int] | None = None,
    cache: str | None = None,
    **of_each_source: object,
) -> Iterator[Graph]:
    """A server over a whole sandbox, with a key for each set of sources and of scopes."""
    keys = {key_of(*each): each for each in CALLERS}
    with stages.show(create_sandbox(now=NOW)) as address:
        more = "".join(f"{key} = {json.dumps(value)}\n" for key, value in of_each_source.items())
        sources = toml(address).replace("[[sources]]\n", f"[[sources]]\n{more}")
        text = '[server]\ncursor_secret = "good for one test"\n[server.limits]\n'
        text += "".join(f"{key} = {value}\n" for key, value in (limits or {}).items())
        text += (f'[cache]\nurl = "{cache}"\n' if cache else "") + sources
        for number, (key, (scopes, names)) in enumerate(keys.items()):
            text += f'\n[[auth.api_keys]]\nname = "{number}"\nhash = "{hashed(key)}"\n'
            text += f"scopes = {json.dumps(scopes)}\nsources = {json.dumps(names)}\n"
        app = create_app(parse(text, Path("pacioli.toml"), {}))
        with served_graph(stages, app) as client:
            yield client


@pytest.fixture(scope="module")
def graph(stages: Stages) -> Iterator[Graph]:
    with served_callers(stages) as client:
        yield client


@pytest.fixture(scope="module")
def whole(graph: Graph) -> Caller:
    """Who may read everything."""
    return caller(graph, SCOPES)


def caller(graph: Graph, scopes: Sequence[str] = (), sources: Sequence[str] = ("*",)) -> Caller:
    return Caller(graph, key_of(scopes, sources))


def every(value: Any, name: str) -> Iterator[Any]:
    """Each value under a name, anywhere in an answer."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == name:
                yield inner
            yield from every(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from every(inner, name)


# --- Sources

EVERYWHERE = """{
  sources { name }
  invoices(first: 40) { totalCount nodes { source { name } payments { nodes { source { name } }
    sources { source { name } } } } sources { source { name } } }
  payments(first: 100) { nodes { source { name } invoice { source { name } } }
    sources { source { name } } }
  salesAggregates(first: 3, filter: {from: "2026-11-01T00:00:00Z", to: "2026-11-08T00:00:00Z"}) {
    totalCount nodes { source { name } } summary { sources { name } } sources { source { name } } }
  exportTasks(first: 3) { totalCount nodes { source { name } } sources { source { name } } }
}"""


@examples(max_examples=20, deadline=None)
@given(sources=st.sampled_from(subsets(SOURCES)), scopes=st.sampled_from([(), SCOPES]))
def test_no_other_source_is_anywhere_in_an_answer(
    graph: Graph, sources: list[str], scopes: Sequence[str]
) -> None:
    data = caller(graph, scopes, sources).data(EVERYWHERE)
    assert [each["name"] for each in data["sources"]] == [s for s in SOURCES if s in sources]
    assert set(every(data, "name")) <= set(sources)
    text = json.dumps(data)
    assert not [name for name in SOURCES if name in text and name not in sources]


def test_totals_are_of_the_callers_sources(graph: Graph, whole: Caller) -> None:
    query = "{ invoices { totalCount } }"
    one, other = (
        caller(graph, (), [name]).data(query)["invoices"]["totalCount"]
        for name in ("sber-main", "yume-rental")
    )
    assert one + other == whole.data(query)["invoices"]["totalCount"]
    assert caller(graph, (), ["ofd-shops"]).data(query)["invoices"]["totalCount"] == 0


def test_a_source_that_is_not_the_callers_is_as_unknown(graph: Graph) -> None:
    mine = caller(graph, (), ["yume-rental"])
    query = "query ($s: [String!]) { invoices(filter: {sources: $s}) { totalCount } }"
    forbidden = mine.ask(query, s=["sber-main"])
    unknown = mine.ask(query, s=["sber-mein"])
    assert forbidden.codes == unknown.codes == ["BAD_USER_INPUT"]
    assert forbidden.errors[0]["message"].replace("main", "mein") == unknown.errors[0]["message"]


IDS = """{ sources { id } invoices(first: 5) { nodes { id } } payments(first: 5) { nodes { id } }
  salesAggregates(first: 1, filter: {from: "2026-11-01T00:00:00Z", to: "2026-11-08T00:00:00Z"}) {
    nodes { id } } exportTasks(first: 2) { nodes { id } } }"""


def test_an_id_of_another_source_is_as_unknown(graph: Graph, whole: Caller) -> None:
    ids = list(every(whole.data(IDS), "id"))
    assert len(ids) > 12
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert caller(graph, SCOPES, []).data(query, ids=ids)["nodes"] == [None] * len(ids)
    for name in SOURCES:
        found = caller(graph, SCOPES, [name]).data(query, ids=ids)["nodes"]
        own = [f":{name}" in _told(text) for text in ids]
        assert [node is not None for node in found] == own
        assert any(own)


def _told(text: str) -> str:
    from resolvers.identifiers import parse as parts  # noqa: PLC0415

    return f":{parts(text, 'id').source}"


@pytest.mark.parametrize("name", ["sber-main", "sber-mein"])
def test_a_forged_id_finds_nothing(graph: Graph, name: str) -> None:
    forged = str(GlobalId("Invoice", name, "2026-11-20", "1"))
    mine = caller(graph, SCOPES, ["yume-rental"])
    for field in ("invoice", "node"):
        assert mine.data(f"query ($id: ID!) {{ {field}(id: $id) {{ id }} }}", id=forged) == {
            field: None
        }


def test_another_callers_cursor_gives_the_callers_rows(graph: Graph, whole: Caller) -> None:
    query = """query ($first: Int!, $after: String) { invoices(first: $first, after: $after) {
      nodes { id createdAt source { name } } pageInfo { endCursor } } }"""
    cursor = whole.data(query, first=30)["invoices"]["pageInfo"]["endCursor"]
    rest = whole.data(query, first=100, after=cursor)["invoices"]["nodes"]
    mine = caller(graph, (), ["yume-rental"]).data(query, first=20, after=cursor)["invoices"]
    own = [node for node in rest if node["source"]["name"] == "yume-rental"]
    assert mine["nodes"] == own[:20]
    nothing = caller(graph, (), ["ofd-shops"]).data(query, first=20, after=cursor)["invoices"]
    assert nothing == {"nodes": [], "pageInfo": {"endCursor": cursor}}


def test_a_forged_cursor_is_refused(graph: Graph, whole: Caller) -> None:
    query = "query ($after: String) { invoices(after: $after) { pageInfo { endCursor } } }"
    cursor = whole.data(query)["invoices"]["pageInfo"]["endCursor"]
    for at in range(0, len(cursor), 7):
        forged = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        assert whole.ask(query, after=forged).codes == ["BAD_USER_INPUT"]


def test_references_end_at_the_callers_sources(graph: Graph, whole: Caller) -> None:
    settled = """{ payments(first: 100, filter: {providers: [GOEDGEPLAATST]}) {
      nodes { invoice { source { name } } } } }"""
    assert set(every(whole.data(settled), "name")) == {"sber-main"}
    alone = caller(graph, SCOPES, ["goed-payments"]).data(settled)
    assert set(map(str, every(alone, "invoice"))) == {"None"}


# --- Scopes


def forbidden(told: Answer) -> set[str]:
    """The fields that were refused, each of them null."""
    for error in told.errors:
        assert error["extensions"] == {"code": "FORBIDDEN"}
        value = told.data
        for step in error["path"]:
            value = value[step]
        assert value is None
    return {error["path"][-1] for error in told.errors}


CARDS = f"""{{ invoices(first: 10, filter: {{sources: ["sber-main"], statuses: [PAID]}}) {{ nodes {{
  details {{ ... on SmartpayInvoice {{ paymentInfo {{ paymentSystem {CARD_FIELDS} }} }} }} }}
  }} }}"""
PEOPLE = f"""{{ payments(first: 10, filter: {{sources: ["goed-payments"]}}) {{ nodes {{ details {{
  ... on GoedgeplaatstPayment {{ user {{ {OPEN_FIELDS} {PERSONAL_FIELDS} }} }} }} }} }} }}"""
RAW_ROWS = """{ invoices(first: 2) { nodes { raw } } payments(first: 2) { nodes { raw } }
  salesAggregates(first: 2, filter: {from: "2026-11-01T00:00:00Z", to: "2026-11-08T00:00:00Z"}) {
  nodes { raw } } exportTasks(first: 2) { nodes { raw } } }"""


@pytest.mark.parametrize("scopes", subsets(SCOPES), ids=str)
def test_fields_are_for_those_with_the_scope(graph: Graph, scopes: list[str]) -> None:
    mine = caller(graph, scopes)
    cards = {"maskedPan", "cardExpiry", "cardholder", "deviceInfo"}
    assert forbidden(mine.ask(CARDS)) == (set() if Scope.CARD in scopes else cards)
    people = set(PERSONAL_FIELDS.split())
    assert forbidden(mine.ask(PEOPLE)) == (set() if Scope.PERSONAL in scopes else people)
    raw = set() if set(RAW) <= set(scopes) else {"raw"}
    told = mine.ask(RAW_ROWS)
    assert forbidden(told) == raw
    assert len(told.errors) == 8 * len(raw)


def test_what_needs_no_scope_is_shown(graph: Graph) -> None:
    mine = caller(graph)
    assert any(every(mine.ask(CARDS).data, "paymentSystem"))
    assert any(every(mine.ask(PEOPLE).data, "companyName"))


def test_every_row_has_its_error(graph: Graph) -> None:
    query = "{ invoices(first: 100) { nodes { raw } } }"
    told = caller(graph).ask(query)
    assert [error["path"] for error in told.errors] == [
        ["invoices", "nodes", at, "raw"] for at in range(100)
    ]


def test_a_refused_value_is_nowhere_else(graph: Graph, whole: Caller) -> None:
    """Under an alias, through a payment, by a fragment: the same field is the same refusal."""
    query = f"""{{ payments(first: 20, filter: {{providers: [SMARTPAY]}}) {{ nodes {{ id
      details {{ ...D }} again: details {{ ...D }} invoice {{ details {{ ... on SmartpayInvoice {{
      paymentInfo {{ pan: maskedPan }} }} }} }} }} }} }}
      fragment D on SmartpayPayment {{ info {{ {CARD_FIELDS} holder: cardholder }} }}"""
    names = ("maskedPan", "pan", "cardholder", "holder", "cardExpiry", "model")
    known = {value for name in names for value in every(whole.data(query), name) if value}
    assert len(known) > 5
    text = json.dumps(caller(graph, [Scope.PERSONAL]).ask(query).data)
    assert not [value for value in known if f'"{value}"' in text]


@pytest.mark.parametrize("digits", ["1111", "0000", "x"])
def test_a_filter_by_card_is_refused(graph: Graph, digits: str) -> None:
    query = "query ($f: InvoiceFilter) { invoices(filter: $f) { totalCount nodes { id } } }"
    told = caller(graph, [Scope.PERSONAL]).ask(query, f={"cardLastFour": digits})
    assert (told.data, told.codes) == ({"invoices": None}, ["FORBIDDEN"])
    assert told.errors[0]["message"] == "filter.cardLastFour needs the scope card:read"
    assert not caller(graph).ask(query, f={"cardLastFour": None}).errors


def test_a_filter_by_card_with_the_scope(graph: Graph) -> None:
    query = '{ invoices(filter: {cardLastFour: "1111"}) { nodes { id } } }'
    assert caller(graph, [Scope.CARD]).data(query)["invoices"]["nodes"] is not None


def test_a_gateway_is_told_the_scopes() -> None:
    printed = Schema(Query, config=_config(), federation_version="2.9").as_str()
    lines = {line.strip().partition(" @requiresScopes")[::2] for line in printed.splitlines()}
    told: Mapping[str, str] = {field: rest for field, rest in lines if rest}
    raw = '(scopes: [["raw:read", "card:read", "personal:read"]])'
    assert told["raw: JSON"] == raw
    assert told["maskedPan: String"] == '(scopes: [["card:read"]])'
    assert told["deviceInfo: SmartpayDeviceInfo"] == '(scopes: [["card:read"]])'
    assert told["email: String"] == '(scopes: [["personal:read"]])'
    assert len(told) == 1 + 4 + 15


def _config() -> Any:
    from strawberry.schema.config import StrawberryConfig  # noqa: PLC0415

    return StrawberryConfig(scalar_map=SCALARS)
