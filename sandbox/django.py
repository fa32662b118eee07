"""How an API on Django REST Framework behaves around its data.

Paths that lack the last slash, credentials, methods, and pages by number. Not Django: only
what a caller can tell from outside.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qs, urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Match, Route, Router
from starlette.types import Receive, Scope, Send

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
DETAILS = {status.value: f"{status.phrase}." for status in HTTPStatus} | {
    401: "Invalid token.",
    403: "You do not have permission to perform this action.",
    404: "Not found.",
    429: "Request was throttled.",
}


def json_response(
    body: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer as the framework renders it: compact, UTF-8 unescaped."""
    return Response(msgspec.json.encode(body), status, headers, "application/json")


def refusal(status: int, retry_after: int | None = None) -> Response:
    """What is said with this status; from 500 on it is Django itself that speaks, in HTML."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if status >= 500:
        return HTMLResponse(f"<h1>Server Error ({status})</h1>\n", status, headers)
    wait = f" Expected available in {retry_after} seconds." if status == 429 and headers else ""
    return _detail(status, DETAILS.get(status, "Error.") + wait, headers)


def _detail(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    challenge = {"WWW-Authenticate": 'Bearer realm="api"'} if status == 401 else {}
    return json_response({"detail": detail}, status, {**challenge, **(headers or {})})


class DjangoRouter(Router):
    """Redirects, as Django does, an unknown path that a slash at its end makes known."""

    def __init__(self, routes: list[Route]) -> None:
        super().__init__(routes, redirect_slashes=False)

    async def not_found(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect or 404, for every method and whoever asks."""
        slashed = scope["path"] + "/"
        answer: Response = HTMLResponse("<h1>Not Found</h1>\n", 404)
        if any(route.matches({**scope, "path": slashed})[0] is Match.FULL for route in self.routes):
            query = scope["query_string"].decode("latin-1")
            answer = RedirectResponse(f"{slashed}?{query}" if query else slashed, 301)
        await answer(scope, receive, send)


class View:
    """Answers GET to whoever has the token; credentials are looked at before the method."""

    def __init__(self, token: str, answer: Callable[[Request], Response]) -> None:
        self._token = token
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = self._unauthorized(request) or _not_allowed(request) or self._answer(request)
        await answer(scope, receive, send)

    def _unauthorized(self, request: Request) -> Response | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return _detail(401, "Authentication credentials were not provided.")
        return None if token.strip() == self._token else refusal(401)


def _not_allowed(request: Request) -> Response | None:
    if request.method in ("GET", "HEAD"):
        return None
    return _detail(405, f'Method "{request.method}" not allowed.', {"Allow": "GET, HEAD"})


def paginated(
    request: Request, count: int, rows: Callable[[int, int], object], address: str
) -> Response:
    """The page asked for, out of `count` rows; `rows` gives them from one place up to another.

    `address` is where the server believes the list to be; the links are made of it.
    """
    size = _page_size(request.query_params.get("pageSize"))
    last = max(1, -(-count // size))  # an empty list has one page too
    page = _page_number(request.query_params.get("page"), last)
    if page is None:
        return _detail(404, "Invalid page.")
    return json_response(
        {
            "count": count,
            "results": rows((page - 1) * size, page * size),
            "next": _link(request, address, page + 1) if page < last else None,
            "previous": _link(request, address, page - 1) if page > 1 else None,
        }
    )


def whole_number(text: str | None) -> int | None:
    """What Python makes of the text, as Django does; None if it is no whole number."""
    try:
        return int(text or "")
    except ValueError:
        return None


def _page_size(asked: str | None) -> int:
    size = whole_number(asked)
    return PAGE_SIZE if size is None or size < 1 else min(size, MAX_PAGE_SIZE)


def _page_number(asked: str | None, last: int) -> int | None:
    number = last if asked == "last" else whole_number(asked or "1")
    return number if number is not None and 1 <= number <= last else None


def _link(request: Request, address: str, page: int) -> str:
    query = parse_qs(request.url.query, keep_blank_values=True) | {"page": [str(page)]}
    if page == 1:
        del query["page"]
    text = urlencode(sorted(query.items()), doseq=True)
    return f"{address}?{text}" if text else address
