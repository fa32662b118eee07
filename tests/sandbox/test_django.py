"""The framework around Yume's data, on a list of 45 numbers and on an empty one."""

from collections.abc import Callable

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.django import DjangoRouter, View, json_response, paginated, refusal, whole_number

Serve = Callable[[ASGIApp], httpx.Client]
LIST = "http://api.example.org/v1/numbers/"


def numbers(count: int) -> DjangoRouter:
    """A list of the numbers from 0."""

    def page(request: Request) -> Response:
        return paginated(request, count, lambda start, stop: list(range(count))[start:stop], LIST)

    def single(request: Request) -> Response:
        return json_response(request.path_params["id"])

    routes = [
        Route("/v1/numbers/", View("token", page)),
        Route("/v1/numbers/{id}/", View("token", single)),
    ]
    return DjangoRouter(routes)


@pytest.fixture(scope="module")
def api(serve: Serve) -> httpx.Client:
    client = serve(numbers(45))
    client.headers["Authorization"] = "Bearer token"
    return client


@pytest.fixture(scope="module")
def empty(serve: Serve) -> httpx.Client:
    client = serve(numbers(0))
    client.headers["Authorization"] = "Bearer token"
    return client


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", range(20)),
        ("page=1", range(20)),
        ("page=2", range(20, 40)),
        ("page=3", range(40, 45)),
        ("page=last", range(40, 45)),
        ("page=", range(20)),
        ("page=1&page=2", range(20, 40)),
        ("pageSize=7&page=7", range(42, 45)),
        ("pageSize=45", range(45)),
        ("pageSize=45&page=last", range(45)),
        ("pageSize=1&page=45", range(44, 45)),
    ],
)
def test_page(api: httpx.Client, query: str, rows: range) -> None:
    body = api.get(f"/v1/numbers/?{query}").json()
    assert body["results"] == list(rows)
    assert body["count"] == 45


@pytest.mark.parametrize("page", ["0", "-1", "4", "9999", "first", "1.0", "None", "9" * 5_000])
def test_no_such_page(api: httpx.Client, page: str) -> None:
    answer = api.get("/v1/numbers/", params={"page": page})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid page."})


@pytest.mark.parametrize("size", ["0", "-5", "ten", "", "2.5", "9" * 5_000])
def test_bad_size_is_the_default(api: httpx.Client, size: str) -> None:
    assert len(api.get("/v1/numbers/", params={"pageSize": size}).json()["results"]) == 20


def test_large_size_is_cut_to_the_largest(serve: Serve) -> None:
    many = serve(numbers(101))
    many.headers["Authorization"] = "Bearer token"
    body = many.get("/v1/numbers/?pageSize=101").json()
    assert body["results"] == list(range(100))
    assert body["next"] == f"{LIST}?page=2&pageSize=101"


@pytest.mark.parametrize("query", ["", "page=1", "page=last", "pageSize=5"])
def test_empty_list_has_one_page(empty: httpx.Client, query: str) -> None:
    answer = empty.get(f"/v1/numbers/?{query}")
    assert answer.status_code == 200
    assert answer.json() == {"count": 0, "results": [], "next": None, "previous": None}


def test_empty_list_has_no_second_page(empty: httpx.Client) -> None:
    assert empty.get("/v1/numbers/?page=2").status_code == 404


@pytest.mark.parametrize(
    ("query", "following", "previous"),
    [
        ("", "?page=2", None),
        ("page=2", "?page=3", ""),
        ("page=3", None, "?page=2"),
        ("page=last", None, "?page=2"),
        ("pageSize=10&page=2", "?page=3&pageSize=10", "?pageSize=10"),
        ("q=%C3%A9+b&page=2&empty=", "?empty=&page=3&q=%C3%A9+b", "?empty=&q=%C3%A9+b"),
        ("a=2&a=1", "?a=2&a=1&page=2", None),
        ("pageSize=45", None, None),
    ],
)
def test_links(api: httpx.Client, query: str, following: str | None, previous: str | None) -> None:
    body = api.get(f"/v1/numbers/?{query}").json()
    assert body["next"] == (None if following is None else LIST + following)
    assert body["previous"] == (None if previous is None else LIST + previous)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("/v1/numbers", "/v1/numbers/"),
        ("/v1/numbers?page=2&pageSize=5", "/v1/numbers/?page=2&pageSize=5"),
        ("/v1/numbers/7", "/v1/numbers/7/"),
    ],
)
def test_missing_slash(api: httpx.Client, method: str, asked: str, location: str) -> None:
    answer = api.request(method, asked, headers={"Authorization": ""})
    assert (answer.status_code, answer.headers["Location"]) == (301, location)


@pytest.mark.parametrize("path", ["/", "/v1/", "/v1/numbers/7/more", "/v2/numbers"])
def test_unknown_path(api: httpx.Client, path: str) -> None:
    answer = api.get(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("authorization", "detail"),
    [
        (None, "Authentication credentials were not provided."),
        ("", "Authentication credentials were not provided."),
        ("Basic dG9rZW4=", "Authentication credentials were not provided."),
        ("token", "Authentication credentials were not provided."),
        ("Bearer", "Invalid token."),
        ("Bearer other", "Invalid token."),
        ("Bearer token token", "Invalid token."),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_refused_credentials(
    api: httpx.Client, method: str, authorization: str | None, detail: str
) -> None:
    request = api.build_request(method, "/v1/numbers/")
    del request.headers["Authorization"]
    if authorization is not None:
        request.headers["Authorization"] = authorization
    answer = api.send(request)
    assert (answer.status_code, answer.json()) == (401, {"detail": detail})
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_scheme_in_any_case(api: httpx.Client) -> None:
    answer = api.get("/v1/numbers/", headers={"Authorization": "bearer token"})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/v1/numbers/", "/v1/numbers/7/"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_other_methods(api: httpx.Client, method: str, path: str) -> None:
    answer = api.request(method, path)
    assert answer.status_code == 405
    assert answer.json() == {"detail": f'Method "{method}" not allowed.'}
    assert answer.headers["Allow"] == "GET, HEAD"


def test_head_has_no_body(api: httpx.Client) -> None:
    answer = api.head("/v1/numbers/")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    ("status", "retry_after", "body"),
    [
        (400, None, b'{"detail":"Bad Request."}'),
        (401, None, b'{"detail":"Invalid token."}'),
        (404, None, b'{"detail":"Not found."}'),
        (429, None, b'{"detail":"Request was throttled."}'),
        (429, 7, b'{"detail":"Request was throttled. Expected available in 7 seconds."}'),
        (499, None, b'{"detail":"Error."}'),
        (503, 7, b"<h1>Server Error (503)</h1>\n"),
    ],
)
def test_refusal(status: int, retry_after: int | None, body: bytes) -> None:
    answer = refusal(status, retry_after)
    assert (answer.status_code, answer.body) == (status, body)
    shown = None if retry_after is None else str(retry_after)
    assert answer.headers.get("Retry-After") == shown


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), (" 12 ", 12), ("-3", -3), ("", None), (None, None), ("1.5", None), ("x", None)],
)
def test_whole_number(text: str | None, number: int | None) -> None:
    assert whole_number(text) == number
