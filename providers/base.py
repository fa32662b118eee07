"""The contract of a provider: what each vendor's file states, as values and pure functions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, NamedTuple

import msgspec

from providers.errors import UpstreamError
from providers.origin import Origin
from providers.paginators import Paginator
from providers.records import Stale
from providers.views import Record
from providers.wire import Request, Response


@dataclass(frozen=True, slots=True)
class Account:
    """One configured account, as far as a provider's pure functions need to know it."""

    name: str
    credentials: Any = field(repr=False)
    zone: tzinfo


class Page(NamedTuple):
    """What one answer to a list request gave.

    `total` is the length of the whole list, `more` says whether rows follow the page, and `token`
    names the next page, where the upstream states them. `summary` is the provider's own of the
    whole list, where it gives one. `stale`: it is an older one than was asked for. `own`: it was
    read for this very operation, which may so use its token. `kept` names the reading that it was
    kept from, None where it was read now.
    """

    rows: Sequence[Record]
    total: int | None = None
    more: bool | None = None
    token: str | None = None
    summary: Any = None
    stale: Stale | None = None
    own: bool = True
    kept: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How one provider answers one query.

    `lanes` are the requests, without paging, whose lists together hold every wanted row, each row
    in one of them: none where no row can match. `applied` names the restrictions of the query that
    the upstream itself applies, to the letter. `holds_others` says that the lists have rows which
    are none of this kind at all: those have a false `present`.
    """

    lanes: tuple[Request, ...]
    applied: frozenset[str] = frozenset()
    holds_others: bool = False


class Key(NamedTuple):
    """A row that is looked for: the provider's id, and the hint of its global id, if it has one."""

    provider_id: str
    hint: str | None = None


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
    """How rows of one kind are listed.

    `rows` is the key of an answer's list of rows. `sorts`: the upstream sorts as the query says;
    else it lists in the order that the configuration names. `find` says in which lists to look for
    which rows, narrowed by their hints; None where `single` looks up each by itself. A key whose
    hint makes no sense is left out. `narrow` gives the struct to decode rows as, by what is read of
    them: see `narrowing`.
    """

    rows: str
    plan: Callable[[Any, Account], Plan]
    paginator: Paginator
    page: Callable[[Response, Origin], Page]
    sorts: bool = False
    single: Single | None = None
    find: Callable[[Sequence[Key], Account], Mapping[Request, Sequence[Key]]] | None = None
    narrow: Callable[[frozenset[tuple[str, ...]]], Any] = lambda _: None


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


def by_request(
    keys: Sequence[Key], request: Callable[[Key], Request | None]
) -> Mapping[Request, Sequence[Key]]:
    """The keys by the request that finds them; those for which there is none are left out."""
    found: dict[Request, list[Key]] = {}
    for key in keys:
        if (asked := request(key)) is not None:
            found.setdefault(asked, []).append(key)
    return found
