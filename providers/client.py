"""One configured account at its upstream: asks, judges the answer, remembers what it learnt."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from providers.base import Account, Listing, Page, Provider, Single
from providers.errors import UpstreamError
from providers.paginators import Sizes, Slice
from providers.queries import Direction
from providers.records import Origin, ProviderName, Record, SourceState
from providers.transport import Transport
from providers.wire import Request, Response

T = TypeVar("T")


class Source:
    """One account: what the graph shows as Source, and how its rows are read.

    `order` is how the upstream lists (None: in no order). `sizes`, `ties` (rows of equal sort key
    were seen) and `unordered` are learnt from its answers and hold until the process ends.
    """

    typename = "Source"

    def __init__(
        self,
        spec: Provider,
        account: Account,
        transport: Transport,
        *,
        order: Direction | None = Direction.DESCENDING,
        page_size: int = 100,
    ) -> None:
        self.name = account.name
        self.spec = spec
        self.provider = ProviderName(spec.name)
        self.order = order
        self.sizes = Sizes(1, page_size)
        self.ties = False
        self.unordered = order is None
        self.last_success_at: datetime | None = None
        self.last_error: UpstreamError | None = None
        self._account = account
        self._transport = transport

    @property
    def state(self) -> SourceState:
        """How the last call went. An upstream that broke its promised order is degraded."""
        if self.last_error is not None:
            retry = self.last_error.retryable or self.last_error.code == "UPSTREAM_UNAUTHORIZED"
            return SourceState.UNAVAILABLE if retry else SourceState.DEGRADED
        broken = self.unordered and self.order is not None
        return SourceState.DEGRADED if broken else SourceState.HEALTHY

    def learn(self, piece: Slice, page: Page) -> None:
        """Remembers what an answer showed of the page sizes that the upstream gives."""
        self.sizes = self.sizes.learnt(piece, len(page.rows), page.total, page.more)

    async def page(self, listing: Listing, lane: Request, piece: Slice) -> Page:
        """One page of an upstream's list; empty where the list ends before it."""
        response = await self._send(listing.paginator.request(lane, piece))
        if listing.paginator.past_end(response, piece):
            return self._succeeded(Page(()))
        return self._judged(listing.page, response, listing.rows)

    async def single(self, single: Single, provider_id: str) -> Record | None:
        """One row by its id, None where there is none."""
        request = single.request(provider_id)
        if request is None:
            return None
        response = await self._send(request)
        if response.status == 404:
            return self._succeeded(None)
        return self._judged(single.record, response, None)

    async def _send(self, request: Request) -> Response:
        try:
            return await self._transport.send(request)
        except UpstreamError as error:
            raise self._failed(error) from None

    def _judged(
        self, read: Callable[[Response, Origin], T], response: Response, rows: str | None
    ) -> T:
        """What `read` makes of the answer, unless it is a refusal."""
        refusal = self.spec.refusal(response)
        if refusal is not None:
            raise self._failed(refusal)
        origin = Origin(self, self._account.zone, datetime.now(UTC), response.body, rows)
        try:
            return self._succeeded(read(response, origin))
        except UpstreamError as error:
            raise self._failed(error) from None

    def _succeeded(self, result: T) -> T:
        self.last_success_at, self.last_error = datetime.now(UTC), None
        return result

    def _failed(self, error: UpstreamError) -> UpstreamError:
        self.last_error = error.attributed(self.name, self.provider.name)
        return error
