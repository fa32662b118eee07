"""/: where people find what there is."""

import hashlib
from base64 import b64encode
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from server.documentation import PAGES
from server.settings import ServerSettings

_STYLE = """
      :root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
      body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem; }
      dt { font-weight: 600; margin-top: 1rem; }
      dd { margin: 0; }
    """
_ITS_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_ITS_HASH}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_PAGE = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Pacioli</title>
    <style>{style}</style>
  </head>
  <body>
    <h1>Pacioli</h1>
    <p>One GraphQL graph over the places where money is recorded.</p>
    <dl>
{entries}
    </dl>
  </body>
</html>
"""
_DASHBOARD = """\
      <dt><a href="dashboard">/dashboard</a></dt>
      <dd>Sales, invoices, payments, exports and sources, to look at.</dd>"""
_GRAPHIQL = """\
      <dt><a href="graphql">/graphql</a></dt>
      <dd>The graph: for people GraphiQL with examples and the documentation of every field, for
        programs GraphQL over HTTP, subscriptions over WebSocket and server-sent events.</dd>"""
_GRAPH = """\
      <dt>/graphql</dt>
      <dd>The graph: GraphQL over HTTP, subscriptions over WebSocket and server-sent events.</dd>"""
_DOCUMENTATION = """\
      <dt><a href="docs/">/docs</a></dt>
      <dd>How to connect accounts, ask, and run the server.</dd>"""
_PROBES = """\
      <dt><a href="healthz">/healthz</a>, <a href="readyz">/readyz</a></dt>
      <dd>Whether the process lives, and whether it can serve.</dd>"""


def start_page(server: ServerSettings) -> Callable[[Request], Response]:
    """The page, with links to what is switched on."""
    entries = [
        *([_DASHBOARD] if server.dashboard else []),
        _GRAPHIQL if server.graphiql else _GRAPH,
        *([_DOCUMENTATION] if (PAGES / "index.html").exists() else []),
        _PROBES,
    ]
    text = _PAGE.replace("{style}", _STYLE).replace("{entries}", "\n".join(entries))

    def answer(_: Request) -> Response:
        return HTMLResponse(text, headers={"Content-Security-Policy": POLICY})

    return answer
