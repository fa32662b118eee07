"""The rows of a list that are known, by their index in it."""

from collections.abc import Sequence

from providers.views import Record


class Runs:
    """Rows by their index, kept in runs of neighbours: mostly there is one, a page as it came.

    No run touches another one.
    """

    def __init__(self) -> None:
        self._runs: dict[int, Sequence[Record]] = {}

    def put(self, start: int, rows: Sequence[Record]) -> None:
        """The rows from `start` on, in place of those that were known there.

        They are kept as they are given: who gives them does not change them any more.
        """
        if not rows:
            return
        stop = start + len(rows)
        for at, run in list(self._runs.items()):
            if at <= stop and start <= at + len(run):
                rows = [*run[: max(start - at, 0)], *rows, *run[max(stop - at, 0) :]]
                start, stop = min(start, at), max(stop, at + len(run))
                del self._runs[at]
        self._runs[start] = rows

    def __len__(self) -> int:
        return sum(map(len, self._runs.values()))

    def holds(self, start: int, stop: int) -> bool:
        """Whether all of a range are known."""
        for at, run in self._runs.items():
            if at <= start and stop <= at + len(run):
                return True
        return start >= stop

    def between(self, start: int, stop: int) -> Sequence[tuple[int, Record]]:
        """Those of a range that are known, with their indexes."""
        found: list[tuple[int, Record]] = []
        for at in sorted(self._runs):
            part = self._runs[at][max(start - at, 0) : max(stop - at, 0)]
            found += enumerate(part, max(start, at))
        return found

    def clear(self) -> None:
        """Nothing is known any more."""
        self._runs.clear()
