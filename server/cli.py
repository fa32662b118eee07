"""The command line: `pacioli serve`, `check`, `schema`, `hash-key` and `sandbox`.

The one module that knows both the server and the sandbox. What builds the graph is imported only
where it is needed: that takes more than a second, and mistakes are told before it.
"""

import asyncio
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_hex
from typing import NoReturn

import click
import msgspec

from sandbox.app import create_app as create_sandbox
from sandbox.configuration import toml
from server.api_keys import hashed
from server.configuration import ConfigError, load, parse
from server.diagnosis.printing import print_report, progress
from server.diagnosis.report import Report
from server.listening import OPEN_DOOR, ListenError, address_of, bound, loopback
from server.serving import Server, Workers, serve_graph
from server.settings import Settings, SourceSettings
from server.tables import Mistake

CONFIG = Path("pacioli.toml")
LOOPBACK = "127.0.0.1"
START_SECONDS = 30  # for the sandbox
SHORT_KEY = 32

config_option = click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path),
    envvar="PACIOLI_CONFIG",
    show_envvar=True,
    help=f"The TOML file. Without this option {CONFIG}, if there is one.",
)
port_type = click.IntRange(0, 65535)


@click.group()
@click.version_option(package_name="pacioli", prog_name="pacioli")
def main() -> None:
    """One GraphQL graph over the places where a merchant group's money is recorded."""


@main.command()
@config_option
@click.option("--host", help="The address to listen at, in place of the file's.")
@click.option("--port", type=port_type, help="The port to listen at; 0 takes a free one.")
@click.option("--workers", type=click.IntRange(1, 256), default=1, help="So many processes.")
@click.option("--sources", "names", help="Only these sources: their names with commas between.")
@click.option("--sandbox", is_flag=True, help="The simulated providers in place of the sources.")
def serve(
    path: Path | None,
    host: str | None,
    port: int | None,
    workers: int,
    names: str | None,
    sandbox: bool,
) -> None:
    """Serve the graph. Without a configuration file this is on the sandbox."""
    file = _present(path)
    with ExitStack() as stack:
        try:
            settings = load(file, os.environ)
            if sandbox or file is None:
                sources = stack.enter_context(_sandbox())
                # A simulation ends with the process, so its cursors may: no need of a warning.
                server = msgspec.structs.replace(settings.server, cursor_secret=token_hex())
                settings = msgspec.structs.replace(settings, server=server, sources=sources)
            settings = _chosen(settings, names, file)
        except ConfigError as error:
            _stop(str(error), 2)
        server = settings.server
        host = host or server.host
        address = host if settings.auth else loopback(host)
        if address is None:
            _stop(OPEN_DOOR.format(host=host, file=file or CONFIG), 2)
        listener = _bound(address, server.port if port is None else port)
        ready = f"Pacioli is ready at {address_of(listener)}/graphql"
        if workers == 1:
            serve_graph(settings, listener, lambda: click.echo(ready))
        else:
            Workers(workers, settings, listener, lambda: click.echo(ready)).work()


@main.command()
@config_option
@click.option("--offline", is_flag=True, help="Read the file only, ask nobody.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def check(path: Path | None, offline: bool, as_json: bool) -> None:
    """Tell all that can be known before serving.

    Names every mistake in the configuration, then asks each source for a row and a page, and the
    cache and the issuers of tokens whether they answer. The exit code is 2 if the configuration is
    wrong and 1 if something does not answer as it should; warnings do not count.
    """
    file = _present(path) or CONFIG
    try:
        settings = _chosen(load(file, os.environ), None, file)
    except ConfigError as error:
        if as_json:
            _print_json(Report(file=error.file, ok=False, mistakes=error.mistakes))
        _stop(str(error), 2)
    report = _examined(file, settings, offline=offline)
    if as_json:
        _print_json(report)
    else:
        print_report(report, len(settings.sources))
    raise SystemExit(0 if report.ok else 1)


@main.command()
@click.option("--federation", is_flag=True, help="As a subgraph of Apollo Federation.")
@click.option("--scopes", is_flag=True, help="For a gateway that enforces @requiresScopes.")
def schema(federation: bool, scopes: bool) -> None:
    """Print the schema in GraphQL's schema definition language."""
    from schema import sdl, subgraph_sdl  # noqa: PLC0415

    if scopes and not federation:
        _stop("--scopes goes with --federation", 2)
    click.echo((subgraph_sdl(scopes=scopes) if federation else sdl()).rstrip("\n"))


@main.command("hash-key")
def hash_key() -> None:
    """Read an API key, print its hash for the configuration.

    The key is asked for, or read from the standard input: as an argument other users of the
    machine would see it.
    """
    if sys.stdin.isatty():
        key = str(click.prompt("API key", hide_input=True, err=True))
    else:
        key = sys.stdin.readline().removesuffix("\n").removesuffix("\r")
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        _stop("An API key is printable ASCII without spaces, on one line", 2)
    if len(key) < SHORT_KEY:
        click.echo(f"This key is short: take {SHORT_KEY} random characters or more", err=True)
    click.echo(hashed(key))


@main.command()
@click.option("--port", type=port_type, default=8001, show_default=True, help="0 takes a free one.")
@click.option("--scale", type=click.IntRange(1), default=1, help="How many times the usual rows.")
def sandbox(port: int, scale: int) -> None:
    """Run the simulated providers alone."""
    listener = _bound(LOOPBACK, port)
    address = address_of(listener)

    def announce() -> None:
        click.echo(f"The sandbox is ready at {address}, its control endpoint at {address}/control")
        click.echo(f"To use it, write into {CONFIG}:\n\n{toml(address)}", nl=False)

    Server(create_sandbox(scale), listener, announce).work()


def _present(path: Path | None) -> Path | None:
    """The configuration file to use: the named one, else the usual one if it exists."""
    return path or (CONFIG if CONFIG.exists() else None)


def _chosen(settings: Settings, names: str | None, file: Path | None) -> Settings:
    """The settings with only the sources that are named. Raises ConfigError if there are none."""
    sources = {source.name: source for source in settings.sources}
    if not sources:
        problem = "are missing: at least one [[sources]] is needed"
        raise ConfigError(str(file or CONFIG), [Mistake("sources", problem)])
    chosen = sources.keys() if names is None else [name.strip() for name in names.split(",")]
    known = ", ".join(sources)
    mistakes = [
        Mistake("--sources", f'names "{name}", which is no source; sources are: {known}')
        for name in chosen
        if name not in sources
    ]
    if mistakes:
        raise ConfigError(str(file or "sandbox"), mistakes)
    kept = tuple(source for name, source in sources.items() if name in chosen)
    return msgspec.structs.replace(settings, sources=kept)


@contextmanager
def _sandbox() -> Iterator[tuple[SourceSettings, ...]]:
    """The sandbox in a thread of its own, and the sources that are configured for it."""
    listener = _bound(LOOPBACK, 0)
    address = address_of(listener)
    ready = threading.Event()
    server = Server(create_sandbox(), listener, ready.set)
    thread = threading.Thread(target=server.work, name="sandbox")
    thread.start()
    try:
        if not ready.wait(START_SECONDS):
            _stop("The sandbox did not start", 1)
        click.echo(f"The providers are simulated; their control endpoint is {address}/control")
        yield parse(toml(address), CONFIG, {}).sources
    finally:
        server.should_exit = True
        thread.join()


def _examined(file: Path, settings: Settings, *, offline: bool) -> Report:
    from server.diagnosis.examination import examined, remarks, steps  # noqa: PLC0415

    if offline:
        return Report(file=str(file), ok=True, warnings=tuple(remarks(settings)))
    with progress(steps(settings)) as done:
        return asyncio.run(examined(str(file), settings, done))


def _bound(host: str, port: int) -> socket.socket:
    try:
        return bound(host, port)
    except ListenError as error:
        _stop(str(error), 1)


def _print_json(report: Report) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(report)))


def _stop(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
