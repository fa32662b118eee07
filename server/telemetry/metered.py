"""The figures of sources, and who counts them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache, partial
from time import perf_counter, time

from prometheus_client import Counter

from providers.errors import (
    MalformedError,
    NoAnswerError,
    RateLimitedError,
    RejectedError,
    UnauthorizedError,
    UnavailableError,
    UpstreamError,
)
from providers.observer import Call, Observer, Unobserved
from server.telemetry.instruments import SECONDS, WAITS, Instruments

KEPT_BACK = "kept_back"
"""A call that was not sent, or not given its time: that says nothing of the upstream."""
FAILURES = (
    UnavailableError,
    NoAnswerError,
    RateLimitedError,
    UnauthorizedError,
    RejectedError,
    MalformedError,
)
"""How calls fail; what else is raised comes of several of them."""


class SourceFigures:
    """What is counted of all sources."""

    def __init__(self, make: Instruments) -> None:
        self.calls = make.counter(
            "pacioli_source_calls",
            "Calls with their retries, by ok, an error's code, or kept_back: not sent.",
            *("source", "outcome"),
        )
        self.call_duration = make.histogram(
            "pacioli_source_call_duration_seconds",
            "Calls with their waits and retries, without those kept back.",
            SECONDS,
            "source",
        )
        self.retries = make.counter("pacioli_source_retries", "Attempts after the first.", "source")
        self.received = make.counter(
            "pacioli_source_received_bytes", "Bodies of answers, decompressed.", "source"
        )
        self.left_alone_until = make.gauge(
            "pacioli_source_left_alone_until_timestamp_seconds",
            "Until when the source is left alone, since it failed; 0 when it is not.",
            "source",
            of="livemax",
        )
        self.queue = make.gauge(
            "pacioli_source_queue_length", "Requests that wait for a place or a turn.", "source"
        )
        self.wait = make.histogram(
            "pacioli_source_queue_wait_seconds", "Waits before requests went out.", WAITS, "source"
        )
        self.answers = make.counter(
            "pacioli_source_answers",
            "Answers that operations had: hit, miss, refresh or stale.",
            *("source", "cache"),
        )
        self.rows_read = make.counter(
            "pacioli_source_rows_read", "Rows that operations read.", "source"
        )
        self.rows_used = make.counter(
            "pacioli_source_rows_used", "Rows that became part of an answer.", "source"
        )

    def rows(self, source: str) -> tuple[Counter, Counter]:
        """Those of the rows that were read, and used."""
        return self.rows_read.labels(source), self.rows_used.labels(source)

    def begin(self, source: str) -> None:
        """Shows a source's figures before anything has happened."""
        for each in (self.retries, self.received, self.rows_read, self.rows_used):
            each.labels(source)
        for found in ("hit", "miss", "refresh", "stale"):
            self.answers.labels(source, found)
        for outcome in ("ok", KEPT_BACK, *(each.code for each in FAILURES)):
            self.calls.labels(source, outcome)
        self.left_alone_until.labels(source).set(0)
        self.queue.labels(source).set(0)


class Metered(Unobserved):
    """Counts what happens on the way to a source; `inner` sees its calls, too."""

    def __init__(self, figures: SourceFigures, source: str, inner: Observer | None = None) -> None:
        self._inner = inner or Unobserved()
        # There are a few outcomes, and to look a label up is dear.
        self._calls = cache(partial(figures.calls.labels, source))
        self._answers = cache(partial(figures.answers.labels, source))
        self._took = figures.call_duration.labels(source).observe
        self._retries = figures.retries.labels(source)
        self._received = figures.received.labels(source)
        self._queued = figures.queue.labels(source).track_inprogress()
        self._wait = figures.wait.labels(source)
        self._left_alone_until = figures.left_alone_until.labels(source)

    @contextmanager
    def call(self, kind: str) -> Iterator[Call]:
        began = perf_counter()
        try:
            with self._inner.call(kind) as call:
                yield call
        except UpstreamError as error:
            self._ended(error)
            if not error.ours:
                self._took(perf_counter() - began)
            self._retried(error.attempts)
            raise
        self._took(perf_counter() - began)
        self._retried(call.attempts)

    def queued(self) -> AbstractContextManager[object]:
        return self._queued

    def waited(self, seconds: float) -> None:
        self._wait.observe(seconds)

    def received(self, size: int) -> None:
        self._received.inc(size)

    def judged(self, error: UpstreamError | None) -> None:
        self._ended(error)

    def answered(self, found: str) -> None:
        self._answers(found).inc()

    def left_alone(self, seconds: float) -> None:
        self._left_alone_until.set(time() + seconds if seconds else 0)

    def _retried(self, attempts: int) -> None:
        if attempts > 1:
            self._retries.inc(attempts - 1)

    def _ended(self, error: UpstreamError | None) -> None:
        outcome = "ok" if error is None else KEPT_BACK if error.ours else error.code
        self._calls(outcome).inc()
