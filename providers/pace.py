"""The pace of requests: no more a second than the source is configured for."""

from time import monotonic
from typing import Protocol


class Pace(Protocol):
    """Gives each request its turn, at equal distances, in the order in which they come."""

    async def turn(self, patience: float) -> float | None:
        """Seconds until the next turn, which is taken; None if it comes too late for `patience`."""


class LocalPace:
    """The pace of the requests of this process."""

    def __init__(self, per_second: float) -> None:
        self._distance = 1 / per_second
        self._next = 0.0

    async def turn(self, patience: float) -> float | None:
        now = monotonic()
        start = max(now, self._next)
        if start - now > patience:
            return None
        self._next = start + self._distance
        return start - now
