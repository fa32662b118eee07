"""Hive Gateway as deploy/ configures it."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.configuration import toml
from schema import subgraph_sdl
from server.api_keys import hashed
from server.app import create_app
from server.configuration import parse
from tests.conftest import PLAIN, Graph, Stages, Whole, served_graph
from tests.federation.test_gateways import KEY
from tests.node import Workspace
from tests.programs import PLACES, START_SECONDS, free_port, needed

HERE = Path(__file__).parent
CONFIG = HERE.parents[1] / "deploy" / "gateway" / "gateway.config.mjs"
KNOWN = {"Authorization": f"Bearer {KEY}"}
GATEWAY = HERE / "node_modules" / "@graphql-hive" / "gateway" / "dist" / "bin.js"


@contextmanager
def gateway(folder: Path, url: str) -> Iterator[str]:
    """The address of a gateway before the server at `url`, started as its container starts it."""
    Workspace(HERE).install()
    shutil.copy(CONFIG, folder)
    composed = subprocess.run(
        [needed("node"), "supergraph.mjs", url],
        cwd=HERE,
        input=subgraph_sdl(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    (folder / "supergraph.graphql").write_text(composed.stdout)
    port = str(free_port())
    command = [needed("node"), str(GATEWAY), "supergraph", "--host", "127.0.0.1", "--port", port]
    environment = {**os.environ, "PATH": PLACES}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL
    ) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            wait(f"{address}/healthcheck")
            yield address
        finally:
            process.kill()


def wait(url: str) -> None:
    """Waits until there is a 200."""
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(url, **PLAIN).raise_for_status()
        except httpx.HTTPError:
            assert time.monotonic() < until, "the gateway did not start"
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def locked(own_whole: Whole, stages: Stages) -> Iterator[Graph]:
    """A server over the same sandbox, for those who have the key."""
    text = f"""
    [server]
    cursor_secret = "good for one test"
    [[auth.api_keys]]
    name = "frontend"
    hash = "{hashed(KEY)}"
    sources = ["*"]
    {toml(str(own_whole.sandbox.base_url))}
    """
    app = create_app(parse(text, Path("pacioli.toml"), {}))
    with served_graph(stages, app) as graph:
        yield graph


def test_it_passes_on_who_asks(own_whole: Whole, locked: Graph, tmp_path: Path) -> None:
    query = {"query": "{ invoices(first: 2) { nodes { id status } } }"}
    with gateway(tmp_path, f"{locked.address}/graphql") as address:
        known, unknown = (
            httpx.post(f"{address}/graphql", json=query, headers=headers, timeout=30, **PLAIN)
            for headers in (KNOWN, {})
        )
    assert known.json() == {"data": own_whole.graph.data(query["query"])}
    assert unknown.json()["errors"]
    assert not (unknown.json().get("data") or {}).get("invoices")


def test_it_passes_on_who_subscribes(own_whole: Whole, locked: Graph, tmp_path: Path) -> None:
    export_id = own_whole.export(status="InProgress", progress=11)
    body = {
        "query": "subscription ($id: ID!) { exportTask(id: $id) { status progress } }",
        "variables": {"id": export_id},
    }
    with gateway(tmp_path, f"{locked.address}/graphql") as address:
        known = events(f"{address}/graphql", body, KNOWN)
        assert next(known) == task("IN_PROGRESS", 11)
        own_whole.move(export_id, status="Completed", progress=100)
        assert list(known) == [task("COMPLETED", 100)]
        (unknown,) = events(f"{address}/graphql", body, {})
    assert unknown["errors"]
    assert not unknown.get("data")


def task(status: str, progress: int) -> Mapping[str, Any]:
    return {"data": {"exportTask": {"status": status, "progress": progress}}}


def events(
    url: str, body: Mapping[str, Any], headers: Mapping[str, str]
) -> Iterator[Mapping[str, Any]]:
    """What comes of a subscription, as it comes."""
    accepted = {"Accept": "text/event-stream", **headers}
    with httpx.stream("POST", url, json=body, headers=accepted, timeout=30, **PLAIN) as answer:
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if name == "data" and value:
                yield json.loads(value)
