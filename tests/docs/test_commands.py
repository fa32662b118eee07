"""The page about commands names each command, option and target, and no other."""

import re

import click

from server.cli import main
from tests.docs.pages import ROOT
from tests.docs.test_accounts import rows

PAGE = (ROOT / "docs" / "commands.md").read_text("utf-8")


def section(heading: str) -> str:
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_each_command_with_its_options() -> None:
    told = set(re.findall(r"^## pacioli (.+)$", PAGE, re.MULTILINE))
    assert told == set(main.commands)
    for name, command in main.commands.items():
        options = {option for each in command.params for option in each.opts}
        text = section(f"pacioli {name}")
        assert (set(rows(text, "option")) if options else set()) == options, name


def test_each_target() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert set(rows(section("make"), "target")) == {f"make {each}" for each in phony.split()}


def test_options_that_are_said_to_be_usual_are_so() -> None:
    defaults = {
        (name, option.opts[0]): option.default
        for name, command in main.commands.items()
        for option in command.params
        if isinstance(option, click.Option)
    }
    assert (defaults["sandbox", "--port"], defaults["serve", "--workers"]) == (8001, 1)
