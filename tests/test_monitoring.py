"""The dashboard and the alert rules ask for figures that there are, in words Prometheus knows."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from server.telemetry.operations import UNREAD
from tests.conftest import Graph, StartGraph, StartYume, settings, source
from tests.docs.pages import anchors
from tests.programs import needed
from tests.server.telemetry.scrapes import figures, names, post, scraped

DEPLOY = Path(__file__).parents[1] / "deploy"
RULES = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARD: Any = json.loads((DEPLOY / "grafana" / "pacioli.json").read_text("utf-8"))
NAME = re.compile(r"\bpacioli_[a-z_]+")
LABEL = re.compile(r"\bby \(([a-z_, ]+)\)|[{,]\s*([a-z_]+)=")
OF_PROMETHEUS = {"job", "le"}


def expressions() -> list[str]:
    """What the dashboard asks, with its variables filled in as Grafana does."""
    asked = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    return [re.sub(r"\$\w+", ".*", each.replace("$__rate_interval", "5m")) for each in asked]


@pytest.fixture
def busy(start_yume: StartYume, start_graph: StartGraph) -> Graph:
    """A server that had traffic and failures."""
    yume = start_yume()
    graph = start_graph(settings(source(yume, retries=1), limits={"max_depth": 4}))
    query = "query Newest { invoices { nodes { id } } }"
    post(graph, query)
    post(graph, "{ invoices { edges { node { source { name } } } } }")
    yume.fail(status=503)
    post(graph, query)
    return graph


def test_all_figures_that_are_asked_for_exist(busy: Graph) -> None:
    there = names(scraped(busy))
    rules = RULES.read_text("utf-8")
    asked = {name for text in (rules, json.dumps(DASHBOARD)) for name in NAME.findall(text)}
    assert len(asked) > 15
    assert asked <= there
    parts = re.compile(r"_(count|sum|bucket)$")
    shown = {parts.sub("", name) for each in expressions() for name in NAME.findall(each)}
    assert shown == {parts.sub("", name) for name in there}, "a panel for each figure"


def test_all_labels_that_are_asked_for_exist(busy: Graph) -> None:
    there = {label for _, labels in figures(scraped(busy)) for label, _ in labels}
    for text in (*expressions(), RULES.read_text("utf-8")):
        for group, single in LABEL.findall(text):
            assert set((group or single).split(", ")) <= there | OF_PROMETHEUS


def test_panels_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert at["x"] + at["w"] <= 24
        assert not cells & taken
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def promtool(*arguments: str, given: str = "") -> str:
    """What promtool says; it must find nothing wrong."""
    command = [needed("promtool"), *arguments]
    run = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout + run.stderr


def test_prometheus_takes_the_rules() -> None:
    assert "SUCCESS" in promtool("check", "rules", "--lint=all", "--lint-fatal", str(RULES))


def test_prometheus_understands_the_dashboard(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{at}", "expr": each} for at, each in enumerate(expressions())]
    file = tmp_path / "dashboard.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    assert f"{len(rules)} rules found" in promtool("check", "rules", str(file))


def test_prometheus_likes_the_figures(busy: Graph) -> None:
    assert promtool("check", "metrics", given=scraped(busy)) == ""


LEFT_ALONE = "pacioli_source_left_alone_until_timestamp_seconds"
ALERTS = {
    # A rule, and figures of eleven minutes for which it fires.
    "PacioliIsNotScraped": {'up{job="pacioli"}': "0x20"},
    "PacioliFails": {
        'pacioli_operations_total{outcome="UPSTREAM_TIMEOUT"}': "0+6x20",
        'pacioli_operations_total{outcome="ok"}': "0+60x20",
    },
    "PacioliHasAnError": {'pacioli_errors_total{code="INTERNAL_SERVER_ERROR"}': "0x15 1x5"},
    "PacioliSourceIsDown": {f'{LEFT_ALONE}{{source="a"}}': "1100x20"},  # until 18m20s
    "PacioliSourceRefusesCredentials": {
        'pacioli_source_calls_total{source="a", outcome="UPSTREAM_UNAUTHORIZED"}': "0x15 1x5"
    },
    "PacioliShowsStaleAnswers": {
        'pacioli_source_answers_total{source="a", cache="stale"}': "0+1x20"
    },
    "PacioliIsSlow": {
        'pacioli_operation_duration_seconds_bucket{le="5"}': "0+1x20",
        'pacioli_operation_duration_seconds_bucket{le="10"}': "0+60x20",
        'pacioli_operation_duration_seconds_bucket{le="+Inf"}': "0+60x20",
    },
    "PacioliSourceHasAQueue": {
        'pacioli_source_queue_wait_seconds_bucket{source="a", le="1"}': "0+1x20",
        'pacioli_source_queue_wait_seconds_bucket{source="a", le="5"}': "0+60x20",
        'pacioli_source_queue_wait_seconds_bucket{source="a", le="+Inf"}': "0+60x20",
    },
    "PacioliSourceLimitsUs": {
        'pacioli_source_calls_total{source="a", outcome="UPSTREAM_RATE_LIMITED"}': "0+1x20"
    },
    "PacioliRefusesCallers": {
        'pacioli_limits_exceeded_total{limit="operations_per_minute"}': "0+1x20"
    },
}
CALM = {
    'up{job="pacioli"}': "1x20",
    'pacioli_operations_total{outcome="ok"}': "0+1x20",
    'pacioli_operations_total{outcome="UNAUTHENTICATED"}': "0+600x20",  # nothing that ran
    'pacioli_source_answers_total{source="b", cache="refresh"}': "0+60x20",
    f'{LEFT_ALONE}{{source="b"}}': "300x20",  # until 5m, and nobody asked since
}


def test_what_was_refused_is_no_part_of_the_operations_that_may_fail() -> None:
    (left_out,) = re.findall(r'outcome!~"([^"]+)"', RULES.read_text("utf-8"))
    assert left_out.split("|") == sorted(UNREAD)
    told = (DEPLOY.parent / "docs" / "telemetry.md").read_text("utf-8")
    assert all(f"`{code}`" in told for code in UNREAD)


def test_each_alert_leads_to_a_page_that_tells_of_it() -> None:
    pages = re.findall(r"runbook_url: (\S+)#(\S+)", RULES.read_text("utf-8"))
    assert len(pages) == len(ALERTS)
    for name, anchor in pages:
        assert anchor in anchors(DEPLOY.parent / name)
    told = (DEPLOY.parent / "docs" / "telemetry.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(Pacioli\w+)`", told, re.MULTILINE)) == set(ALERTS)


def test_no_rule_is_untested() -> None:
    assert set(re.findall(r"alert: (\w+)", RULES.read_text("utf-8"))) == set(ALERTS)


@pytest.mark.parametrize("name", ALERTS)
def test_each_alert_fires_when_it_should_and_no_other(tmp_path: Path, name: str) -> None:
    series = {**CALM, **ALERTS[name]}
    tests = {
        "rule_files": [str(RULES)],
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {"series": each, "values": values} for each, values in series.items()
                ],
                "promql_expr_test": [
                    {
                        "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
                        "eval_time": "19m",
                        "exp_samples": [{"labels": f'{{alertname="{name}"}}', "value": 1}],
                    }
                ],
            }
        ],
    }
    file = tmp_path / "test.yml"
    file.write_text(json.dumps(tests))
    assert "SUCCESS" in promtool("test", "rules", str(file))
