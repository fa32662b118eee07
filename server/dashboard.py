"""The page at /dashboard, which `make setup` bundles out of `pages/`; it has no records itself."""

from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from server.static_files import STATIC

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_OPEN, _GUARDED = 'data-guarded="false"', 'data-guarded="true"'
_MISSING = """\
<!doctype html>
<title>Pacioli</title>
<p>The dashboard is not built yet: run <code>make setup</code>.</p>
"""


def dashboard(*, guarded: bool, static: Path = STATIC) -> Callable[[Request], Response]:
    """The page; where it was not built, one that says how to build it.

    It is told whether callers have to say who they are, so that it asks them first.
    """

    def answer(_: Request) -> Response:
        file = static / "dashboard.html"
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
        if not file.exists():
            return HTMLResponse(_MISSING, 503, headers)
        text = file.read_text("utf-8")
        return HTMLResponse(text.replace(_OPEN, _GUARDED) if guarded else text, headers=headers)

    return answer
