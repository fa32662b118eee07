"""Traces, read by what Apollo reads them with."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sandbox.configuration import toml
from server.api_keys import hashed
from server.app import create_app
from server.configuration import parse
from tests.conftest import Stages, Whole, served_graph
from tests.federation.test_gateways import KEY, through
from tests.node import Workspace

HERE = Path(__file__).parent
ASKED = {"apollo-federation-include-trace": "ftv1"}
Node = Mapping[str, Any]


def read(ftv1: str) -> Mapping[str, Any]:
    (trace,) = Workspace(HERE).output("trace.mjs", ftv1=ftv1)
    assert isinstance(trace, dict)
    return trace


def below(node: Node, *path: str | int) -> Node:
    for step in path:
        name = "index" if isinstance(step, int) else "responseName"
        (node,) = (each for each in node["child"] if each.get(name) == step)
    return node


def every(node: Node) -> Iterator[Node]:
    yield node
    for child in node.get("child", ()):
        yield from every(child)


def test_apollo_reads_a_trace(whole: Whole) -> None:
    query = """{
      list: invoices(first: 2) { nodes { id state: status total { amount } __typename } }
      node(id: "none of ours") { id }
    }"""
    response = whole.graph.http.post("/graphql", json={"query": query}, headers=ASKED)
    trace = read(response.json()["extensions"]["ftv1"])
    root = trace["root"]
    assert {each["responseName"] for each in root["child"]} == {"list", "node"}
    listed = below(root, "list")
    assert (listed["originalFieldName"], listed["type"], listed["parentType"]) == (
        "invoices",
        "InvoiceConnection",
        "Query",
    )
    for at in (0, 1):
        state = below(listed, "nodes", at, "state")
        assert (state["originalFieldName"], state["type"]) == ("status", "InvoiceStatus!")
        assert "originalFieldName" not in below(listed, "nodes", at, "id")
        assert below(listed, "nodes", at, "total", "amount")["parentType"] == "Money"
    (error,) = below(root, "node")["error"]
    assert error["message"] == "<masked>"
    assert error["location"] == [{"line": 3, "column": 7}]
    assert "BAD_USER_INPUT" in error["json"]
    assert not any("error" in each for each in every(listed))
    fields = [each for each in every(root) if "responseName" in each]
    assert all(each["startTime"] <= each["endTime"] <= trace["durationNs"] for each in fields)
    lasted = trace["endTime"]["seconds"] - trace["startTime"]["seconds"]
    assert 0 <= lasted <= trace["durationNs"] / 1e9 + 1


def test_a_gateway_reads_the_traces_that_it_asks_for(whole: Whole) -> None:
    rows = "{ invoices(first: 2) { nodes { many: orders { title } } } }"
    (seen,) = through("apollo", whole.graph, rows, traces=True)
    assert seen["errors"] == []
    fetch, flatten = (
        next(iter(each.values())) for each in seen["extensions"]["trace"]["sequence"]["nodes"]
    )
    assert fetch["serviceName"] == "pacioli"
    assert not fetch.get("traceParsingFailed")
    (field,) = fetch["trace"]["root"]["child"]
    assert (field["responseName"], field["type"]) == ("invoices", "InvoiceConnection")
    assert flatten["node"]["fetch"]["serviceName"] == "orders"


def test_entities_are_traced(whole: Whole) -> None:
    (row,) = whole.graph.data("{ invoices(first: 1) { nodes { __typename id } } }")["invoices"][
        "nodes"
    ]
    query = (
        "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Invoice { s: status } } }"
    )
    body = {"query": query, "variables": {"r": [row, {"__typename": "Invoice"}]}}
    response = whole.graph.http.post("/graphql", json=body, headers=ASKED)
    entities = below(read(response.json()["extensions"]["ftv1"])["root"], "_entities")
    status = below(entities, 0, "s")
    assert (status["originalFieldName"], status["parentType"]) == ("status", "Invoice")
    assert len(below(entities, 1)["error"]) == 1


def test_traces_hold_nothing_of_the_answer(whole: Whole, stages: Stages) -> None:
    text = f"""
    [server]
    inline_traces = true
    [[auth.api_keys]]
    name = "gateway"
    hash = "{hashed(KEY)}"
    sources = ["*"]
    {toml(str(whole.sandbox.base_url))}
    """
    query = (
        "query ($id: ID!) { invoices(first: 1) { nodes { providerId raw } } node(id: $id) { id } }"
    )
    body = {"query": query, "variables": {"id": "a secret of the client"}}
    headers = {**ASKED, "Authorization": f"Bearer {KEY}"}
    app = create_app(parse(text, Path("pacioli.toml"), {}))
    with served_graph(stages, app) as locked:
        response = locked.http.post("/graphql", json=body, headers=headers)
    answer = response.json()
    shown = str(read(answer["extensions"]["ftv1"]))
    assert "FORBIDDEN" in shown
    (node,) = answer["data"]["invoices"]["nodes"]
    told = [node["providerId"], "a secret", KEY, *(error["message"] for error in answer["errors"])]
    assert [each for each in told if each in shown] == []
