"""This project over some of the upstream's sources: compiled, or on graphql-core's executor."""

import argparse
import os
from pathlib import Path

import msgspec

from benchmarks.servers.serving import serve
from execution.executor import CompiledExecution
from sandbox.configuration import toml
from server.app import create_app
from server.collector import spare_the_collector
from server.configuration import parse
from server.telemetry.logs import set_up


def main() -> None:
    """Serves; see the arguments."""
    parser = argparse.ArgumentParser()
    parser.add_argument("upstream")
    parser.add_argument("--core", action="store_true", help="leave all to graphql-core")
    parser.add_argument("--sources", default="sber-main")
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--metrics", default="open")
    parser.add_argument("--otlp-endpoint")
    parser.add_argument("--sampling-ratio", type=float, default=0.1)
    parser.add_argument("--logs", action="store_true", help="write a line an operation, to nowhere")
    asked = parser.parse_args()
    if asked.core:
        CompiledExecution._is_usual = lambda *_: False  # type: ignore[method-assign]
    limits = f"[server.limits]\nmax_page_size = {asked.rows}\nmax_rows_read = 1000000\n"
    watched = f'[telemetry]\nmetrics = "{asked.metrics}"\n'
    if asked.otlp_endpoint:
        watched += f'otlp_endpoint = "{asked.otlp_endpoint}"\n'
        watched += f"sampling_ratio = {asked.sampling_ratio}\n"
    text = f'[server]\ncursor_secret = "of a benchmark"\n{limits}{watched}{toml(asked.upstream)}'
    settings = parse(text, Path("pacioli.toml"), {})
    names = asked.sources.split(",")
    chosen = tuple(each for each in settings.sources if each.name in names)
    # Large enough for the page and the row that proves its end, so that a page is one call.
    size = min(1000, 2 * asked.rows)
    chosen = tuple(msgspec.structs.replace(each, page_size=size) for each in chosen)
    settings = msgspec.structs.replace(settings, sources=chosen)
    spare_the_collector()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        log = set_up(settings, nowhere) if asked.logs else None
        serve(create_app(settings, log), workers=asked.workers)


if __name__ == "__main__":
    main()
