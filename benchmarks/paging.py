"""What depth costs: pages of a list of a million rows, at its beginning and far behind it."""

import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from benchmarks.processes import Server, python, started

DEPTHS = (20, 1_000, 10_000, 100_000)
STRIDE, PAGE, REPEATS = 99, 20, 20  # 99 rows and the one that proves the place come in one call
QUERY = """query($first: Int!, $after: String) {
  invoices(first: $first, after: $after) { nodes { providerId } pageInfo { endCursor } }
}"""
CONFIGURATION = """[server]
cursor_secret = "of a benchmark"
[[sources]]
name = "million"
provider = "yume"
token = "t"
base_url = "{}"
"""


async def run() -> None:
    """Prints the table: page 2 and pages much further down, and the last ones read backwards."""
    with TemporaryDirectory() as folder, started(*python("benchmarks.million")) as upstream:
        file = Path(folder, "pacioli.toml")
        file.write_text(CONFIGURATION.format(upstream.address))
        command = python("benchmarks.servers.configured", str(file))
        with started(*command) as server, httpx.Client(base_url=server.address) as client:
            print("\n## Paging\n")
            print("| behind row | calls | rows read | ms a page | server, MB |")
            print("| --- | --- | --- | --- | --- |")
            walk(client, server)


def walk(client: httpx.Client, server: Server) -> None:
    """Walks down the list, and measures a page at each depth on the way."""
    at, cursor = 0, None
    for depth in DEPTHS:
        while at < depth:
            stride = min(STRIDE, depth - at)
            connection = page(client, stride, cursor)["data"]["invoices"]
            assert len(connection["nodes"]) == stride
            cursor = connection["pageInfo"]["endCursor"]
            at += stride
        print(line(client, server, depth, cursor))


def line(client: httpx.Client, server: Server, depth: int, cursor: str | None) -> str:
    """The page behind a row, asked a few times; the row it begins with is the right one."""
    start = time.perf_counter()
    for _ in range(REPEATS):
        answer = page(client, PAGE, cursor, explain="1")
    milliseconds = (time.perf_counter() - start) / REPEATS * 1000
    first = answer["data"]["invoices"]["nodes"][0]["providerId"]
    assert first == str(1_000_000 - depth), "a row was skipped or repeated"
    calls = answer["extensions"]["pacioli"]["calls"]
    read = sum(call["rowsRead"] for call in calls)
    memory = server.resident_megabytes()
    return f"| {depth:,} | {len(calls)} | {read} | {milliseconds:.1f} | {memory:.0f} |"


def page(
    client: httpx.Client, first: int, after: str | None, explain: str = "0"
) -> Mapping[str, Any]:
    """A page of the list."""
    variables = {"first": first, "after": after}
    response = client.post(
        "/graphql",
        json={"query": QUERY, "variables": variables},
        headers={"X-Pacioli-Explain": explain},
    )
    answer: Mapping[str, Any] = response.raise_for_status().json()
    assert "errors" not in answer, answer
    return answer
