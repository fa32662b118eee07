"""One configured account at its upstream: asks, judges the answer, remembers what it learnt."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from providers.base import Account, Key, Listing, Page, Plan, Provider, Single
from providers.errors import MalformedError, UpstreamError
from providers.origin import Origin
from providers.paginators import Sizes, Slice, Stretch
from providers.queries import EVERYTHING, Direction
from providers.records import ProviderName, SourceState
from providers.transport import Transport
from providers.views import Record
from providers.wire import Request, Response

T = TypeVar("T")


class Answer(NamedTuple):
    """What an upstream said to a request, and when."""

    request: Request
    response: Response
    fetched_at: datetime


class Source:
    """One account: what the graph shows as Source, and how its rows are read.

    `order` is how the upstream lists where it does not sort on request (None: in no order).
    `sizes`, `ties` (rows of equal sort key were seen) and `disordered` (the kinds of rows that it
    does not list as promised) are learnt from its answers and hold until the process ends.
    `settles` are the sources whose invoices its payments may settle, by the payments' attribute
    `settles_by`.
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
        settles: Collection[str] = (),
        settles_by: str = "invoice_number",
    ) -> None:
        self.name = account.name
        self.spec = spec
        self.provider = ProviderName(spec.name)
        self.order = order
        self.sizes = Sizes(1, page_size)
        self.ties = False
        self.disordered: set[str] = set()
        self.settles, self.settles_by = settles, settles_by
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
        return SourceState.DEGRADED if self.disordered else SourceState.HEALTHY

    def learn(self, piece: Slice | Stretch, page: Page) -> None:
        """Remembers what an answer showed of the page sizes that the upstream gives."""
        self.sizes = self.sizes.learnt(piece, len(page.rows), page.total, page.more)

    def plan(self, listing: Listing, query: Any) -> Plan:
        """How the provider answers a query to this account."""
        return listing.plan(query, self._account)

    def find(self, listing: Listing, keys: Sequence[Key]) -> Mapping[Request, Sequence[Key]]:
        """In which lists to look for which rows."""
        assert listing.find is not None, f"{self.spec.name} looks rows up one by one"
        return listing.find(keys, self._account)

    async def ask(self, request: Request) -> Answer:
        """The upstream's answer, whatever it says. Raises UpstreamError where there is none."""
        try:
            return Answer(request, await self._transport.send(request), datetime.now(UTC))
        except UpstreamError as error:
            raise self.failed(error) from None

    def page(self, listing: Listing, position: Any, answer: Answer) -> Page:
        """The page of an answer; empty where the list ends before it. Raises UpstreamError."""
        if listing.paginator.past_end(answer.response, position):
            return self._succeeded(Page(()))
        return self._judged(listing.page, answer, listing.rows)

    async def probe(self, kind: str) -> Page:
        """The first row of a list, to see whether the account can be read. Raises UpstreamError."""
        listing = self.spec.listings[kind]
        lane = self.plan(listing, EVERYTHING[kind](datetime.now(UTC))).lanes[0]
        position = listing.paginator.first_row
        return self.page(
            listing, position, await self.ask(listing.paginator.request(lane, position))
        )

    async def single(self, single: Single, provider_id: str) -> Record | None:
        """One row by its id, None where there is none."""
        request = single.request(provider_id)
        if request is None:
            return None
        answer = await self.ask(request)
        if answer.response.status == 404:
            return self._succeeded(None)
        record = self._judged(single.record, answer, None)
        if record.key_id != provider_id:
            raise self.failed(MalformedError("the answer is another row than was asked for"))
        return record

    def _judged(self, read: Callable[[Response, Origin], T], answer: Answer, rows: str | None) -> T:
        """What `read` makes of the answer, unless it is a refusal."""
        refusal = self.spec.refusal(answer.response)
        if refusal is not None:
            raise self.failed(refusal)
        origin = Origin(
            self, self._account.zone, answer.fetched_at, answer.request, answer.response.body, rows
        )
        try:
            return self._succeeded(read(answer.response, origin))
        except UpstreamError as error:
            raise self.failed(error) from None

    def _succeeded(self, result: T) -> T:
        self.last_success_at, self.last_error = datetime.now(UTC), None
        return result

    def failed(self, error: UpstreamError) -> UpstreamError:
        """The error, attributed and remembered as the account's last one."""
        self.last_error = error.attributed(self.name, self.provider.name)
        return error
