"""Scrapes of /metrics, read as Prometheus reads them."""

from collections.abc import Mapping

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import Graph

Figures = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def scraped(graph: Graph) -> str:
    return graph.http.get("/metrics").raise_for_status().text


def figures(text: str) -> Figures:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def names(text: str) -> set[str]:
    """The names of all figures, those of a histogram's parts too."""
    return {name for name, _ in figures(text)}


def figure(source: Graph | Figures, name: str, /, **labels: str) -> float:
    """One figure, 0 where there is none yet."""
    known = figures(scraped(source)) if isinstance(source, Graph) else source
    return known.get((name, frozenset(labels.items())), 0)


def post(graph: Graph, query: str, **headers: str) -> httpx.Response:
    return graph.http.post("/graphql", json={"query": query}, headers=headers)
