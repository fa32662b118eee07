"""What a list says of each of its sources."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from providers.errors import UnavailableError
from providers.records import OutcomeStatus, Stale
from resolvers.outcomes import outcome
from resolvers.pages import Page
from tests.resolvers.model import Upstream, source

ALPHA, BETA = source("alpha", Upstream([])), source("beta", Upstream([]))
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DOWN = UnavailableError("down")


def page(*shown: tuple[Any, int], stale: Any = None, lost: Any = None) -> Page:
    """A page with a row of each of these sources, read so many minutes before noon."""
    records = [
        SimpleNamespace(source=of, fetched_at=NOON - timedelta(minutes=age)) for of, age in shown
    ]
    lanes = [
        SimpleNamespace(
            rows=SimpleNamespace(source=of, stale=(stale or {}).get(of)),
            whole=SimpleNamespace(source=of, stale=None),
        )
        for of in (ALPHA, BETA)
    ]
    return cast(Page, SimpleNamespace(records=records, lanes=lanes, lost=lost or {}))


def test_the_oldest_row_shown_dates_it() -> None:
    found = outcome(page((ALPHA, 5), (BETA, 90), (ALPHA, 20)), ALPHA)
    assert (found.source, found.status, found.error) == (ALPHA, OutcomeStatus.OK, None)
    assert found.fetched_at == NOON - timedelta(minutes=20)
    assert outcome(page((ALPHA, 5)), BETA).fetched_at is None


def test_what_failed() -> None:
    found = outcome(page((ALPHA, 5), lost={BETA: DOWN}), BETA)
    assert (found.status, found.fetched_at, found.error) == (OutcomeStatus.FAILED, None, DOWN)


def test_what_is_stale_for_an_error_or_because_it_is_read_anew() -> None:
    for error in (DOWN, None):
        shown = page((ALPHA, 5), (BETA, 1), stale={ALPHA: Stale(error)})
        found = outcome(shown, ALPHA)
        assert (found.status, found.error) == (OutcomeStatus.STALE, error)
        assert found.fetched_at == NOON - timedelta(minutes=5)
        assert outcome(shown, BETA).status is OutcomeStatus.OK
