"""Serving in one process and in several: drained at the end, restarted when one dies."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from server.serving import _shared_out
from server.settings import CacheSettings
from tests.conftest import PLAIN, StartYume, Yume, settings
from tests.conftest import source as account
from tests.programs import RedisServer

ROOT = Path(__file__).parents[2]
LIST = "{ invoices(first: 5) { nodes { providerId } pageInfo { endCursor } } }"


class Running:
    """The program, serving."""

    def __init__(self, folder: Path, upstream: Yume, *options: str, **keys: Any) -> None:
        server, cache = keys.pop("server", {}), keys.pop("cache", {})
        telemetry = keys.pop("telemetry", {})
        tables = (
            ("[server]", server),
            ("[cache]", cache),
            ("[telemetry]", telemetry),
            ("[[sources]]", {**account(upstream), **keys}),
        )
        lines = [
            line
            for name, table in tables
            for line in (name, *(f"{key} = {json.dumps(value)}" for key, value in table.items()))
        ]
        (folder / "pacioli.toml").write_text("\n".join(lines))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "serve", "--port", "0", *options],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"ready at (http://\S+)/graphql", line):
                self.address = found[1]
                break
        else:
            raise AssertionError("The program ended and was never ready")
        self._reader = threading.Thread(target=self.process.stdout.read)
        self._reader.start()

    def ask(self, query: str, **variables: Any) -> Any:
        body = {"query": query, "variables": variables}
        response = httpx.post(f"{self.address}/graphql", json=body, timeout=30, **PLAIN)
        return response.raise_for_status().json()

    def close(self) -> None:
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def children(self) -> list[int]:
        """The worker processes."""
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [pid for pid in map(int, text.split()) if "spawn_main" in _command(pid)]

    def stop(self, sig: int = signal.SIGTERM) -> int:
        self.process.send_signal(sig)
        return self.process.wait(30)


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


@contextmanager
def running(*args: Any, **keys: Any) -> Iterator[Running]:
    server = Running(*args, **keys)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
        server.close()


def until(condition: Any) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def status(server: Running, path: str) -> int:
    return httpx.get(f"{server.address}{path}", timeout=10, **PLAIN).status_code


@pytest.mark.parametrize("options", [(), ("--workers", "2")], ids=["one", "two"])
def test_what_runs_is_finished_before_the_end(
    tmp_path: Path, start_yume: StartYume, options: tuple[str, ...]
) -> None:
    yume = start_yume()
    with running(tmp_path, yume, *options) as server:
        yume.fail(delay_seconds=2, times=1)
        answers: list[Any] = []
        client = threading.Thread(target=lambda: answers.append(server.ask(LIST)))
        with yume.counted() as calls:
            client.start()
            time.sleep(0.7)
        assert len(calls) == 1
        server.process.send_signal(signal.SIGTERM)
        if not options:
            until(lambda: status(server, "/readyz") == 503)
            assert status(server, "/healthz") == 200
        client.join()
        assert server.process.wait(30) == 0
    assert len(answers[0]["data"]["invoices"]["nodes"]) == 5


def test_an_idle_server_stops_at_once_and_with_success(
    tmp_path: Path, start_yume: StartYume
) -> None:
    for sig in (signal.SIGTERM, signal.SIGINT):
        with running(tmp_path, start_yume(), server={"drain_seconds": 3600}) as server:
            assert server.stop(sig) == 0


def test_the_drain_ends_after_its_time(tmp_path: Path, start_yume: StartYume) -> None:
    yume = start_yume()
    keys = {"server": {"drain_seconds": 1}, "timeout_seconds": 60}
    with running(tmp_path, yume, **keys) as server:
        yume.fail(delay_seconds=25)
        client = threading.Thread(target=lambda: suppress_all(server))
        client.start()
        time.sleep(0.7)
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 15
        client.join()


def suppress_all(server: Running) -> None:
    with suppress(httpx.HTTPError):
        server.ask(LIST)


def test_workers_share_cursors_and_a_dead_one_is_replaced(
    tmp_path: Path, start_yume: StartYume
) -> None:
    yume = start_yume()
    page = "query($after: String) { invoices(first: 9, after: $after) { nodes { providerId }"
    page += " pageInfo { endCursor hasNextPage } } }"
    with running(tmp_path, yume, "--workers", "2") as server:
        until(lambda: len(server.children()) == 2)
        first = server.children()
        found, after = [], None
        for number in range(12):
            if number == 6:
                os.kill(first[0], signal.SIGKILL)
            data = until_answered(server, page, after)
            found += [node["providerId"] for node in data["nodes"]]
            after = data["pageInfo"]["endCursor"]
        until(lambda: len(server.children()) == 2 and server.children() != first)
        assert server.stop() == 0
    assert found == [str(row["id"]) for row in yume.rows()][:108]


def until_answered(server: Running, page: str, after: str | None) -> Any:
    """A connection may have been the dead worker's: clients try again."""
    for _ in range(5):
        with suppress(httpx.TransportError):
            return server.ask(page, after=after)["data"]["invoices"]
    raise AssertionError("no answer")


def test_two_processes_on_one_redis_keep_one_pace_whatever_becomes_of_it(
    tmp_path: Path, start_yume: StartYume, redis: RedisServer
) -> None:
    yume = start_yume()
    folders = [tmp_path / "one", tmp_path / "two"]
    keys = {"cache": {"url": redis.url}, "requests_per_second": 20}
    with ExitStack() as stack:
        servers = []
        for folder in folders:
            folder.mkdir()
            servers.append(stack.enter_context(running(folder, yume, **keys)))

        def ask(number: int) -> int:
            query = LIST.replace("first: 5", f"first: {number + 1}")
            answer = servers[number % 2].ask(query)
            assert "errors" not in answer
            return len(answer["data"]["invoices"]["nodes"])

        with ThreadPoolExecutor(40) as pool:
            began = time.monotonic()
            with yume.counted() as calls:
                assert list(pool.map(ask, range(40))) == list(range(1, 41))
            assert len(calls) == 40
            assert time.monotonic() - began >= 39 / 20 - 0.1
            answers = pool.map(ask, range(40))
            for change in (redis.stop, redis.start):
                time.sleep(0.4)
                change()
            assert list(answers) == list(range(1, 41))


def test_each_worker_takes_its_part_of_what_upstreams_bear() -> None:
    keys = {"name": "a", "provider": "yume", "token": "t", "base_url": "http://127.0.0.1:1"}
    whole = settings({**keys, "max_concurrency": 8, "requests_per_second": 20})
    (part,) = _shared_out(whole, 4).sources
    assert (part.max_concurrency, part.requests_per_second) == (2, 5)
    (alone,) = _shared_out(whole, 16).sources
    assert alone.max_concurrency == 1
    shared = msgspec.structs.replace(whole, cache=CacheSettings(url="redis://127.0.0.1:1"))
    (whole_part,) = _shared_out(shared, 4).sources
    assert (whole_part.max_concurrency, whole_part.requests_per_second) == (2, 20)
    secrets = {_shared_out(settings(keys, cursor_secret="s"), 2).server.cursor_secret}
    assert secrets == {"s"}
