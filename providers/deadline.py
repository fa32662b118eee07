"""Until when it is worth while to wait."""

from time import monotonic


class Deadline:
    """A moment after which nobody waits any more; it moves on when somebody waits longer."""

    __slots__ = ("_at",)

    def __init__(self, seconds: float) -> None:
        self._at = monotonic() + seconds

    def left(self) -> float:
        """The seconds that are left, 0 once it is past."""
        return max(0.0, self._at - monotonic())

    def extend(self, other: "Deadline") -> None:
        """Lasts at least as long as the other."""
        self._at = max(self._at, other._at)
