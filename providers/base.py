"""The contract of a provider: what each vendor's file states, as values and pure functions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, NamedTuple

import msgspec

from providers.errors import UpstreamError
from providers.paginators import PageNumber
from providers.records import Origin, Record
from providers.wire import Request, Response


@dataclass(frozen=True, slots=True)
class Account:
    """One configured account, as far as a provider's pure functions need to know it."""

    name: str
    credentials: Any = field(repr=False)
    zone: tzinfo


class Page(NamedTuple):
    """What one answer to a list request gave.

    `total` is the length of the whole list and `more` says whether rows follow the page, where the
    upstream states them.
    """

    rows: Sequence[Record]
    total: int | None = None
    more: bool | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How one provider answers one query.

    `lanes` are the requests, without paging, whose lists together hold every wanted row, each row
    in one of them: none where no row can match. `exact` says that they hold nothing else.
    """

    lanes: tuple[Request, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class Single:
    """How one row is looked up by the provider's own id, where an upstream can do that.

    `request` gives None for an id that the provider cannot have given; a 404 says that there is no
    such row, else `record` reads it.
    """

    request: Callable[[str], Request | None]
    record: Callable[[Response, Origin], Record]


@dataclass(frozen=True, slots=True)
class Listing:
    """How rows of one kind are listed. `rows` is the key of an answer's list of rows."""

    rows: str
    plan: Callable[[Any], Plan]
    paginator: PageNumber
    page: Callable[[Response, Origin], Page]
    single: Single | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider: how to greet it, what it lists, what its refusals mean.

    `credentials` are its own keys in the configuration; `listings` are by kind of record.
    """

    name: str
    time_zone: str
    credentials: type[msgspec.Struct]
    sign: Callable[[Any], Mapping[str, str]]
    refusal: Callable[[Response], UpstreamError | None]
    listings: Mapping[str, Listing]
    base_url: str | None = None
