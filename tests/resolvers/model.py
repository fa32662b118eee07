"""Upstreams in memory, and the plain sorted list that walks over them are held against."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from providers.base import Account
from providers.channel import Policy
from providers.client import Source
from providers.errors import UnavailableError
from providers.queries import Direction
from providers.wire import Request, Response
from providers.yume import LIST, YUME, Credentials
from resolvers.callers import TRUSTED
from resolvers.connections import Connection
from resolvers.context import Context, Limits
from resolvers.cursors import CursorCodec
from resolvers.explain import Explanation
from resolvers.invoices import list_invoices
from resolvers.rows import Rows

# A failure is one at once and stays one: retries and the breaker have tests of their own.
PLAIN = Policy(retries=0, breaker_failures=10**9)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
ALL_FIELDS = frozenset({"edges", "nodes", "pageInfo", "sources"})


class Row(NamedTuple):
    """An invoice as far as paging cares: minutes since EPOCH, None where it has no time."""

    minute: int | None
    number: int
    status: str = "confirmed"

    @property
    def order(self) -> tuple[float, int]:
        return (float("-inf") if self.minute is None else self.minute, self.number)

    @property
    def wire(self) -> Mapping[str, Any]:
        moment = None if self.minute is None else EPOCH + timedelta(minutes=self.minute)
        created = None if moment is None else moment.isoformat()
        return {"id": self.number, "created_at": created, "status": self.status}


@dataclass
class Upstream:
    """Lists rows as Yume does: numbered pages from 1, cut to `limit` rows.

    Sorted by time in its direction; rows of equal time keep the order in which they were added,
    so their ids come in any order. Without a direction the rows stand as they were added.
    """

    rows: list[Row]
    direction: Direction | None = Direction.DESCENDING
    limit: int = 100
    down: bool = False
    stubborn: bool = False  # gives pages of `limit` rows whatever is asked for
    requests: list[tuple[int, int]] = field(default_factory=list)

    @property
    def listed(self) -> Sequence[Row]:
        if self.direction is None:
            return self.rows
        descending = self.direction is Direction.DESCENDING
        return sorted(self.rows, key=lambda row: row.order[0], reverse=descending)

    async def send(self, request: Request, _: float = 0) -> Response:
        asked = dict(request.query)
        number, size = int(asked["page"]) - 1, int(asked["pageSize"])
        self.requests.append((number, size))
        if self.down:
            raise UnavailableError("is down")
        size = self.limit if self.stubborn else min(size, self.limit)
        rows = self.listed[number * size : (number + 1) * size]
        if number and not rows:
            return Response(404, {}, b'{"detail": "Invalid page."}')
        more = (number + 1) * size < len(self.rows)
        body = {
            "count": len(self.rows),
            "results": [row.wire for row in rows],
            "next": f"http://elsewhere.example/?page={number + 2}" if more else None,
        }
        return Response(200, {}, msgspec.json.encode(body))


def source(name: str, upstream: Upstream, order: Direction | str | None = "as it is") -> Source:
    """A configured account at an upstream of the model."""
    declared = order if isinstance(order, Direction | None) else upstream.direction
    account = Account(name, Credentials("token"), UTC)
    return Source(YUME, account, upstream, order=declared, policy=PLAIN)


def rows_of(account: Source, *, most: int = 10_000, context: Context | None = None) -> Rows:
    """The account's whole list, read in an operation of its own or in the given one."""
    context = context or Context([account], Limits(max_rows_read=most), CursorCodec(b"secret"))
    return context.rows(account, "invoices", LIST, account.order)


class Graph:
    """The lists of a set of upstreams, asked as by a client: an operation for each page."""

    def __init__(self, upstreams: Mapping[str, Upstream], **limits: int) -> None:
        self.upstreams = upstreams
        self.sources = [source(name, upstream) for name, upstream in upstreams.items()]
        self.limits = Limits(**limits)
        self.codec = CursorCodec(b"secret")

    async def page(
        self,
        *,
        descending: bool = True,
        restrictions: Any = None,
        explanation: Explanation | None = None,
        **page: Any,
    ) -> Connection:
        context = Context(
            self.sources, self.limits, self.codec, caller=TRUSTED, explanation=explanation
        )
        return await list_invoices(
            context,
            restrictions=restrictions or {},
            descending=descending,
            page={name: value for name, value in page.items() if value is not None},
            fields=ALL_FIELDS,
        )

    def model(self, *, descending: bool = True) -> Sequence[tuple[str, Row]]:
        """Every row with its source, in the promised order."""
        rows = [(name, row) for name, each in self.upstreams.items() for row in each.rows]
        return sorted(rows, key=in_order, reverse=descending)


def in_order(row: tuple[str, Row]) -> tuple[float, str, int]:
    name, (_, number, _) = row[0], row[1]
    return (row[1].order[0], name, number)


def shown(page: Connection) -> Sequence[tuple[str, int]]:
    """The rows of a page, by source and the provider's id."""
    return [(node.source.name, int(node.provider_id)) for node in page.nodes]


def keys(rows: Iterable[tuple[str, Row]]) -> Sequence[tuple[str, int]]:
    return [(name, row.number) for name, row in rows]
