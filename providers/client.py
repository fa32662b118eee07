"""One configured account at its upstream: asks, judges the answer, remembers what it learnt."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

import msgspec

from providers.answers import Answer, Answers, Freshness, Terms
from providers.base import Account, Key, Listing, Page, Plan, Provider, Single
from providers.cache import AccountCache
from providers.channel import Channel, Link, Policy
from providers.deadline import Deadline
from providers.errors import MalformedError, UpstreamError
from providers.observer import Observer, Unobserved
from providers.origin import Origin
from providers.paginators import Sizes, Slice, Stretch
from providers.queries import EVERYTHING, Direction
from providers.records import ProviderName, SourceState
from providers.views import Record
from providers.wire import Request, Response

T = TypeVar("T")
Judge = Callable[[Answer], T]
_PROBE_SECONDS = 30.0
_SHORTEST = 8  # of what is a secret among the credentials; the others are words like "ru"


class Probe(NamedTuple):
    """What a probe gave; `piece` is None where the upstream decides how long its pages are."""

    page: Page
    piece: Slice | Stretch | None
    answer: Answer


class Source:
    """One account: what the graph shows as Source, and how its rows are read.

    `order` is how the upstream lists where it does not sort on request (None: in no order).
    `sizes`, `ties` (rows of equal sort key were seen), `longest` (the length of the longest list)
    and `disordered` (the kinds of rows that it does not list as promised) are learnt from its
    answers and hold until the process ends.
    `settles` are the sources whose invoices its payments may settle, by the payments' attribute
    `settles_by`; `settled` is False where none may settle its own. Without a `cache` no answer is
    kept.
    """

    typename = "Source"

    def __init__(  # noqa: PLR0913 - they are what the configuration says of a source
        self,
        spec: Provider,
        account: Account,
        link: Link,
        *,
        order: Direction | None = Direction.DESCENDING,
        page_size: int = 100,
        settles: Collection[str] = (),
        settles_by: str = "invoice_number",
        settled: bool = True,
        policy: Policy | None = None,
        freshness: Freshness | None = None,
        cache: AccountCache | None = None,
        observer: Observer | None = None,
    ) -> None:
        self.name = account.name
        self.spec = spec
        self.provider = ProviderName(spec.name)
        self.order = order
        self.sizes = Sizes(1, page_size)
        self.ties = False
        self.longest = 0
        self.disordered: set[str] = set()
        self.settles, self.settles_by, self.settled = settles, settles_by, settled
        self.last_success_at: datetime | None = None
        self.last_error: UpstreamError | None = None
        self._account = account
        self._observer = observer or Unobserved()
        self._channel = Channel(link, spec.refusal, policy or Policy(), self._observer)
        self._answers = Answers(self._channel, freshness or Freshness(), cache, self._observer)

    @property
    def state(self) -> SourceState:
        """How the last call went. An upstream that broke its promised order is degraded."""
        if self._channel.breaker.is_open:
            return SourceState.UNAVAILABLE
        if self.last_error is not None:
            retry = self.last_error.retryable or self.last_error.code == "UPSTREAM_UNAUTHORIZED"
            return SourceState.UNAVAILABLE if retry else SourceState.DEGRADED
        return SourceState.DEGRADED if self.disordered else SourceState.HEALTHY

    def learn(self, piece: Slice | Stretch, page: Page) -> None:
        """Remembers what an answer showed of the upstream's lists and of its page sizes."""
        self.longest = max(self.longest, page.total or 0)
        self.sizes = self.sizes.learnt(piece, len(page.rows), page.total, page.more)

    def plan(self, listing: Listing, query: Any) -> Plan:
        """How the provider answers a query to this account."""
        return listing.plan(query, self._account)

    def find(self, listing: Listing, keys: Sequence[Key]) -> Mapping[Request, Sequence[Key]]:
        """In which lists to look for which rows."""
        assert listing.find is not None, f"{self.spec.name} looks rows up one by one"
        return listing.find(keys, self._account)

    def asked(self, request: Request) -> Mapping[str, Any]:
        """What a request asks, for people to read: no credential is in it."""
        known = msgspec.structs.astuple(self._account.credentials)
        secrets = {text for text in known if isinstance(text, str) and len(text) >= _SHORTEST}
        segments = ("***" if part in secrets else part for part in request.path.split("/"))
        asked = {"method": request.method, "path": "/".join(segments)}
        for name, value in (*request.query, *request.body):
            asked[name] = "***" if str(value) in secrets else value
        return asked

    def ask(self, request: Request, terms: Terms, judge: Judge[object]) -> asyncio.Future[Answer]:
        """The upstream's answer, whatever it says, or UpstreamError where there is none.

        `judge` is what the caller will read it with, `page` or `record` below.
        """
        coming = self._answers.get(request, terms, judge)
        coming.add_done_callback(self._asked)
        return coming

    def _asked(self, coming: asyncio.Future[Answer]) -> None:
        """Before anybody who waits for it is told."""
        if coming.cancelled():
            return
        error = coming.exception()
        if error is None:
            answer = coming.result()
            self._observer.answered("refresh" if answer.is_refreshed else answer.found.value)
        elif isinstance(error, UpstreamError):
            self.failed(error)

    async def older(self, answer: Answer, error: UpstreamError) -> Answer | None:
        """What may be shown in place of an answer that is no good."""
        return await self._answers.older(answer, error)

    def page(self, listing: Listing, position: Any, answer: Answer, rows_as: Any = None) -> Page:
        """The page of an answer; empty where the list ends before it. Raises UpstreamError.

        `rows_as` is what rows are decoded as, if not whole.
        """
        if listing.paginator.past_end(answer.response, position):
            self._judge(answer, None)
            return Page((), stale=answer.stale)
        page = self._read(listing.page, answer, listing.rows, rows_as)
        return page if answer.stale is None else page._replace(stale=answer.stale)

    def record(self, single: Single, provider_id: str, answer: Answer) -> Record | None:
        """The row of an answer, None where there is none. Raises UpstreamError."""
        if answer.response.status == 404:
            self._judge(answer, None)
            return None
        record = self._read(single.record, answer, None)
        if record.key_id != provider_id:
            raise self.failed(MalformedError("the answer is another row than was asked for"))
        return record

    def everything(self, kind: str) -> Request:
        """The list of all rows of a kind, of sales those of the last 30 days, without paging."""
        query = EVERYTHING[kind](datetime.now(UTC))
        return self.plan(self.spec.listings[kind], query).lanes[0]

    async def probe(self, kind: str, rows: int = 1) -> Probe:
        """The first rows of a list, to see what the account can read. Raises UpstreamError."""
        listing = self.spec.listings[kind]
        piece = listing.paginator.first_row
        if piece is not None:
            piece = piece._replace(size=rows)

        def read(answer: Answer) -> Page:
            return self.page(listing, piece, answer)

        terms = Terms(kind, Deadline(_PROBE_SECONDS), anew=True)
        request = listing.paginator.request(self.everything(kind), piece)
        answer = await self.ask(request, terms, read)
        return Probe(read(answer), piece, answer)

    def _read(
        self,
        read: Callable[[Response, Origin], T],
        answer: Answer,
        rows: str | None,
        rows_as: Any = None,
    ) -> T:
        """What `read` makes of the answer, unless it is a refusal."""
        origin = Origin(
            self,
            self._account.zone,
            answer.fetched_at,
            answer.request,
            answer.response.body,
            rows,
            answer.stale,
            rows_as,
        )
        try:
            if answer.refusal is not None:
                raise copy(answer.refusal)
            result = read(answer.response, origin)
        except UpstreamError as error:
            self._judge(answer, error)
            raise self.failed(error) from None
        self._judge(answer, None)
        return result

    def _judge(self, answer: Answer, error: UpstreamError | None) -> None:
        """Remembers how the upstream did, once for each of its answers."""
        if answer.judged:
            return
        answer.judged = True
        self._observer.judged(error)
        if error is not None and error.upstream_failed:
            self._channel.breaker.failed()
            return
        self._channel.breaker.succeeded()
        if error is None:
            self.last_success_at, self.last_error = datetime.now(UTC), None
            self._answers.keep(answer)

    def failed(self, error: UpstreamError) -> UpstreamError:
        """The error, attributed; remembered as the account's last one unless it is ours."""
        error.attributed(self.name, self.provider.name)
        if not error.ours:
            self.last_error = error
        return error
