"""Several workers: any of them tells of all, of the dead only what they did."""

import os
import signal
import time
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from server.telemetry.figures import FOLDER, figures_of_workers
from tests.conftest import PLAIN, StartYume
from tests.server.telemetry.scrapes import figures
from tests.server.test_serving import Running, running, until

LEFT_ALONE = "pacioli_source_left_alone_until_timestamp_seconds"
NAMES = "query Names { sources { name } }"


def of(server: Running, name: str, **labels: str) -> float:
    text = httpx.get(f"{server.address}/metrics", **PLAIN).raise_for_status().text
    assert list(text_string_to_metric_families(text))
    return figures(text).get((name, frozenset(labels.items())), 0)


def asked(server: Running) -> float:
    return of(server, "pacioli_operations_total", operation="Names", outcome="ok")


def test_all_workers_are_one(tmp_path: Path, start_yume: StartYume) -> None:
    yume = start_yume()
    folders = set(_folders())
    with running(
        tmp_path, yume, "--workers", "2", breaker_failures=1, retries=0, breaker_seconds=3600
    ) as server:
        until(lambda: len(server.children()) == 2)
        for _ in range(20):
            server.ask(NAMES)
        assert {asked(server) for _ in range(10)} == {20}
        yume.fail(status=503)
        began = time.time()
        server.ask("{ invoices { nodes { id } } }")
        until_when = {of(server, LEFT_ALONE, source="rental") for _ in range(10)}
        assert len(until_when) == 1
        assert began < min(until_when) < time.time() + 1
        first = server.children()
        for pid in first:
            os.kill(pid, signal.SIGKILL)
        until(lambda: len(server.children()) == 2 and not set(server.children()) & set(first))
        until(lambda: _answers(server))
        assert asked(server) == 20
        assert of(server, LEFT_ALONE, source="rental") == 0
        assert of(server, "pacioli_operations_in_flight") == 0
        assert len(set(_folders()) - folders) == 1
        assert server.stop() == 0
    assert set(_folders()) == folders


def _answers(server: Running) -> bool:
    try:
        return httpx.get(f"{server.address}/readyz", **PLAIN).status_code == 200
    except httpx.TransportError:
        return False


def _folders() -> list[Path]:
    return list(Path("/tmp").glob("pacioli-metrics-*"))


def test_the_folder_is_named_as_long_as_it_is_there() -> None:
    assert FOLDER not in os.environ
    with figures_of_workers(wanted=True) as forget:
        folder = Path(os.environ[FOLDER])
        kept, gone = folder / "gauge_livesum_8.db", folder / "gauge_livesum_7.db"
        for file in (kept, gone, folder / "counter_7.db"):
            file.write_bytes(b"")
        forget(7)
        assert sorted(file.name for file in folder.iterdir()) == ["counter_7.db", kept.name]
    assert FOLDER not in os.environ
    assert not folder.exists()


def test_where_figures_are_off_workers_have_no_folder(
    tmp_path: Path, start_yume: StartYume
) -> None:
    folders, off = _folders(), {"metrics": "off"}
    with running(tmp_path, start_yume(), "--workers", "2", telemetry=off) as server:
        assert server.ask(NAMES)["data"]
        assert _folders() == folders
        assert httpx.get(f"{server.address}/metrics", **PLAIN).status_code == 404


def test_nor_is_one_named() -> None:
    folders = _folders()
    with figures_of_workers(wanted=False) as forget:
        forget(7)
        assert FOLDER not in os.environ
        assert _folders() == folders
