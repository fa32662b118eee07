"""What an operation cost: each upstream call, and what became of it."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from operator import attrgetter
from time import perf_counter
from typing import Any

from providers.answers import Answer, Found
from providers.client import Source
from providers.errors import UpstreamError
from providers.wire import Request

_ORIGIN, _AT = attrgetter("origin"), attrgetter("at")


@dataclass(slots=True)
class Call:
    """One read of an upstream for an operation, from a cache or not.

    `used` are the rows that are part of the answer to the client, by where they stood.
    """

    source: Source
    kind: str
    request: Request
    milliseconds: float = 0
    found: Found = Found.MISS
    attempts: int = 0
    error: UpstreamError | None = None
    rows_read: int = 0
    used: set[int] = field(default_factory=set)
    _began: float = field(default_factory=perf_counter)

    def ended(self, coming: asyncio.Future[Answer]) -> None:
        """The read gave an answer, or it failed."""
        if coming.cancelled():
            return
        self.milliseconds = (perf_counter() - self._began) * 1000
        error = coming.exception()
        if error is None:
            self.answered(coming.result())
        elif isinstance(error, UpstreamError):
            self.error, self.attempts = error, error.attempts

    def answered(self, answer: Answer) -> None:
        """This is what there is to show."""
        self.found, self.attempts = answer.found, answer.attempts
        self.error = answer.stale.error if answer.stale else None

    @property
    def rows_used(self) -> int:
        return len(self.used)

    @property
    def shown(self) -> Mapping[str, Any]:
        """The call as `extensions.pacioli.calls` lists it."""
        return {
            "source": self.source.name,
            "operation": self.kind,
            "asked": self.source.asked(self.request),
            "rowsRead": self.rows_read,
            "rowsUsed": self.rows_used,
            "milliseconds": round(self.milliseconds, 1),
            "cache": self.found.value,
            "attempts": self.attempts,
            "error": self.error and self.error.code,
            "unordered": self.kind in self.source.disordered,
        }


class Explanation:
    """The calls of one operation, in the order in which they began.

    `told`: the client wants to know them. Which rows were used is worked out when somebody asks.
    """

    def __init__(self, *, told: bool = True) -> None:
        self.told = told
        self._calls: list[Call] = []
        self._used: list[Iterable[Any]] = []
        self._latest: dict[tuple[Source, Request], Call] = {}

    def begin(self, source: Source, kind: str, request: Request) -> Call:
        """A read begins."""
        call = Call(source, kind, request)
        self._calls.append(call)
        self._latest[source, request] = call
        return call

    def replace(self, source: Source, request: Request, answer: Answer) -> None:
        """The answer to a request was no good, and this one is shown in its place."""
        self._latest[source, request].answered(answer)

    def read(self, source: Source, request: Request, rows: int) -> None:
        """So many rows came with the answer to a request."""
        self._latest[source, request].rows_read = rows

    def use(self, records: Iterable[Any]) -> None:
        """These rows are part of the answer to the client."""
        self._used.append(records)

    @property
    def calls(self) -> Sequence[Call]:
        """The calls as far as they have come."""
        found: dict[Any, Call | None] = {}
        for origin, records in groupby(chain.from_iterable(self._used), _ORIGIN):
            if origin not in found:  # a request's hash is dear, an origin's is not
                found[origin] = self._latest.get((origin.source, origin.request))
            call = found[origin]
            if call is not None:
                call.used.update(map(_AT, records))
        self._used.clear()
        return self._calls

    @property
    def shown(self) -> Mapping[str, Any]:
        """`extensions.pacioli`."""
        return {"calls": [call.shown for call in self.calls]}
