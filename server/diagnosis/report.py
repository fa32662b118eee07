"""What a diagnosis found: the shape of `pacioli check --json`, which only grows.

No credential, address or value of a row is in it: of rows there are the names of their fields.
"""

import msgspec

from server.tables import Mistake


class FieldsFound(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of the rows that were read, by what they held; a field is in one list only.

    `empty` ones were so in every row. `malformed` ones were not what the document says in one row
    at least, `unknown` ones held a word that has no meaning in the graph.
    """

    filled: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    malformed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class ListFound(msgspec.Struct, frozen=True, kw_only=True):
    """One list of an upstream, as far as its first page tells.

    `order` and `page_size` are what is configured, null where that does not count; `shows_order` is
    null where too few rows tell, `shows_page_size` where the upstream gave all that was asked for.
    """

    kind: str
    rows: int
    total: int | None
    order: str | None
    shows_order: str | None
    page_size: int | None
    shows_page_size: int | None
    fields: FieldsFound


class SourceFound(msgspec.Struct, frozen=True, kw_only=True):
    """How a source answered."""

    name: str
    provider: str
    ok: bool
    message: str
    code: str | None = None
    calls: int = 0
    milliseconds: int | None = None
    clock_skew_seconds: float | None = None
    certificate_days: float | None = None
    lists: tuple[ListFound, ...] = ()
    warnings: tuple[str, ...] = ()


class ServiceFound(msgspec.Struct, frozen=True, kw_only=True):
    """How something answered that is no source: the cache, or an issuer's keys."""

    name: str
    ok: bool
    message: str
    warnings: tuple[str, ...] = ()


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything. `warnings` are those of the configuration; none of them makes it less `ok`."""

    file: str
    ok: bool
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[str, ...] = ()
    sources: tuple[SourceFound, ...] = ()
    services: tuple[ServiceFound, ...] = ()
