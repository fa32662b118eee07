"""Serves an application on a free port, and says on standard output which."""

import os
import socket
import sys

import uvicorn
from starlette.types import ASGIApp


class Announced(uvicorn.Server):
    """Prints its port as soon as it can be asked."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        assert sockets is not None
        sys.stdout.write(f"{sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()


def serve(app: ASGIApp, *, lifespan: str = "on", workers: int = 1) -> None:
    """Serves until the process is ended; further workers are forks that share the port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    for _ in range(workers - 1):
        if os.fork() == 0:
            break
    quiet = {"access_log": False, "log_level": "warning", "ws": "none"}
    config = uvicorn.Config(app, lifespan=lifespan, loop="uvloop", http="httptools", **quiet)  # type: ignore[arg-type]
    Announced(config).run([listener])
