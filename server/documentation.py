"""The project's documentation at /docs, which `make setup` turns into pages."""

from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from server.static_files import STATIC

PAGES = STATIC / "docs"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


class Documentation(StaticFiles):
    """Its pages, style sheet and pictures; where they were not built, nothing."""

    def __init__(self) -> None:
        super().__init__(directory=PAGES, html=True, check_dir=False)

    async def get_response(self, path: str, scope: Any) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-cache"
        return response
