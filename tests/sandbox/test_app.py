"""The application as a whole."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.types import ASGIApp

from sandbox.app import LARGEST_BODY, PROVIDERS, create_app

Serve = Callable[[ASGIApp], httpx.Client]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_provider_is_under_its_name(unchanged: httpx.Client, provider: str) -> None:
    before = unchanged.get("/control").json()["requests"][provider]
    unchanged.get(f"/{provider}/anything")
    assert unchanged.get("/control").json()["requests"][provider] == before + 1


def test_history_ends_today_without_a_given_time(serve: Serve) -> None:
    client = serve(create_app())
    newest = client.get("/yume/v1/billing/invoices/").json()["results"][0]
    age = datetime.now(UTC) - datetime.fromisoformat(newest["created_at"])
    assert timedelta(0) < age < timedelta(hours=1)


@pytest.mark.parametrize("path", ["/", "/nobody/v1/", "/control/yume"])
def test_unknown_path(unchanged: httpx.Client, path: str) -> None:
    answer = unchanged.get(path)
    assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})


def test_too_large_a_body_is_refused(unchanged: httpx.Client) -> None:
    answer = unchanged.put("/control/faults/yume", content=b" " * (LARGEST_BODY + 1))
    assert answer.status_code == 413


@pytest.mark.parametrize("scale", [0, -1])
def test_scale_must_be_positive(scale: int) -> None:
    with pytest.raises(ValueError, match="scale"):
        create_app(scale=scale)


def test_time_must_have_a_zone(now: datetime) -> None:
    with pytest.raises(ValueError, match="zone"):
        create_app(now=now.replace(tzinfo=None))
