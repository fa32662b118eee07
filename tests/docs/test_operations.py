"""The page for whoever is woken has each alert, and names figures that there are."""

import re

import yaml

from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
FIGURE = re.compile(r"`(pacioli_[a-z_]+)`")


def test_each_alert() -> None:
    rules = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yml").read_text("utf-8"))
    alerts = [rule["alert"] for group in rules["groups"] for rule in group["rules"]]
    assert alerts
    assert sorted(re.findall(r"^\| (Pacioli\w+) \|", PAGE, re.MULTILINE)) == sorted(alerts)


def test_its_figures_are_those_of_the_page_about_them() -> None:
    told = set(FIGURE.findall((ROOT / "docs" / "telemetry.md").read_text("utf-8")))
    named = set(FIGURE.findall(PAGE))
    assert named
    assert named <= told
