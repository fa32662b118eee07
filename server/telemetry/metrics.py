"""The figures that Prometheus collects: of operations here, of each source in `metered`.

All is counted by events, nothing is worked out when it is collected: several workers leave their
figures in files, and any of them answers for all.
"""

from collections.abc import Container, Iterable
from functools import cache

from prometheus_client import Counter, Histogram

from providers.observer import Observer
from server.telemetry.instruments import SECONDS, Instruments
from server.telemetry.metered import Metered, SourceFigures
from server.telemetry.names import Names
from server.telemetry.operations import ABANDONED, OK, UNREAD, Operation

ANOTHER = "OTHER"
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


OUTCOMES = CODES | {OK, ABANDONED}


def bounded(outcome: str) -> str:
    """The outcome as a label: one of our own words."""
    return outcome if outcome in OUTCOMES else ANOTHER


class Metrics:
    """All figures of this process; `trusted` are the documents whose names are always shown."""

    def __init__(self, sources: Iterable[str] = (), trusted: Container[str] = ()) -> None:
        make = Instruments()
        self.registry = make.registry
        self._names = Names(trusted)
        self._ends: dict[tuple[str, str], tuple[Counter, Histogram]] = {}
        self._open = 0
        self.operations = make.counter(
            "pacioli_operations", "Operations that ended, refused ones too.", "operation", "outcome"
        )
        self.duration = make.histogram(
            "pacioli_operation_duration_seconds",
            "From the request to the end of the answer, of queries that ran.",
            SECONDS,
            "operation",
        )
        self.errors = make.counter("pacioli_errors", "Errors that clients were told.", "code")
        self.limits = make.counter(
            "pacioli_limits_exceeded", "Refusals because of a limit, by its key.", "limit"
        )
        self.running = make.gauge("pacioli_operations_in_flight", "Operations at work.")
        self.open = make.gauge("pacioli_subscriptions_open", "Subscriptions that are open.")
        self.events = make.counter("pacioli_subscription_events", "Events of subscriptions.")
        for code in CODES:  # so that the first error is seen as one more than none
            self.errors.labels(code)
        self.sources = SourceFigures(make)
        for source in sources:
            self.sources.begin(source)
        self._rows = cache(self.sources.rows)

    def observer(self, source: str, inner: Observer) -> Observer:
        """Who counts what happens on the way to a source; `inner` sees its calls, too."""
        return Metered(self.sources, source, inner)

    def show_traffic(self, running: int, subscriptions: int) -> None:
        """What is going on now."""
        self.running.set(running)
        if subscriptions != self._open:
            self._open = subscriptions
            self.open.set(subscriptions)

    def ended(self, operation: Operation) -> None:
        """Counts an operation."""
        outcome = operation.outcome
        label = self._names.label(operation.name, operation.text, ran=outcome not in UNREAD)
        count, duration = self._ends.get((label, outcome)) or self._end(label, outcome)
        count.inc()
        if operation.lasts:
            self.events.inc(operation.answers)
        elif outcome not in UNREAD:  # a refusal is quick, and says nothing of those that ran
            duration.observe(operation.seconds)
        for code in operation.codes:
            self.errors.labels(bounded(code)).inc()
        for limit in operation.limits:
            self.limits.labels(limit).inc()
        for call in operation.calls:
            read, used = self._rows(call.source.name)
            read.inc(call.rows_read)
            used.inc(call.rows_used)

    def _end(self, label: str, outcome: str) -> tuple[Counter, Histogram]:
        """The figures of an outcome of operations of a name; to look them up is dear."""
        count = self.operations.labels(label, bounded(outcome))
        self._ends[label, outcome] = count, self.duration.labels(label)
        return self._ends[label, outcome]
