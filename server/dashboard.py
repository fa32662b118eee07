"""The page at /dashboard, which `make setup` bundles out of `pages/`. It holds no records itself."""

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
_MISSING = """\
<!doctype html>
<title>Pacioli</title>
<p>The dashboard is not built yet: run <code>make setup</code>.</p>
"""


def dashboard(_: Request) -> Response:
    """Answers with the page."""
    return page()


def page(static: Path = STATIC) -> Response:
    """The page; where it was not built, one that says how to build it."""
    file = static / "dashboard.html"
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    if not file.exists():
        return HTMLResponse(_MISSING, 503, headers)
    return HTMLResponse(file.read_text("utf-8"), headers=headers)
