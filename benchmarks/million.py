"""A Yume with a million invoices that exist only when somebody asks for them."""

from datetime import UTC, datetime, timedelta

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.servers.serving import serve

ROWS = 1_000_000
LARGEST = 100
NEWEST = datetime(2026, 11, 20, tzinfo=UTC)


def row(at: int) -> dict[str, object]:
    """The invoice at a place of the list, newest first."""
    moment = NEWEST - timedelta(seconds=7 * at)
    return {
        "id": ROWS - at,
        "created_at": moment.isoformat(),
        "status": "confirmed",
        "total": "118.36",
        "currency": "KZT",
        "items": [],
        "errors": [],
    }


async def listed(request: Request) -> Response:
    """A page of the list."""
    asked = request.query_params
    size = min(int(asked["pageSize"]), LARGEST)
    start = (int(asked["page"]) - 1) * size
    rows = [row(at) for at in range(start, min(start + size, ROWS))]
    following = f"http://127.0.0.1/?page={int(asked['page']) + 1}" if start + size < ROWS else None
    body = {"count": ROWS, "next": following, "previous": None, "results": rows}
    return Response(msgspec.json.encode(body), media_type="application/json")


if __name__ == "__main__":
    serve(Starlette(routes=[Route("/v1/billing/invoices/", listed)]), lifespan="off")
