"""The page at /: what it links to is there."""

import hashlib
import re
from base64 import b64encode

from server.documentation import PAGES
from tests.conftest import Graph, StartGraph, settings

HTML = {"Accept": "text/html"}


def links(graph: Graph) -> list[str]:
    response = graph.http.get("/", headers=HTML)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return re.findall(r'href="([^"]+)"', response.text)


def test_its_links_lead_somewhere(graph: Graph) -> None:
    docs = ["docs/"] if PAGES.exists() else []
    assert links(graph) == ["dashboard", "graphql", *docs, "healthz", "readyz"]
    for link in links(graph):
        assert graph.http.get(f"/{link}", headers=HTML).status_code == 200


def test_its_policy_allows_its_own_style_alone(graph: Graph) -> None:
    response = graph.http.get("/", headers=HTML)
    policy = response.headers["content-security-policy"]
    (style,) = re.findall(r"<style>(.*?)</style>", response.text, re.DOTALL)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]


def test_it_leads_to_nothing_that_is_switched_off(start_graph: StartGraph) -> None:
    graph = start_graph(settings(dashboard=False, graphiql=False))
    assert {"dashboard", "graphql"}.isdisjoint(links(graph))
