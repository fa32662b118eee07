"""/: where people find what there is."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
_PAGE = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Pacioli</title>
    <style>
      :root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
      body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem; }
      dt { font-weight: 600; margin-top: 1rem; }
      dd { margin: 0; }
    </style>
  </head>
  <body>
    <h1>Pacioli</h1>
    <p>One GraphQL graph over the places where money is recorded.</p>
    <dl>
      <dt><a href="graphql">/graphql</a></dt>
      <dd>The graph: for people GraphiQL, for programs GraphQL over HTTP, subscriptions over
        WebSocket and server-sent events.</dd>
      <dt><a href="healthz">/healthz</a>, <a href="readyz">/readyz</a></dt>
      <dd>Whether the process lives, and whether it can serve.</dd>
    </dl>
  </body>
</html>
"""


def start_page(_: Request) -> Response:
    """The page."""
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": POLICY})
