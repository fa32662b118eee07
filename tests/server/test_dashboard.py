"""The page at /dashboard and what it may do. In a browser: tests/frontend."""

import re
from pathlib import Path

import pytest
from starlette.requests import Request

from server.dashboard import POLICY, dashboard
from server.static_files import STATIC
from tests.conftest import Graph, StartGraph, settings
from tests.frontend.programs import leave_out

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
KEY = {"name": "k", "hash": f"sha256:{'0' * 64}", "sources": ["*"]}


@pytest.fixture
def built() -> None:
    """Leaves out what needs the bundle where it could not be built."""
    if not (STATIC / "dashboard.html").exists():
        leave_out("The pages are not built (make setup)")


@pytest.mark.usefixtures("built")
def test_it_loads_only_what_is_here_and_says_so(graph: Graph) -> None:
    response = graph.http.get("/dashboard", headers=HTML)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    assert "//" not in response.text
    names = re.findall(r'(?:src|href)="([^"]+)"', response.text)
    assert [Path(name).suffix for name in names] == [".svg", ".css", ".js"]
    for name in names:
        file = graph.http.get(f"/{name}")
        assert file.status_code == 200
        assert file.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_its_policy_is_strict(graph: Graph) -> None:
    policy = graph.http.get("/dashboard", headers=HTML).headers["content-security-policy"]
    assert policy == POLICY
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.usefixtures("built")
def test_it_is_served_to_whoever_has_no_credentials_yet(start_graph: StartGraph) -> None:
    graph = start_graph(settings(auth={"api_keys": [KEY]}))
    response = graph.http.get("/dashboard", headers=HTML)
    assert response.status_code == 200
    assert 'data-guarded="true"' in response.text


@pytest.mark.usefixtures("built")
def test_where_everybody_gets_in_nobody_is_asked(graph: Graph) -> None:
    assert 'data-guarded="false"' in graph.http.get("/dashboard", headers=HTML).text


def test_it_can_be_switched_off(start_graph: StartGraph) -> None:
    graph = start_graph(settings(dashboard=False))
    assert graph.http.get("/dashboard", headers=HTML).status_code == 404


def test_a_page_that_was_not_built_says_how(tmp_path: Path) -> None:
    answer = dashboard(guarded=False, static=tmp_path)
    response = answer(Request({"type": "http"}))
    assert response.status_code == 503
    assert b"make setup" in bytes(response.body)
