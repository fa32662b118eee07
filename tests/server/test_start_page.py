"""The page at /: what it links to is there."""

import re

from tests.conftest import Graph

HTML = {"Accept": "text/html"}


def test_its_links_lead_somewhere(graph: Graph) -> None:
    response = graph.http.get("/", headers=HTML)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    links = re.findall(r'href="([^"]+)"', response.text)
    assert links == ["graphql", "healthz", "readyz"]
    for link in links:
        assert graph.http.get(f"/{link}", headers=HTML).status_code == 200
