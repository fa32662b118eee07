"""Real gateways before the server and a small orders service."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from schema import subgraph_sdl
from tests.conftest import Graph, Whole
from tests.node import Workspace

HERE = Path(__file__).parent
BOTH = pytest.mark.parametrize("gateway", ["apollo", "hive"])
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
    assert "_entities" in asked["query"]
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
    known = [*orders([row]), *orders([{"providerId": ""}]), *orders([row], "no-such-source")]
    query = "{ orders { invoice { status } } }"
    (seen,) = through(gateway, whole.graph, query, known=known)
    assert seen["data"]["orders"] == [
        {"invoice": {"status": row["status"]}},
        {"invoice": None},
        {"invoice": None},
    ]
    assert [error["extensions"]["code"] for error in seen["errors"]] == ["BAD_USER_INPUT"]
