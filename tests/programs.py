"""Programs that some tests need beside Python; a test without its program is left out."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

import pytest

START_SECONDS = 20
PLACES = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
HOW = "make setup, and as root make system-packages"


def needed(*names: str) -> str:
    """The path of the first program of these names; without any the test is left out."""
    found = [path for name in names if (path := shutil.which(name, path=PLACES))]
    return found[0] if found else leave_out(f"{' or '.join(names)} is not installed: {HOW}")


def leave_out(reason: str) -> NoReturn:
    """Ends the test: as skipped, with the reason, or as failed where everything has to run."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class RedisServer:
    """A real redis-server on a port of its own, that keeps nothing on disk."""

    def __init__(self) -> None:
        self._program = needed("redis-server")
        self._port = free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.start()

    def start(self) -> None:
        """Starts it, empty, and waits until it listens."""
        options = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(
            [self._program, *options, "--appendonly", "no", "--dir", "/tmp"],
            stdout=subprocess.DEVNULL,
        )
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
            except OSError:
                assert time.monotonic() < until, "redis-server did not start"
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Kills it."""
        self._process.kill()
        self._process.wait()

    def hang(self) -> None:
        """It listens, but answers nothing more."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)
