"""Traces by OpenTelemetry: a span for each operation, and one inside of it for each upstream call.

Imported only where traces are wanted. A span says which source was asked for what kind of rows and
what came of it: no address, document, variable, filter or text of an error. Upstreams get the
`traceparent`, and nothing else of what a client sent: neither its tracestate nor its baggage.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from importlib.metadata import version
from threading import Thread

from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import (
    Span,
    SpanKind,
    StatusCode,
    format_trace_id,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from providers.errors import UpstreamError
from providers.observer import Call, Observer, Unobserved
from server.settings import TelemetrySettings
from server.telemetry.operations import OK, Operation

EXPORT_SECONDS = 5
SHUTDOWN_SECONDS = 2
TRACEPARENT = "traceparent"
BLAMED = ("INTERNAL_SERVER_ERROR", "OPERATION_TIMEOUT", "SERVICE_OVERLOADED")
"""Outcomes that are a failure of ours; those of upstreams are, too."""
_context = TraceContextTextMapPropagator()
_log = logging.getLogger("pacioli")
_wordy = logging.getLogger("opentelemetry.exporter.otlp")
"""Says each time that the collector is away, several times and with its address."""


class Exporter(SpanExporter):
    """Sends spans by `inner`; says once that the collector takes none, and that it does again."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner, self._is_away = inner, False
        _wordy.setLevel(logging.CRITICAL)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._inner.export(spans)
        is_away = result is not SpanExportResult.SUCCESS
        if is_away and not self._is_away:
            _log.warning("The collector takes no traces: they are lost until it does.")
        elif self._is_away and not is_away:
            _log.warning("The collector takes traces again.")
        self._is_away = is_away
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()


class Tracing:
    """The spans of this process, and where they are sent."""

    def __init__(self, settings: TelemetrySettings) -> None:
        assert settings.otlp_endpoint is not None
        self._endpoint = f"{settings.otlp_endpoint.rstrip('/')}/v1/traces"
        release = version("pacioli")
        names = {"service.name": settings.service_name, "service.version": release}
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(settings.sampling_ratio)),
            resource=Resource.create(names),
            shutdown_on_exit=False,
        )
        self._tracer = self._provider.get_tracer("pacioli", release)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Spans are sent until the context ends; then what is left of them, if that is taken."""
        exporter = Exporter(OTLPSpanExporter(self._endpoint, timeout=EXPORT_SECONDS))
        processor = BatchSpanProcessor(exporter)
        self._provider.add_span_processor(processor)
        yield
        await asyncio.to_thread(_finish, processor, exporter)

    def began(self, operation: Operation, headers: Mapping[str, str]) -> None:
        """Begins the span of an operation, in the trace of its client if that has one."""
        parent = _context.extract(headers) if TRACEPARENT in headers else Context()
        span = self._tracer.start_span("graphql", parent, SpanKind.SERVER)
        operation.trace = span, attach(set_span_in_context(span))
        if span.is_recording():  # of one that is not sampled nobody would find the trace
            operation.trace_id = format_trace_id(span.get_span_context().trace_id)

    def ended(self, operation: Operation) -> None:
        span, token = operation.trace
        detach(token)
        if not operation.happened:
            return  # a span that never ends is never told of
        if span.is_recording():
            span.update_name(operation.kind or "graphql")
            span.set_attributes(_told(operation))
            _conclude(span, operation.outcome)
        span.end()

    def observer(self, source: str, provider: str) -> Observer:
        """Who makes a span of each call to a source."""
        return Traced(self, source, provider)

    def outgoing(self) -> Mapping[str, str]:
        """The header by which an upstream may join the trace of the call under way."""
        carrier: dict[str, str] = {}
        _context.inject(carrier)
        return {name: value for name, value in carrier.items() if name == TRACEPARENT}

    @contextmanager
    def call(self, source: str, provider: str, kind: str) -> Iterator[Call]:
        """A span of a call to a source."""
        call = Call()
        told = {"pacioli.source": source, "pacioli.provider": provider, "pacioli.kind": kind}
        span = self._tracer.start_span(kind, kind=SpanKind.CLIENT, attributes=told)
        token = attach(set_span_in_context(span))
        try:
            yield call
        except UpstreamError as error:
            call.attempts, call.status = error.attempts, error.http_status
            _conclude(span, error.code)
            raise
        finally:
            detach(token)
            span.set_attribute("http.request.resend_count", max(0, call.attempts - 1))
            if call.status is not None:
                span.set_attribute("http.response.status_code", call.status)
            span.end()


class Traced(Unobserved):
    """Makes a span of each call to a source."""

    def __init__(self, tracing: Tracing, source: str, provider: str) -> None:
        self._tracing, self._source, self._provider = tracing, source, provider

    def call(self, kind: str) -> AbstractContextManager[Call]:
        return self._tracing.call(self._source, self._provider, kind)


def _finish(processor: BatchSpanProcessor, exporter: Exporter) -> None:
    """Sends what is left. A collector that is away must not hold up the end."""
    last = Thread(target=processor.shutdown, daemon=True)
    last.start()
    last.join(SHUTDOWN_SECONDS)
    if last.is_alive():
        exporter.shutdown()


def _told(operation: Operation) -> Mapping[str, str | int]:
    told: dict[str, str | int] = {
        "graphql.operation.type": operation.kind,
        "graphql.operation.name": operation.name,
        "pacioli.request_id": operation.request_id,
        "pacioli.calls": len(operation.calls),
    }
    if operation.cost is not None:
        told["pacioli.cost"] = operation.cost
    return told


def _conclude(span: Span, outcome: str) -> None:
    if outcome != OK:
        span.set_attribute("error.type", outcome)
    if outcome.startswith("UPSTREAM_") or outcome in BLAMED:
        span.set_status(StatusCode.ERROR)
