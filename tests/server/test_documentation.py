"""The documentation for browsers: from its first page everything is found, nothing is missing."""

import re
from urllib.parse import urljoin

import pytest

from server.documentation import PAGES
from tests.conftest import Graph
from tests.frontend.programs import leave_out

LINK = re.compile(r'(?:href|src)="([^"#]+)"')


@pytest.fixture(autouse=True)
def built() -> None:
    """Leaves out what needs the pages where they could not be built."""
    if not (PAGES / "index.html").exists():
        leave_out("The pages are not built (make setup)")


def test_every_link_leads_somewhere(graph: Graph) -> None:
    waiting, seen = ["/docs/"], set[str]()
    while waiting:
        address = waiting.pop()
        response = graph.http.get(address)
        assert response.status_code == 200, address
        assert "default-src 'none'; style-src 'self'" in response.headers["content-security-policy"]
        assert response.headers["cache-control"] == "no-cache"
        seen.add(address)
        if response.headers["content-type"].startswith("text/html"):
            found = {urljoin(address, link) for link in LINK.findall(response.text)}
            waiting += [each for each in found - seen - {*waiting} if each.startswith("/")]
    assert {"/docs/docs.css", "/docs/CHANGELOG.html", "/docs/docs/dashboard.html"} <= seen
    assert len(seen) > 10


def test_a_link_to_a_heading_finds_it() -> None:
    for page in PAGES.rglob("*.html"):
        for link in re.findall(r'href="([^":]*#[^"]+)"', page.read_text("utf-8")):
            path, _, place = link.partition("#")
            target = page.parent / path if path else page
            assert f'id="{place}"' in target.read_text("utf-8"), f"{page.name}: {link}"


def test_it_runs_no_script(graph: Graph) -> None:
    for page in PAGES.rglob("*.html"):
        assert "<script" not in page.read_text("utf-8")


def test_it_is_found_without_the_last_stroke(graph: Graph) -> None:
    response = graph.http.get("/docs", follow_redirects=True)
    assert response.status_code == 200
    assert response.url.path == "/docs/"
