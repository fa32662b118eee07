"""The figures of one source."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from time import perf_counter

from providers.errors import UpstreamError
from providers.observer import Call, Observer, Unobserved
from server.telemetry.metrics import Metrics

KEPT_BACK = "kept_back"
"""A call that was not sent, or not given its time: that says nothing of the upstream."""


class Metered(Unobserved):
    """Counts what happens on the way to a source; `inner` sees its calls, too."""

    def __init__(self, metrics: Metrics, source: str, inner: Observer | None = None) -> None:
        self._inner = inner or Unobserved()
        self._source, self._calls, self._answers = source, metrics.calls, metrics.answers
        self._duration = metrics.call_duration.labels(source)
        self._retries = metrics.retries.labels(source)
        self._received = metrics.received.labels(source)
        self._queue = metrics.queue.labels(source)
        self._wait = metrics.wait.labels(source)
        self._breaker = metrics.breaker.labels(source)

    @contextmanager
    def call(self, kind: str) -> Iterator[Call]:
        began = perf_counter()
        attempts = 0
        try:
            with self._inner.call(kind) as call:
                yield call
                attempts = call.attempts
        except UpstreamError as error:
            attempts = error.attempts
            self._ended(error)
            raise
        finally:
            self._duration.observe(perf_counter() - began)
            self._retries.inc(max(0, attempts - 1))

    def queued(self) -> AbstractContextManager[object]:
        return self._queue.track_inprogress()

    def waited(self, seconds: float) -> None:
        self._wait.observe(seconds)

    def received(self, size: int) -> None:
        self._received.inc(size)

    def judged(self, error: UpstreamError | None) -> None:
        self._ended(error)

    def answered(self, found: str) -> None:
        self._answers.labels(self._source, found).inc()

    def breaker_changed(self, is_open: bool) -> None:
        self._breaker.set(is_open)

    def _ended(self, error: UpstreamError | None) -> None:
        outcome = "ok" if error is None else KEPT_BACK if error.ours else error.code
        self._calls.labels(self._source, outcome).inc()
