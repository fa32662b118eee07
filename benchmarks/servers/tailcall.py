"""Tailcall over the same upstream: its program in this process's place, on a free port."""

import os
import socket
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

from sandbox.smartpay import TOKEN

PEERS = Path(__file__).parents[1] / "peers"
PROGRAM = PEERS / "node_modules" / "@tailcallhq" / "core-linux-x64-gnu" / "bin" / "tailcall"
START_SECONDS = 20


def main(upstream: str) -> None:
    """Becomes Tailcall; a child says the port as soon as it is open."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    config = Path(mkdtemp(), "tailcall.graphql")
    text = (PEERS / "tailcall.graphql").read_text("utf-8")
    config.write_text(
        text.replace("UPSTREAM", upstream).replace("TOKEN", TOKEN).replace("PORT", str(port))
    )
    if os.fork() == 0:
        announce(port)
        os._exit(0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    calls_nobody = {**os.environ, "TAILCALL_TRACKER": "false", "TAILCALL_LOG_LEVEL": "error"}
    os.execve(PROGRAM, [str(PROGRAM), "start", str(config)], calls_nobody)


def announce(port: int) -> None:
    """Waits until somebody listens at the port, and prints it."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            sys.stdout.write(f"{port}\n")
            sys.stdout.flush()
            return


if __name__ == "__main__":
    main(sys.argv[1])
