"""The circuit breaker: leaves an upstream that keeps failing alone until it is back."""

from collections.abc import Callable
from time import monotonic

from providers.errors import UnavailableError
from providers.observer import Observer, Unobserved

_FIRST_PAUSE = 1.0  # seconds; doubled each time that the upstream still fails after it


class Breaker:
    """Lets calls to one upstream through until `failures` in a row have failed.

    Then none goes out for a pause, of at most `longest_pause` seconds. After it one call goes
    through as a probe: if that succeeds all do again, else the next pause is twice as long. A
    probe of which nothing is heard (its operation was cancelled) is followed by another one after
    `patience` seconds.
    """

    def __init__(
        self,
        failures: int,
        longest_pause: float,
        patience: float,
        clock: Callable[[], float] = monotonic,
        observer: Observer | None = None,
    ) -> None:
        self._threshold, self._longest = failures, longest_pause
        self._patience, self._clock = patience, clock
        self._observer = observer or Unobserved()
        self._failed = 0
        self._pause = min(_FIRST_PAUSE, longest_pause)
        self._until = 0.0
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether calls are kept back, but for probes."""
        return self._failed >= self._threshold

    def admit(self) -> None:
        """Lets a call through, as a probe where it is time for one. Raises UnavailableError."""
        if not self.is_open:
            return
        left = self._until - self._clock()
        if left > 0:
            raise UnavailableError(
                f"not asked, since its last {self._failed} requests failed",
                retry_after_seconds=round(left, 3),
                ours=True,
            )
        self._probing = True
        self._leave_alone(self._patience)

    def succeeded(self) -> None:
        """An answer was as it should be."""
        if self.is_open:
            self._observer.left_alone(0)
        self._failed, self._probing = 0, False
        self._pause = min(_FIRST_PAUSE, self._longest)

    def failed(self) -> None:
        """A call failed. Those that were under way when the pause began do not prolong it."""
        self._failed += 1
        if self._failed == self._threshold or self._probing:
            self._leave_alone(self._pause)
            self._pause = min(2 * self._pause, self._longest)
            self._probing = False

    def _leave_alone(self, seconds: float) -> None:
        self._until = self._clock() + seconds
        self._observer.left_alone(seconds)
