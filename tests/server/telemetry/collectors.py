"""A collector of traces, that keeps what it is sent."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.types import Receive, Scope, Send

from tests.conftest import Stages


class Span(NamedTuple):
    """A span as it arrived; ids as hexadecimal digits, no parent as an empty text."""

    name: str
    kind: int
    trace: str
    id: str
    parent: str
    failed: bool
    attributes: Mapping[str, Any]


class Collector:
    """Takes traces by OTLP over HTTP, and answers with a `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["path"] == "/v1/traces"
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message.get("more_body", False)
        self.bodies.append(body)
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body"})

    @property
    def spans(self) -> Sequence[Span]:
        return [
            _span(span)
            for body in self.bodies
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    @property
    def resource(self) -> Mapping[str, Any]:
        """What all spans have in common."""
        (resource,) = ExportTraceServiceRequest.FromString(self.bodies[0]).resource_spans
        return _values(resource.resource.attributes)


def _span(span: Any) -> Span:
    return Span(
        span.name,
        span.kind,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.status.code == 2,
        _values(span.attributes),
    )


def _values(attributes: Any) -> Mapping[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


@contextmanager
def collecting(stages: Stages) -> Iterator[tuple[str, Collector]]:
    """A collector, and where it is."""
    collector = Collector()
    with stages.show(collector) as address:
        yield address, collector
