"""Real gateways before the server and a small orders service."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sandbox.configuration import toml
from schema import subgraph_sdl
from server.api_keys import hashed
from server.app import create_app
from server.configuration import parse
from tests.conftest import Graph, Stages, Whole, served_graph
from tests.node import Workspace

HERE = Path(__file__).parent
BOTH = pytest.mark.parametrize("gateway", ["apollo", "hive"])
KEY = "a key of thirty-two characters or more"
SBER = 'filter: { sources: ["sber-main"] }'
ROWS = f"{{ list: invoices(first: 30, {SBER}) {{ nodes {{ id providerId status }} }} }}"


def through(gateway: str, graph: Graph, query: str, **options: Any) -> list[Any]:
    """What a gateway answers, with what the server was asked for it."""
    return Workspace(HERE).output(
        "ask.mjs",
        gateway=gateway,
        url=f"{graph.address}/graphql",
        sdl=subgraph_sdl(),
        query=query,
        **{"known": [], "variables": {}, "headers": {}, **options},
    )


def orders(rows: Sequence[Mapping[str, Any]], source: str = "sber-main") -> list[dict[str, Any]]:
    return [
        {"id": str(at), "title": f"No. {at}", "source": source, "providerId": row["providerId"]}
        for at, row in enumerate(rows)
    ]


@BOTH
def test_from_orders_to_invoices_is_one_look_up(whole: Whole, gateway: str) -> None:
    rows = whole.graph.data(ROWS)["list"]["nodes"]
    query = "{ orders { title invoice { id status } } }"
    with whole.counted() as calls:
        (seen,) = through(gateway, whole.graph, query, known=orders(rows))
    assert seen["errors"] == []
    assert [each["invoice"] for each in seen["data"]["orders"]] == [
        {"id": row["id"], "status": row["status"]} for row in rows
    ]
    (asked,) = seen["asked"]
    assert "_entities" in asked["body"]
    assert calls == {"smartpay": 1}


@BOTH
def test_from_invoices_to_orders(whole: Whole, gateway: str) -> None:
    rows = whole.graph.data(ROWS)["list"]["nodes"][:2]
    query = f"{{ invoices(first: 2, {SBER}) {{ nodes {{ id orders {{ title }} }} }} }}"
    with whole.counted() as calls:
        (seen,) = through(gateway, whole.graph, query, known=orders(rows))
    assert seen["errors"] == []
    assert seen["data"]["invoices"]["nodes"] == [
        {"id": row["id"], "orders": [{"title": f"No. {at}"}]} for at, row in enumerate(rows)
    ]
    assert calls == {"smartpay": 1}


@BOTH
def test_what_is_wrong_with_one_entity_is_told_and_hurts_no_other(
    whole: Whole, gateway: str
) -> None:
    (row, *_) = whole.graph.data(ROWS)["list"]["nodes"]
    known = [*orders([row]), *orders([{"providerId": ""}])]
    query = "{ orders { invoice { status } } }"
    (seen,) = through(gateway, whole.graph, query, known=known)
    assert seen["data"]["orders"] == [
        {"invoice": {"status": row["status"]}},
        {"invoice": None},
    ]
    assert [error["extensions"]["code"] for error in seen["errors"]] == ["BAD_USER_INPUT"]


@BOTH
def test_a_dead_provider_takes_down_only_itself(own_whole: Whole, gateway: str) -> None:
    own_whole.sandbox.put("/control/faults/smartpay", json={"status": 503}).raise_for_status()
    query = """{
      invoices(first: 3) { nodes { source { name } } sources { source { name } status } }
      payments(first: 1, filter: { sources: ["sber-main"] }) { nodes { id } }
    }"""
    (seen,) = through(gateway, own_whole.graph, query)
    invoices = seen["data"]["invoices"]
    assert [node["source"]["name"] for node in invoices["nodes"]] == ["yume-rental"] * 3
    outcomes = {each["source"]["name"]: each["status"] for each in invoices["sources"]}
    assert outcomes == {"sber-main": "FAILED", "yume-rental": "OK"}
    assert seen["data"]["payments"] is None
    (error,) = seen["errors"]
    assert error["path"] == ["payments"]
    assert error["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert error["extensions"]["sources"] == [
        {"source": "sber-main", "code": "UPSTREAM_UNAVAILABLE"}
    ]


@BOTH
def test_what_the_caller_may_not_read_is_forbidden(
    whole: Whole, stages: Stages, gateway: str
) -> None:
    text = f"""
    [[auth.api_keys]]
    name = "frontend"
    hash = "{hashed(KEY)}"
    sources = ["*"]
    {toml(str(whole.sandbox.base_url))}
    """
    app = create_app(parse(text, Path("pacioli.toml"), {}))
    query = f"{{ invoices(first: 1, {SBER}) {{ nodes {{ status raw }} }} }}"
    with served_graph(stages, app) as locked:
        (seen,) = through(gateway, locked, query, headers={"authorization": f"Bearer {KEY}"})
    (node,) = seen["data"]["invoices"]["nodes"]
    assert node["status"]
    assert node["raw"] is None
    (error,) = seen["errors"]
    assert error["path"] == ["invoices", "nodes", 0, "raw"]
    assert error["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize("socket", [True, False], ids=["WebSocket", "events"])
def test_changes_come_through_hive(own_whole: Whole, socket: bool) -> None:
    export_id = own_whole.export(status="InProgress", progress=11)
    seen = through(
        "hive",
        own_whole.graph,
        "subscription ($id: ID!) { exportTask(id: $id) { status progress } }",
        variables={"id": export_id},
        socket=socket,
        moves=[(own_whole.address_of(export_id), {"status": "Completed", "progress": 100})],
    )
    assert [(each["data"]["exportTask"], each["errors"]) for each in seen] == [
        ({"status": "IN_PROGRESS", "progress": 11}, []),
        ({"status": "COMPLETED", "progress": 100}, []),
    ]
