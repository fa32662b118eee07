"""What one page of an upstream's list shows of its order and of the pages that it gives."""

from collections.abc import Iterator, Sequence

from providers.client import Probe, Source
from providers.paginators import Sizes
from providers.queries import Direction
from providers.views import Record
from resolvers.ranks import by_creation
from server.diagnosis.fields import fields_of_rows
from server.diagnosis.report import ListFound

UNORDERED = "none"


def list_found(source: Source, kind: str, probe: Probe, page_size: int) -> ListFound:
    """What a list is like. Raises MalformedError for a row with a bad id or time of creation."""
    page, piece = probe.page, probe.piece
    _judge(page.rows)
    return ListFound(
        kind=kind,
        rows=len(page.rows),
        total=page.total,
        order=_promised(source, kind),
        shows_order=_shown(page.rows),
        page_size=None if piece is None else page_size,
        shows_page_size=_size(probe, page_size),
        fields=fields_of_rows(page.rows),
    )


def warnings(found: ListFound) -> Iterator[str]:
    """What to change in the configuration, or to ask the provider about."""
    kind, fields = found.kind, found.fields
    if found.shows_order and found.order not in (None, UNORDERED, found.shows_order):
        yield f"{kind}: configured {found.order}, shows {found.shows_order}"
    if found.page_size and found.shows_page_size:
        yield f"{kind}: gives {found.shows_page_size} rows where {found.page_size} are configured"
    if fields.malformed:
        yield f"{kind}: not as documented, so UPSTREAM_MALFORMED: {', '.join(fields.malformed)}"
    if fields.unknown:
        yield f"{kind}: words that are shown as UNKNOWN: {', '.join(fields.unknown)}"


def _judge(rows: Sequence[Record]) -> None:
    """Raises MalformedError where a row has no id: that fails its source, whatever is selected."""
    for row in rows:
        _ = row.key_id


def _promised(source: Source, kind: str) -> str | None:
    """The order that is configured, or asked for by a probe; None for what has no such order."""
    if source.spec.listings[kind].sorts:
        return Direction.DESCENDING.value if kind == "export_tasks" else None
    return UNORDERED if source.order is None else source.order.value


def _size(probe: Probe, page_size: int) -> int | None:
    """How many rows the upstream gives, where that is not what it was asked for."""
    rows, page = len(probe.page.rows), probe.page
    if probe.piece is None:
        return rows if page.more else None
    learnt = Sizes(1, page_size).learnt(probe.piece, rows, page.total, page.more)
    return None if learnt == Sizes(1, page_size) else rows


def _shown(rows: Sequence[Record]) -> str | None:
    """The order that the rows come in; None where nothing tells, as among equal times."""
    if not all(hasattr(type(row), "created_at") for row in rows):  # sales
        return None
    keys = [by_creation(row) for row in rows]
    ascending = sorted(keys)
    if len(set(keys)) < 2:
        return None
    if keys == ascending:
        return Direction.ASCENDING.value
    return Direction.DESCENDING.value if keys == ascending[::-1] else UNORDERED
