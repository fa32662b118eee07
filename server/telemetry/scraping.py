"""/metrics: the figures of this process, or of all workers, for whoever may collect them."""

import os

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response

from resolvers.callers import Scope
from server.authentication import CREDENTIALS_NEEDED, caller_of
from server.errors import refused
from server.telemetry.figures import FOLDER
from server.telemetry.metrics import Metrics

FORBIDDEN = f"The figures name all sources: they need the scope {Scope.METRICS}."


class Scraping:
    """The page; unless it `is_open` for callers with the scope only."""

    def __init__(self, metrics: Metrics, *, is_open: bool) -> None:
        self._metrics, self._is_open = metrics, is_open

    def page(self, request: Request) -> Response:
        """The answer; in a thread, since it may have to read files."""
        if not self._is_open:
            caller = caller_of(request)
            if caller is None:
                challenge = {"WWW-Authenticate": 'Bearer realm="pacioli"'}
                return refused(401, CREDENTIALS_NEEDED, "UNAUTHENTICATED", challenge)
            if not caller.may(Scope.METRICS):
                return refused(403, FORBIDDEN, "FORBIDDEN")
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(self._registry()), headers={"Content-Type": content_type})

    def _registry(self) -> CollectorRegistry:
        if FOLDER not in os.environ:
            return self._metrics.registry
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return together
