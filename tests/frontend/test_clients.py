"""The clients of frontends, and their tools, against a running server and its schema."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Graph, Whole
from tests.frontend.programs import HERE, install, needed, output

ROOT = HERE.parents[1]
SCHEMA = ROOT / "schema" / "schema.graphql"
RELAY = HERE / "clients" / "relay"
SIZE = 20
FILTER = {"createdFrom": "2026-11-10T00:00:00Z"}
PAGE = """
query ($filter: InvoiceFilter) {
  invoices(first: 100, filter: $filter) { nodes { id } pageInfo { hasNextPage } }
}
"""


@pytest.fixture(scope="module")
def expected(whole: Whole) -> Sequence[str]:
    """The ids of the list that the clients walk, read in one piece."""
    invoices = whole.graph.data(PAGE, filter=FILTER)["invoices"]
    ids = [node["id"] for node in invoices["nodes"]]
    assert not invoices["pageInfo"]["hasNextPage"]
    assert len(ids) > 2 * SIZE
    return ids


def walked(graph: Graph, script: str) -> Any:
    """What a client saw of the list."""
    (seen,) = output(script, url=f"{graph.address}/graphql", size=SIZE, filter=FILTER)
    return seen


@pytest.mark.parametrize("client", ["apollo", "urql"])
def test_a_client_with_its_own_pagination(
    whole: Whole, expected: Sequence[str], client: str
) -> None:
    seen = walked(whole.graph, f"clients/{client}.mjs")
    assert seen["ids"] == expected
    assert seen["pages"] == -(-len(expected) // SIZE)
    assert all(isinstance(amount, str) for amount in seen["amounts"])


@pytest.fixture(scope="module")
def compiled() -> Path:
    """What relay-compiler makes of the components, as far as it accepts schema and fragments."""
    needed("node")
    install()
    folder = RELAY / "__generated__"
    folder.mkdir(exist_ok=True)
    compiler = HERE / "node_modules" / "relay-compiler" / "cli.js"
    ran = subprocess.run(
        [str(needed("node")), str(compiler)],
        cwd=RELAY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return folder


def test_relay_makes_a_query_of_a_row_out_of_node(compiled: Path) -> None:
    query = (compiled / "invoicesRowQuery.graphql.js").read_text("utf-8")
    assert "node(id: $id)" in query


def test_relay_walks_both_ways_and_reads_a_row_again(
    whole: Whole, expected: Sequence[str], compiled: Path
) -> None:
    seen = walked(whole.graph, "clients/relay/walk.js")
    assert seen["ids"] == expected
    assert seen["pages"] == -(-len(expected) // SIZE)
    assert seen["backwards"] == expected
    assert seen["refetch"]["asked"] == ["invoicesRowQuery"]
    assert seen["refetch"]["status"]


def test_the_schema_keeps_the_rules_of_relay() -> None:
    (found,) = output("clients/lint.mjs", schema=str(SCHEMA))
    assert found == {"files": 1, "complaints": []}


def test_a_schema_that_breaks_the_rules_is_noticed(tmp_path: Path) -> None:
    broken = tmp_path / "schema.graphql"
    broken.write_text(
        SCHEMA.read_text("utf-8").replace("pageInfo: PageInfo!", "pageInfo: PageInfo")
    )
    (found,) = output("clients/lint.mjs", schema=str(broken))
    assert found["complaints"]


def test_operations_are_typed(tmp_path: Path) -> None:
    (found,) = output(
        "clients/types/codegen.mjs",
        schema=str(SCHEMA),
        documents=str(ROOT / "pages" / "graphiql" / "examples" / "*.graphql"),
        folder=str(tmp_path),
    )
    assert found["right"] == []
    assert any("'answer.invoices' is possibly 'null'" in line for line in found["wrong"])
