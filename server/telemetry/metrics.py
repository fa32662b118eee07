"""The figures that Prometheus collects: of operations here, of each source in `metered`.

All is counted by events, nothing is worked out when it is collected: several workers leave their
figures in files, and any of them answers for all.
"""

from collections.abc import Container, Iterable
from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)

from server.telemetry.names import Names
from server.telemetry.operations import UNREAD, Operation

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
WAITS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30)
ANOTHER = "OTHER"
Of = Literal["livesum", "livemax"]
CODES = frozenset(
    {
        *("BAD_REQUEST", "BAD_USER_INPUT", "FORBIDDEN", "UNAUTHENTICATED"),
        *("GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "INTERNAL_SERVER_ERROR"),
        *("LIMIT_EXCEEDED", "OPERATION_TIMEOUT", "RATE_LIMITED", "READ_LIMIT_EXCEEDED"),
        *("PERSISTED_QUERY_NOT_ALLOWED", "PERSISTED_QUERY_NOT_FOUND", "SERVICE_OVERLOADED"),
        *("UPSTREAM_MALFORMED", "UPSTREAM_RATE_LIMITED", "UPSTREAM_REJECTED", "UPSTREAM_TIMEOUT"),
        *("UPSTREAM_UNAUTHORIZED", "UPSTREAM_UNAVAILABLE", "UPSTREAM_UNORDERED"),
    }
)


def bounded(outcome: str) -> str:
    """The outcome as a label: one of our own words."""
    known = outcome in CODES or outcome.islower()
    return outcome if known else ANOTHER


class Metrics:
    """All figures of this process; `trusted` are the documents whose names are always shown."""

    def __init__(self, sources: Iterable[str] = (), trusted: Container[str] = ()) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # several workers have none
        self.registry = CollectorRegistry()
        self._names = Names(trusted)
        self._make_operations()
        self._make_sources()
        for source in sources:
            self._begin(source)

    def _make_operations(self) -> None:
        self.operations = self._counter(
            "pacioli_operations", "Operations that ended, refused ones too.", "operation", "outcome"
        )
        self.duration = self._histogram(
            "pacioli_operation_duration_seconds",
            "From the request to the end of the answer; not of subscriptions.",
            SECONDS,
            "operation",
        )
        self.errors = self._counter("pacioli_errors", "Errors that clients were told.", "code")
        self.limits = self._counter(
            "pacioli_limits_exceeded", "Refusals because of a limit, by its key.", "limit"
        )
        self.running = self._gauge("pacioli_operations_in_flight", "Operations at work.")
        self.open = self._gauge("pacioli_subscriptions_open", "Subscriptions that are open.")
        self.events = self._counter("pacioli_subscription_events", "Events of subscriptions.")

    def _make_sources(self) -> None:
        self.calls = self._counter(
            "pacioli_source_calls",
            "Calls with their retries, by ok, an error's code, or kept_back: not sent.",
            *("source", "outcome"),
        )
        self.call_duration = self._histogram(
            "pacioli_source_call_duration_seconds",
            "Calls with their waits and retries.",
            SECONDS,
            "source",
        )
        self.retries = self._counter(
            "pacioli_source_retries", "Attempts after the first ones.", "source"
        )
        self.received = self._counter(
            "pacioli_source_received_bytes", "Bodies of answers, decompressed.", "source"
        )
        self.breaker = self._gauge(
            "pacioli_source_breaker_open",
            "1 while the source is left alone.",
            "source",
            of="livemax",
        )
        self.queue = self._gauge(
            "pacioli_source_queue_length", "Requests that wait for a place or a turn.", "source"
        )
        self.wait = self._histogram(
            "pacioli_source_queue_wait_seconds", "Waits before requests went out.", WAITS, "source"
        )
        self.answers = self._counter(
            "pacioli_source_answers",
            "Answers that operations had: hit, miss or stale.",
            *("source", "cache"),
        )
        self.rows_read = self._counter(
            "pacioli_source_rows_read", "Rows that operations read.", "source"
        )
        self.rows_used = self._counter(
            "pacioli_source_rows_used", "Rows that became part of an answer.", "source"
        )

    def _begin(self, source: str) -> None:
        """Shows a source's figures before anything has happened."""
        for each in (self.retries, self.received, self.rows_read, self.rows_used):
            each.labels(source)
        for cache in ("hit", "miss", "stale"):
            self.answers.labels(source, cache)
        self.calls.labels(source, "ok")
        self.breaker.labels(source).set(0)
        self.queue.labels(source).set(0)

    def show_traffic(self, running: int, subscriptions: int) -> None:
        """What is going on now."""
        self.running.set(running)
        self.open.set(subscriptions)

    def ended(self, operation: Operation) -> None:
        """Counts an operation."""
        outcome = operation.outcome
        label = self._names.label(operation.name, operation.text, ran=outcome not in UNREAD)
        self.operations.labels(label, bounded(outcome)).inc()
        for code in operation.codes:
            self.errors.labels(bounded(code)).inc()
        for limit in operation.limits:
            self.limits.labels(limit).inc()
        for call in operation.calls:
            self.rows_read.labels(call.source.name).inc(call.rows_read)
            self.rows_used.labels(call.source.name).inc(call.rows_used)
        if operation.lasts:
            self.events.inc(operation.answers)
        else:
            self.duration.labels(label).observe(operation.seconds)

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(name, words, labels, registry=self.registry)

    def _histogram(
        self, name: str, words: str, buckets: Iterable[float], *labels: str
    ) -> Histogram:
        return Histogram(name, words, labels, registry=self.registry, buckets=tuple(buckets))

    def _gauge(self, name: str, words: str, *labels: str, of: Of = "livesum") -> Gauge:
        """A figure of now: the sum of all workers that live, or the largest."""
        return Gauge(name, words, labels, registry=self.registry, multiprocess_mode=of)
