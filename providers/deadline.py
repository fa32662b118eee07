"""Until when it is worth while to wait."""

from time import monotonic

_ONE_READ = 0.8


class Deadline:
    """A moment after which nobody waits any more; it moves on when somebody waits longer."""

    __slots__ = ("_at",)

    def __init__(self, seconds: float) -> None:
        self._at = monotonic() + seconds

    def left(self) -> float:
        """The seconds that are left, 0 once it is past."""
        left = self._at - monotonic()
        return left if left > 0 else 0.0

    def of_one_read(self) -> "Deadline":
        """That of a read that begins now: it leaves time for those that follow it."""
        return Deadline(self.left() * _ONE_READ)

    def extend(self, other: "Deadline") -> None:
        """Lasts at least as long as the other."""
        self._at = max(self._at, other._at)
