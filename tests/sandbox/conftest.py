"""Serves sandboxes over loopback, so that the tests speak to them as a caller does."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from starlette.types import ASGIApp

from sandbox import yume
from sandbox.app import create_app
from tests.conftest import NOW, PLAIN, Stages

Serve = Callable[[ASGIApp], httpx.Client]


@contextmanager
def served(stages: Stages, app: ASGIApp) -> Iterator[httpx.Client]:
    """A client of the app that has Yume's token."""
    headers = {"Authorization": f"Bearer {yume.TOKEN}"}
    with (
        stages.show(app) as address,
        httpx.Client(base_url=address, headers=headers, **PLAIN) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def serve(stages: Stages) -> Iterator[Serve]:
    """Serves any number of apps until the module's tests are done."""
    with ExitStack() as servers:
        yield lambda app: servers.enter_context(served(stages, app))


@pytest.fixture(scope="session")
def unchanged(stages: Stages) -> Iterator[httpx.Client]:
    """A sandbox for tests that only read."""
    with served(stages, create_app(now=NOW)) as client:
        yield client


@pytest.fixture
def sandbox(stages: Stages) -> Iterator[httpx.Client]:
    """A sandbox of the test's own."""
    with served(stages, create_app(now=NOW)) as client:
        yield client
