"""A list that its upstream sorts, asked from a sort key on: what is before is not read again."""

from collections.abc import Callable

from providers.queries import Direction
from providers.views import Record
from resolvers.ranks import MISSING, Key
from resolvers.rows import Numbered, Rows


def resumed(
    rows: Callable[[Direction, int | None], Rows],
    key: int | None,
    *,
    towards: Direction,
    keyless: Key | None,
) -> Rows:
    """The list in a direction from a sort key on, whole without one.

    `rows` asks for it so. Bounds may keep out the rows that have no sort key, which are the last on
    the way down: if these are wanted, `keyless` is the sort key by which they are known.
    """
    if key is None or keyless is None or towards is Direction.ASCENDING:
        return rows(towards, key)
    keyed = None if key == MISSING else rows(towards, key)
    return KeylessLast(keyed, rows(Direction.ASCENDING, None), keyless)


class KeylessLast(Rows):
    """The rows of a list, and behind them those without a sort key: the first of the whole list."""

    def __init__(self, keyed: Rows | None, whole: Rows, key: Key) -> None:
        super().__init__(whole.source, whole.kind, whole._ask, whole._budget, Direction.DESCENDING)
        self._keyed, self._whole, self._key = keyed, whole, key

    async def read(self, start: int, stop: int, spare: int | None = None) -> Numbered:
        if self._keyed is None:
            length, rows = 0, list[tuple[int, Record]]()
        else:
            rows = list(await self._keyed.read(start, stop, spare))
            if self._keyed.total is None or stop < self._keyed.total:
                return rows
            length = self._keyed.total
        keyless = await self._keyless()
        self.total = length + len(keyless)
        return rows + [each for each in enumerate(keyless, length) if start <= each[0] < stop]

    async def _keyless(self) -> list[Record]:
        """The rows without a key; a page that has others too is the last that is read."""
        found: list[Record] = []
        while batch := await self._whole.some(len(found)):
            found += [record for _, record in batch if self._key(record) == MISSING]
            if len(found) <= batch[-1][0]:
                break
        return found
