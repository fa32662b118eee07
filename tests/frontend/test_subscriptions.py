"""Live export tasks with the clients that frontends use: graphql-ws and graphql-sse."""

from typing import Any

import pytest

from tests.conftest import Graph, Whole
from tests.frontend.programs import output

QUERY = "subscription ($id: ID!) { exportTask(id: $id) { status progress } }"
BOTH = pytest.mark.parametrize("transport", ["ws", "sse"])
STATES = [("IN_PROGRESS", 10), ("IN_PROGRESS", 60), ("COMPLETED", 100)]


def subscribed(graph: Graph, transport: str, query: str, **others: Any) -> list[Any]:
    """All that is heard, by all subscribers together."""
    options = {"variables": {}, "times": 1, "moves": [], **others}
    url = f"{graph.address}/graphql"
    return output("subscribe.mjs", url=url, transport=transport, query=query, **options)


@BOTH
def test_many_hear_every_change_at_the_price_of_one(own_whole: Whole, transport: str) -> None:
    export_id = own_whole.export(status="InProgress", progress=10)
    address = own_whole.address_of(export_id)
    moves = [
        (address, {"status": "InProgress", "progress": 60}),
        (address, {"status": "Completed", "progress": 100}),
    ]
    with own_whole.counted() as calls:
        heard = subscribed(
            own_whole.graph, transport, QUERY, variables={"id": export_id}, times=5, moves=moves
        )
    shown = [line["next"]["data"]["exportTask"] for line in heard if "next" in line]
    assert sorted((task["status"], task["progress"]) for task in shown) == sorted(STATES * 5)
    assert heard.count({"complete": True}) == 5
    assert len(heard) == 20
    # One poll for all for each state, and some between if the clients took their time; alone each
    # subscriber would have caused three.
    assert calls.keys() == {"life_pay"}
    assert calls["life_pay"] < 15


@BOTH
def test_a_query_is_answered_too(graph: Graph, transport: str) -> None:
    heard = subscribed(graph, transport, "{ __typename }")
    assert heard == [{"next": {"data": {"__typename": "Query"}}}, {"complete": True}]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nope }", "GRAPHQL_VALIDATION_FAILED"),
        ('subscription { exportTask(id: "x") { id } }', "BAD_USER_INPUT"),
    ],
)
@BOTH
def test_what_is_wrong_is_told(graph: Graph, transport: str, query: str, code: str) -> None:
    heard = subscribed(graph, transport, query)
    if transport == "ws":
        ((error,),) = (line["error"] for line in heard)
    else:
        (error,) = heard[0]["next"]["errors"]
        assert heard[1:] == [{"complete": True}]
    assert error["extensions"]["code"] == code
