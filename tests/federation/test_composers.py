"""The subgraph among others, composed by those that gateways compose with."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from graphql import build_schema

from schema import subgraph_sdl
from tests.node import Workspace

HERE = Path(__file__).parent
OTHERS = {path.stem: path.read_text("utf-8") for path in (HERE / "subgraphs").glob("*.graphql")}


def supergraphs(subgraphs: Mapping[str, str]) -> Mapping[str, str]:
    """What each composer makes of the subgraphs."""
    composed = Workspace(HERE).output("compose.mjs", subgraphs=subgraphs)
    assert [(each["composer"], each["mistakes"]) for each in composed] == [
        ("apollo", []),
        ("guild", []),
    ]
    return {each["composer"]: each["supergraph"] for each in composed}


@pytest.mark.parametrize("scopes", [False, True])
@pytest.mark.parametrize(
    "names",
    [
        ["pacioli"],
        ["pacioli", "orders"],
        ["orders", "pacioli"],
        ["pacioli", "relay"],
        ["relay", "pacioli", "orders"],
    ],
    ids="+".join,
)
def test_it_composes(names: list[str], scopes: bool) -> None:
    known = {"pacioli": subgraph_sdl(scopes=scopes), **OTHERS}
    for supergraph in supergraphs({name: known[name] for name in names}).values():
        schema = build_schema(supergraph, assume_valid=True)
        invoice = schema.type_map["Invoice"]
        assert ("orders" in invoice.fields) is ("orders" in names)  # type: ignore[attr-defined]
        assert ("@requiresScopes" in supergraph) is scopes


def test_a_subgraph_that_does_not_fit_is_noticed() -> None:
    clash = 'type Query { x: Int } type Invoice @key(fields: "id") { id: ID! status: Int }'
    link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key"])'
    composed = Workspace(HERE).output(
        "compose.mjs", subgraphs={"pacioli": subgraph_sdl(), "clash": f"{link} {clash}"}
    )
    assert all(any("Invoice.status" in each for each in one["mistakes"]) for one in composed)
