"""GraphQL over HTTP to the letter: the audit of the reference implementation."""

from tests.conftest import Graph
from tests.frontend.programs import output


def test_every_check_passes_without_a_warning(graph: Graph) -> None:
    checks = output("audit.mjs", url=f"{graph.address}/graphql")
    assert len(checks) == 61
    assert [check for check in checks if check["status"] != "ok"] == []
