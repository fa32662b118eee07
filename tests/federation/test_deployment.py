"""Hive Gateway as deploy/ configures it."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from sandbox.configuration import toml
from schema import subgraph_sdl
from server.api_keys import hashed
from server.app import create_app
from server.configuration import parse
from tests.conftest import PLAIN, Stages, Whole, served_graph
from tests.federation.test_gateways import KEY
from tests.node import Workspace
from tests.programs import PLACES, START_SECONDS, free_port, needed

HERE = Path(__file__).parent
CONFIG = HERE.parents[1] / "deploy" / "gateway" / "gateway.config.mjs"
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


def test_it_passes_on_who_asks(whole: Whole, stages: Stages, tmp_path: Path) -> None:
    text = f"""
    [[auth.api_keys]]
    name = "frontend"
    hash = "{hashed(KEY)}"
    sources = ["*"]
    {toml(str(whole.sandbox.base_url))}
    """
    query = {"query": "{ invoices(first: 2) { nodes { id status } } }"}
    app = create_app(parse(text, Path("pacioli.toml"), {}))
    with (
        served_graph(stages, app) as locked,
        gateway(tmp_path, f"{locked.address}/graphql") as address,
    ):
        known, unknown = (
            httpx.post(f"{address}/graphql", json=query, headers=headers, timeout=30, **PLAIN)
            for headers in ({"Authorization": f"Bearer {KEY}"}, {})
        )
    assert known.json() == {"data": whole.graph.data(query["query"])}
    assert unknown.json()["errors"]
    assert not (unknown.json().get("data") or {}).get("invoices")
