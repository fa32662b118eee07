"""Finds several export tasks of one source in the fewest calls.

Each task alone can be found in a list that its hint narrows: a call a task. Tasks that move are
also all at the beginning of the list of what changed last: a call for all of them. That list is
tried first where it can save calls, and no more once it did not, until other tasks are watched.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from providers.base import Key
from providers.client import Source
from providers.queries import Direction, ExportTaskQuery
from providers.views import Record
from resolvers.context import Context
from resolvers.loaders import ByKey

KIND = "export_tasks"
LAST_CHANGED = ExportTaskQuery(by_update=True, direction=Direction.DESCENDING)

Found = Mapping[Key, Record | Exception | None]


class Sightings:
    """The looking for tasks of one source, time and again."""

    def __init__(self, source: Source) -> None:
        self._source, self._listing = source, source.spec.listings[KIND]
        self._in_vain: frozenset[Key] | None = None  # tasks that the list did not save calls for

    async def look(self, context: Context, keys: Sequence[Key]) -> Found:
        """Each task as it is now, None where there is none. Raises UpstreamError."""
        found: dict[Key, Record | Exception | None] = {}
        alone = self._calls(keys)
        if alone > 1 and self._listing.sorts and frozenset(keys) != self._in_vain:
            pages = await self._last_changed(context, keys, found, most=alone - 1)
            left = [key for key in keys if key not in found]
            self._in_vain = frozenset(keys) if pages + self._calls(left) >= alone else None
        left = [key for key in keys if key not in found]
        records = await ByKey(context, self._source, KIND).load(left)
        return found | dict(zip(left, records, strict=True))

    def _calls(self, keys: Sequence[Key]) -> int:
        """What it costs at least to find each task alone."""
        if self._listing.single is not None:
            return len(keys)
        return len(self._source.find(self._listing, keys))

    async def _last_changed(
        self, context: Context, keys: Sequence[Key], found: dict[Key, Any], *, most: int
    ) -> int:
        """Adds the tasks at the beginning of the list, and gives how many pages it read.

        It ends at the first page that has none of them.
        """
        lane = self._source.plan(self._listing, LAST_CHANGED).lanes[0]
        rows = context.rows(self._source, KIND, lane, Direction.DESCENDING)
        wanted = {key.provider_id: key for key in keys}
        start = pages = 0
        while wanted and pages < most and (batch := await rows.some(start)):
            pages += 1
            start = batch[-1][0] + 1
            here = {record.key_id: record for _, record in batch if record.key_id in wanted}
            if not here:
                break
            found |= {wanted.pop(key_id): record for key_id, record in here.items()}
        return pages
