"""Everything that watches operations and upstreams, put together as the settings want it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.observer import Observer, Unobserved
from providers.transport import Headers
from server.authentication import caller_of
from server.headers import header
from server.settings import Settings, SourceSettings
from server.telemetry.operations import CURRENT, FAILED, Operation, note_error, request_id

if TYPE_CHECKING:  # they are imported only where they are wanted
    from server.telemetry.logs import OperationLog
    from server.telemetry.metrics import Metrics
    from server.telemetry.tracing import Tracing

GRAPH = "/graphql"
REQUEST_ID = "X-Request-Id"
_REQUEST_ID = REQUEST_ID.lower().encode()


class Telemetry:
    """What is told of operations, and to whom: figures, traces and lines of a log, or none."""

    def __init__(
        self,
        metrics: "Metrics | None" = None,
        tracing: "Tracing | None" = None,
        log: "OperationLog | None" = None,
    ) -> None:
        self.metrics, self._tracing, self._log = metrics, tracing, log
        self.watches = not (metrics is None and tracing is None and log is None)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Traces are sent until the context ends."""
        if self._tracing is None:
            yield
        else:
            async with self._tracing.opened():
                yield

    def operation(self, connection: HTTPConnection) -> AbstractContextManager[Operation | None]:
        """An operation that comes over a connection, from its beginning to its end."""
        return _Watch(self, connection) if self.watches else nullcontext()

    def began(self, connection: HTTPConnection) -> Operation:
        """An operation begins."""
        scope = connection.scope
        operation = Operation(request_id(header(scope, _REQUEST_ID)), scope["type"])
        if self._tracing is not None:
            self._tracing.began(operation, connection.headers)
        return operation

    def ended(self, operation: Operation, connection: HTTPConnection) -> None:
        """It ends, and is told of."""
        operation.end()
        if not operation.caller:
            caller = caller_of(connection)
            operation.caller = caller.name if caller else ""
        if operation.happened:
            if self.metrics is not None:
                self.metrics.ended(operation)
            if self._log is not None:
                self._log.ended(operation)
        if self._tracing is not None:
            self._tracing.ended(operation)

    @property
    def show_traffic(self) -> Callable[[int, int], None] | None:
        """Who is told how much is going on, whenever it changes."""
        return None if self.metrics is None else self.metrics.show_traffic

    def observer(self, source: SourceSettings) -> Observer:
        """Who is told of a source."""
        inner: Observer = Unobserved()
        if self._tracing is not None:
            inner = self._tracing.observer(source.name, source.provider)
        return inner if self.metrics is None else self.metrics.observer(source.name, inner)

    @property
    def outgoing(self) -> Headers | None:
        """What goes along with each request to an upstream."""
        return None if self._tracing is None else self._tracing.outgoing


class _Watch:
    """An operation that is watched from its beginning to its end."""

    def __init__(self, telemetry: Telemetry, connection: HTTPConnection) -> None:
        self._telemetry, self._connection = telemetry, connection

    def __enter__(self) -> Operation:
        self._operation = self._telemetry.began(self._connection)
        self._before = CURRENT.set(self._operation)
        return self._operation

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, Exception):
            note_error({"code": FAILED})
        self._telemetry.ended(self._operation, self._connection)
        CURRENT.reset(self._before)


def telemetry(settings: Settings, log: "OperationLog | None" = None) -> Telemetry:
    """What the settings want."""
    metrics = tracing = None
    if settings.telemetry.metrics != "off":
        from server.telemetry.metrics import Metrics  # noqa: PLC0415 - nor this, where it is off

        names = (source.name for source in settings.sources)
        metrics = Metrics(names, frozenset(settings.server.documents.manifest.values()))
    if settings.telemetry.otlp_endpoint is not None:
        from server.telemetry.tracing import Tracing  # noqa: PLC0415 - it takes half a second

        tracing = Tracing(settings.telemetry)
    return Telemetry(metrics, tracing, log)


class Watched:
    """Watches what comes to the graph, and tells each client the id of its request."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app, self._telemetry = app, telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != GRAPH:
            await self._app(scope, receive, send)
            return
        with self._telemetry.operation(HTTPConnection(scope)) as operation:
            assert operation is not None
            told = (_REQUEST_ID, operation.request_id.encode())

            async def send_with_id(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message["headers"], told]
                await send(message)

            await self._app(scope, receive, send_with_id)
