"""A report for people: coloured on a terminal, plain elsewhere, one line a thing."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from server.diagnosis.report import ListFound, Report, ServiceFound, SourceFound

CLOCK_SECONDS = 2
"""Less tells nothing: `Date` has whole seconds, and servers keep it for one."""


def print_report(report: Report, sources: int) -> None:
    """Prints what was found in a configuration of so many sources."""
    _line(f"{report.file}: no mistakes, sources: {sources}")
    _warn(report.warnings, "")
    for source in report.sources:
        _verdict(source)
        _line("  " + ", ".join(_measures(source)))
        for found in source.lists:
            _line("  " + "; ".join(_described(found)))
        _warn(source.warnings, "  ")
    for service in report.services:
        _verdict(service)
        _warn(service.warnings, "  ")


@contextmanager
def progress(steps: int) -> Iterator[Callable[[], None]]:
    """A bar on the error output while things are asked, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    with click.progressbar(
        length=steps, label="Asking", file=sys.stderr, color=_coloured(), show_eta=False
    ) as bar:
        yield lambda: bar.update(1)


def _verdict(found: SourceFound | ServiceFound) -> None:
    said = click.style(found.message, fg="green" if found.ok else "red", bold=not found.ok)
    _line(f"{click.style(found.name, bold=True)}: {said}")


def _measures(source: SourceFound) -> Iterator[str]:
    yield source.provider
    yield f"calls: {source.calls}"
    if source.milliseconds is not None:
        yield f"{source.milliseconds} ms"
    if source.clock_skew_seconds is not None and abs(source.clock_skew_seconds) >= CLOCK_SECONDS:
        yield f"clock {source.clock_skew_seconds:+.0f} s"
    if source.certificate_days is not None:
        yield f"TLS certificate good for {source.certificate_days:.0f} days"


def _described(found: ListFound) -> Iterator[str]:
    total = "" if found.total is None else f" of {found.total}"
    yield f"{found.kind}: {found.rows}{total} rows read"
    if found.shows_order:
        yield f"order {found.shows_order}"
    if found.shows_page_size:
        yield f"pages of {found.shows_page_size}"
    fields = found.fields
    if fields.filled:
        yield f"{len(fields.filled)} fields filled, {len(fields.empty)} empty"


def _warn(warnings: tuple[str, ...], indent: str) -> None:
    for warning in warnings:
        _line(f"{indent}{click.style('warning', fg='yellow')}: {warning}")


def _line(text: str) -> None:
    click.echo(text, color=_coloured())


def _coloured() -> bool | None:
    """None leaves it to the terminal; NO_COLOR is the custom by which people switch colours off."""
    return False if os.environ.get("NO_COLOR") else None
