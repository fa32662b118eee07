"""The command line: `pacioli serve`, `check`, `schema` and `sandbox`.

The one module that knows both the server and the sandbox. What builds the graph is imported only
where it is needed: that takes more than a second, and mistakes are told before it.
"""

import asyncio
import errno
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_hex
from types import FrameType
from typing import NoReturn

import click
import msgspec
import uvicorn
from starlette.types import ASGIApp

from providers.client import Source
from providers.errors import UpstreamError
from sandbox.app import create_app as create_sandbox
from sandbox.configuration import toml
from server.collector import spare_the_collector
from server.configuration import ConfigError, Mistake, load, parse
from server.settings import Settings, SourceSettings

CONFIG = Path("pacioli.toml")
LOOPBACK = "127.0.0.1"
GRACE_SECONDS = 8  # to finish what runs; container engines kill after 10
START_SECONDS = 30  # for the sandbox

config_option = click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path),
    envvar="PACIOLI_CONFIG",
    show_envvar=True,
    help=f"The TOML file. Without this option {CONFIG}, if there is one.",
)
port_type = click.IntRange(0, 65535)


class Server(uvicorn.Server):
    """uvicorn's, on a port that is held already; it tells when it is ready.

    A stop that a signal asked for is a success, so the signal is not raised once more.
    """

    def __init__(self, app: ASGIApp, listener: socket.socket, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                server_header=False,
                ws="none",
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self._listener = listener
        self._ready = ready

    def work(self) -> None:
        """Serves until a signal comes or `should_exit` is set."""
        self.run(sockets=[self._listener])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


class Answer(msgspec.Struct):
    """How a source answered to `pacioli check`."""

    name: str
    provider: str
    ok: bool
    message: str
    code: str | None = None


class Report(msgspec.Struct):
    """What `pacioli check` found."""

    file: str
    ok: bool
    mistakes: tuple[Mistake, ...] = ()
    sources: tuple[Answer, ...] = ()


@click.group()
@click.version_option(package_name="pacioli", prog_name="pacioli")
def main() -> None:
    """One GraphQL graph over the places where a merchant group's money is recorded."""


@main.command()
@config_option
@click.option("--host", help="The address to listen at, in place of the file's.")
@click.option("--port", type=port_type, help="The port to listen at; 0 takes a free one.")
@click.option("--sources", "names", help="Only these sources: their names with commas between.")
@click.option("--sandbox", is_flag=True, help="The simulated providers in place of the sources.")
def serve(
    path: Path | None, host: str | None, port: int | None, names: str | None, sandbox: bool
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
        _serve_graph(settings, host or server.host, server.port if port is None else port)


@main.command()
@config_option
@click.option("--offline", is_flag=True, help="Read the file only, ask no source.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def check(path: Path | None, offline: bool, as_json: bool) -> None:
    """Name every mistake in the configuration, then ask each source for one row.

    The exit code is 2 if the configuration is wrong and 1 if a source fails.
    """
    file = _present(path) or CONFIG
    try:
        settings = _chosen(load(file, os.environ), None, file)
    except ConfigError as error:
        if as_json:
            _print_json(Report(error.file, False, error.mistakes))
        _stop(str(error), 2)
    answers = () if offline else asyncio.run(_ask_all(settings))
    ok = all(answer.ok for answer in answers)
    if as_json:
        _print_json(Report(str(file), ok, (), answers))
    else:
        click.echo(f"{file}: no mistakes, sources: {len(settings.sources)}")
        for answer in answers:
            click.echo(f"{answer.name}: {answer.message}")
    raise SystemExit(0 if ok else 1)


@main.command()
def schema() -> None:
    """Print the schema in GraphQL's schema definition language."""
    from schema import sdl  # noqa: PLC0415

    click.echo(sdl().rstrip("\n"))


@main.command()
@click.option("--port", type=port_type, default=8001, show_default=True, help="0 takes a free one.")
@click.option("--scale", type=click.IntRange(1), default=1, help="How many times the usual rows.")
def sandbox(port: int, scale: int) -> None:
    """Run the simulated providers alone."""
    listener = _bound(LOOPBACK, port)
    address = _address(listener)

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


def _serve_graph(settings: Settings, host: str, port: int) -> None:
    from server.app import create_app  # noqa: PLC0415

    listener = _bound(host, port)

    def announce() -> None:
        spare_the_collector()
        click.echo(f"Pacioli is ready at {_address(listener)}/graphql")

    Server(create_app(settings), listener, announce).work()


@contextmanager
def _sandbox() -> Iterator[tuple[SourceSettings, ...]]:
    """The sandbox in a thread of its own, and the sources that are configured for it."""
    listener = _bound(LOOPBACK, 0)
    address = _address(listener)
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


def _bound(host: str, port: int) -> socket.socket:
    """A socket with the port, not listening yet. Ends the program if the port is taken."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            _stop(f"Port {port} of {host} is in use; choose another one with --port", 1)
        _stop(f"Cannot listen at {host}, port {port}: {error.strerror}", 1)
    return listener


def _address(listener: socket.socket) -> str:
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def _ask_all(settings: Settings) -> tuple[Answer, ...]:
    from server.app import open_sources  # noqa: PLC0415

    async with open_sources(settings) as sources:
        return tuple(await asyncio.gather(*map(_ask, sources)))


async def _ask(source: Source) -> Answer:
    """Asks for one row of the first list that the source has."""
    try:
        await source.probe(next(iter(source.spec.listings)))
    except UpstreamError as error:
        message = f"{error.code}: {error.reason}"
        return Answer(source.name, source.spec.name, False, message, error.code)
    return Answer(source.name, source.spec.name, True, "answers")


def _print_json(report: Report) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(report)))


def _stop(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
