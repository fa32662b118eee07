"""Who gets in, over HTTP."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.authentication import AuthenticationError
from starlette.requests import HTTPConnection

from resolvers.callers import TRUSTED
from server.api_keys import hashed
from server.app import create_app
from server.authentication import Door, User, admit, caller_of
from server.settings import ApiKeySettings, AuthSettings
from server.tokens import LEEWAY_SECONDS
from tests.conftest import Graph, Stages, Whole, Yume, served_graph, settings, source
from tests.server.issuers import EC, OTHER_RSA, RSA, Issuer, jwk, token, trusted

KEY = "a key that only its owner knows"
LIFE_PAY = {"api_key": "sandbox-life-pay-key", "org_guid": "6f1c2a52-9c1e-4f0a-8a57-6d2c3b5e7a10"}
OPERATION = {"query": "{ sources { name } }"}


def locked(issuer_address: str | None = None, *sources: Any, **server: Any) -> Any:
    """Settings with one API key and perhaps an issuer of tokens."""
    auth: dict[str, Any] = {
        "api_keys": [{"name": "reporting", "hash": hashed(KEY), "sources": ["*"]}]
    }
    if issuer_address:
        auth["issuers"] = [trusted(issuer_address)]
    return settings(*sources, auth=auth, **server)


def bearer(secret: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(jwk(RSA, "one"))


@pytest.fixture(scope="module")
def graph(stages: Stages, issuer: Issuer) -> Iterator[Graph]:
    with stages.show(issuer.app) as address, serve(stages, locked(address)) as client:
        yield client


@contextmanager
def serve(stages: Stages, chosen: Any) -> Iterator[Graph]:
    with served_graph(stages, create_app(chosen)) as client:
        yield client


def status(graph: Graph, headers: Any) -> int:
    return graph.http.post("/graphql", json=OPERATION, headers=headers).status_code


def refusal(graph: Graph, headers: Any) -> str:
    response = graph.http.post("/graphql", json=OPERATION, headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith('Bearer realm="pacioli"')
    assert response.headers["content-type"] == "application/json"
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    return str(error["message"])


def test_without_credentials(graph: Graph) -> None:
    assert "Authorization: Bearer" in refusal(graph, {})
    response = graph.http.get("/graphql", params=OPERATION)
    assert response.status_code == 401


def test_a_key_and_a_token_get_in(graph: Graph) -> None:
    for good in (KEY, token()):
        response = graph.http.post("/graphql", json=OPERATION, headers=bearer(good))
        assert (response.status_code, response.json()) == (200, {"data": {"sources": []}})


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer"])
def test_the_scheme_by_any_spelling(graph: Graph, scheme: str) -> None:
    assert status(graph, {"Authorization": f"{scheme} {KEY}"}) == 200


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        KEY,
        f"Basic {KEY}",
        f"Bearer  {KEY}",
        f"Bearer {KEY}x",
        f"Bearer {hashed(KEY)}",
        f"Bearer {token(exp=1)}",
        f"Bearer {token(OTHER_RSA)}",
        "Bearer " + "a" * 20_000,
        "Bearer \xff\xfe",
    ],
    ids=lambda value: repr(value[:30]),
)
def test_wrong_credentials(graph: Graph, value: str) -> None:
    said = refusal(graph, {"Authorization": value.encode("latin-1")})
    assert KEY not in said


def test_two_headers_are_none(graph: Graph) -> None:
    headers = [("Authorization", f"Bearer {KEY}"), ("Authorization", "Bearer x")]
    refusal(graph, headers)
    refusal(graph, headers[::-1])


def test_what_has_no_secrets_is_open(graph: Graph) -> None:
    for path in ("/healthz", "/readyz"):
        assert graph.http.get(path).status_code == 200
    assert graph.http.get("/graphql", headers={"Accept": "text/html"}).status_code == 404


def test_the_page_is_open_where_it_is_wanted(stages: Stages) -> None:
    with serve(stages, locked(graphiql=True)) as graph:
        page = graph.http.get("/graphql", headers={"Accept": "text/html"})
        assert page.headers["content-type"].startswith("text/html")  # built or not
        asked = graph.http.get("/graphql", params=OPERATION, headers={"Accept": "text/html"})
        assert asked.status_code == 401


def test_introspection_is_off_unless_it_is_wanted(stages: Stages, graph: Graph) -> None:
    body = {"query": "{ __schema { queryType { name } } }"}
    assert "errors" in graph.http.post("/graphql", json=body, headers=bearer(KEY)).json()
    with serve(stages, locked(introspection=True)) as open_graph:
        answer = open_graph.http.post("/graphql", json=body, headers=bearer(KEY)).json()
        assert answer == {"data": {"__schema": {"queryType": {"name": "Query"}}}}


def test_keys_rotate(stages: Stages) -> None:
    issuer = Issuer(jwk(RSA, "one"))
    with stages.show(issuer.app) as address, serve(stages, locked(address)) as graph:
        new = token(EC, "ES256", "two")
        assert status(graph, bearer(token())) == 200
        issuer.keys[:] = [jwk(EC, "two")]
        assert status(graph, bearer(new)) == 200
        assert status(graph, bearer(token())) == 401
        assert issuer.asked <= 3


@pytest.mark.parametrize("answer", [404, 500, 302])
def test_an_issuer_without_keys(stages: Stages, answer: int) -> None:
    issuer = Issuer(jwk(RSA, "one"))
    issuer.status = answer
    with stages.show(issuer.app) as address, serve(stages, locked(address)) as graph:
        assert [status(graph, bearer(token())) for _ in range(5)] == [401] * 5
        assert status(graph, bearer(KEY)) == 200
        assert issuer.asked == 1


def test_an_issuer_that_is_away(stages: Stages) -> None:
    with serve(stages, locked("http://127.0.0.1:9")) as graph:
        assert status(graph, bearer(token())) == 401
        assert status(graph, bearer(KEY)) == 200


def test_credentials_are_not_logged(graph: Graph, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    good, bad = token(), token(OTHER_RSA)
    for secret in (KEY, good, bad, "another-key"):
        status(graph, bearer(secret))
    assert not [secret for secret in (KEY, good, bad, "another-key") if secret in caplog.text]


def test_the_settings_do_not_show_the_key() -> None:
    assert KEY not in repr(locked())


def connection(user: Any = None) -> HTTPConnection:
    app = Starlette()
    app.state.door = Door(AuthSettings(api_keys=(ApiKeySettings(name="a", hash=hashed(KEY)),)))
    return HTTPConnection({"type": "websocket", "headers": [], "user": user, "app": app})


@pytest.mark.parametrize("name", ["Authorization", "authorization"])
async def test_a_websocket_may_say_it_in_connection_init(name: str) -> None:
    parameters = {name: f"Bearer {KEY}"}
    opened = connection()
    caller = await admit(opened, parameters)
    assert caller.name == "key a"
    assert caller_of(opened) is caller


@pytest.mark.parametrize(
    "parameters", [None, {}, [], "x", {"Authorization": 1}, {"Authorization": "Bearer x"}]
)
async def test_a_websocket_that_does_not_say_it(parameters: Any) -> None:
    with pytest.raises(AuthenticationError):
        await admit(connection(), parameters)


async def test_what_the_handshake_proved_stands() -> None:
    proved = connection(User(TRUSTED))
    assert caller_of(proved) is TRUSTED
    assert await admit(proved, {"Authorization": "Bearer x"}) is TRUSTED


def test_without_auth_everybody_is_trusted(stages: Stages, still_yume: Yume) -> None:
    with serve(stages, settings(source(still_yume))) as graph:
        for headers in ({}, bearer("anything")):
            response = graph.http.post("/graphql", json=OPERATION, headers=headers)
            assert response.json() == {"data": {"sources": [{"name": "rental"}]}}


def test_a_stream_ends_with_its_token(
    stages: Stages, own_whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    almost = SimpleNamespace(time=lambda: 2_000_000_000 + LEEWAY_SECONDS - 0.3)
    monkeypatch.setattr("server.event_streams.time", almost)
    life = f"{own_whole.sandbox.base_url}/life_pay"
    account = {"name": "life-reports", "provider": "life_pay", "base_url": life}
    query = f'subscription {{ exportTask(id: "{own_whole.export()}") {{ status }} }}'
    sent = {**bearer(token(exp=2_000_000_000, sources="*")), "Accept": "text/event-stream"}
    with (
        stages.show(Issuer(jwk()).app) as address,
        serve(stages, locked(address, {**account, **LIFE_PAY})) as graph,
    ):
        response = graph.http.post("/graphql", json={"query": query}, headers=sent)
    assert response.status_code == 200
    assert "complete" not in response.text, "it is not over, so the client comes again"
