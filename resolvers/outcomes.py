"""How each source did for one list."""

from dataclasses import dataclass
from datetime import datetime

from providers.client import Source
from providers.errors import UpstreamError
from providers.records import OutcomeStatus
from resolvers.pages import Page


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one source contributed to a connection; `fetched_at` is of the oldest row shown."""

    source: Source
    status: OutcomeStatus
    fetched_at: datetime | None = None
    error: UpstreamError | None = None


def outcome(page: Page, source: Source) -> Outcome:
    """How a source did for a page: it failed, or some of what was read of it is stale, or not."""
    if source in page.lost:
        return Outcome(source, OutcomeStatus.FAILED, error=page.lost[source])
    shown = (record.fetched_at for record in page.records if record.source is source)
    oldest = min(shown, default=None)
    lanes = [lane for lane in page.lanes if lane.rows.source is source]
    for stale in (lane.rows.stale or lane.whole.stale for lane in lanes):
        if stale is not None:
            return Outcome(source, OutcomeStatus.STALE, oldest, stale.error)
    return Outcome(source, OutcomeStatus.OK, oldest)
