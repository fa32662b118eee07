"""This project as a configuration file says; `/tasks` counts what it is at work on."""

import asyncio
import sys
from pathlib import Path

from starlette.responses import PlainTextResponse
from starlette.routing import Route

from benchmarks.servers.serving import serve
from server.app import create_app
from server.configuration import load


async def tasks(_: object) -> PlainTextResponse:
    """How many tasks there are, this request's own among them."""
    return PlainTextResponse(str(len(asyncio.all_tasks())))


if __name__ == "__main__":
    app = create_app(load(Path(sys.argv[1]), {}))
    app.router.routes.append(Route("/tasks", tasks))
    serve(app)
