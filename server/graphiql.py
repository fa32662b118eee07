"""The page for people at /graphql: GraphiQL, which `make setup` bundles out of `pages/`."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from server.static_files import STATIC

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",  # the editor writes its colours into the page
        "connect-src 'self'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_PAGE = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Pacioli</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="static/graphiql.css">
    <script type="module" src="static/graphiql.js"></script>
  </head>
  <body>
    <div id="graphiql"></div>
    <noscript>GraphiQL needs JavaScript. The graph itself answers to POST.</noscript>
  </body>
</html>
"""
_MISSING = """\
<!doctype html>
<title>Pacioli</title>
<p>GraphiQL is not built yet: run <code>make setup</code>. The graph itself answers to POST.</p>
"""


def wants_page(request: Request) -> bool:
    """Whether a request is a browser's for the page: curl takes anything, but wants an answer."""
    if request.method != "GET" or "text/html" not in request.headers.get("accept", ""):
        return False
    return not request.query_params.keys() & {"query", "extensions", "documentId"}


def page(static: Path = STATIC) -> Response:
    """The page; where it was not built, one that says how to build it."""
    built = (static / "graphiql.js").exists()
    headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
    return HTMLResponse(_PAGE if built else _MISSING, 200 if built else 503, headers)
