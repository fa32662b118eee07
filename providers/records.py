"""The rows of the unified model, as the graph reads them.

A record is a lazy view over one wire row: its attributes convert when somebody asks, so that what
is not selected costs nothing and is not judged. The protocols say what the graph relies on; a
provider's own part hangs under `details`, whose `typename` names the graph type that shows it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import Enum
from functools import cached_property
from operator import attrgetter
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec

from providers.errors import MalformedError
from providers.money import Money, decimal, money
from providers.timestamps import instant
from providers.wire import raw_rows, utf8, wire_name

T = TypeVar("T")
_INT32 = range(-(2**31), 2**31)


class ProviderName(Enum):
    """The providers that clients can name."""

    YUME = "yume"


class SourceState(Enum):
    """How an account's upstream is doing, as far as its last answers tell."""

    HEALTHY = "HEALTHY"
    DEGRADED = "DEGRADED"
    UNAVAILABLE = "UNAVAILABLE"


class OutcomeStatus(Enum):
    """How one source did for one connection."""

    OK = "OK"
    STALE = "STALE"
    FAILED = "FAILED"


class InvoiceStatus(Enum):
    """Where an invoice stands, in words that are the same for every provider."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    AUTHORIZED = "AUTHORIZED"
    PAID = "PAID"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"
    REFUNDED = "REFUNDED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Origin:
    """Where and when rows were read; shared by all rows of one answer.

    `source` is what the graph shows as the rows' Source. `rows` is the key of the answer's list,
    None where the answer is the row itself.
    """

    source: Any
    zone: tzinfo
    fetched_at: datetime
    body: bytes
    rows: str | None

    def malformed(self, complaint: str) -> MalformedError:
        return MalformedError(complaint).attributed(self.source.name, self.source.provider.name)

    def raw(self, at: int) -> msgspec.Raw:
        """The row as received, a JSON text."""
        return self._received[at]

    @cached_property
    def _received(self) -> Sequence[msgspec.Raw]:
        if self.rows is None:
            return [msgspec.Raw(self.body)]
        return raw_rows(self.body, self.rows)


class View:
    """A lazy view of one object of an answer; its attributes are made by the functions below.

    `typename` is the graph type that shows it; `place` is where the object stood: `results[3]`;
    `outer` is the view that it is part of.
    """

    __slots__ = ("origin", "outer", "place", "row")
    typename: ClassVar[str]

    def __init__(self, row: Any, origin: Origin, place: str, outer: "View | None" = None) -> None:
        self.row, self.origin, self.place, self.outer = row, origin, place, outer

    def malformed(self, name: str, complaint: str) -> MalformedError:
        """The error for a bad value of the wire attribute `name`."""
        return self.origin.malformed(f"{self.place_of(name)} {complaint}")

    def place_of(self, name: str) -> str:
        wire = wire_name(self.row, name)
        return f"{self.place}.{wire}" if self.place else wire

    def converted(self, name: str, convert: Callable[[Any], Any]) -> Any:
        """The wire attribute `name`, converted; a complaint is given its place."""
        value = getattr(self.row, name)
        try:
            return convert(value)
        except MalformedError as error:
            raise self.malformed(name, error.reason) from None


class Record(View):
    """A view of a whole row: a thing with an identity of its own.

    `at` is where the row stood in its answer. `hint` is what finds the row again beside its id
    and never changes; None where the id is enough.
    """

    __slots__ = ("at",)
    hint: ClassVar[str | None] = None
    provider_id: Any

    def __init__(self, row: Any, origin: Origin, at: int = 0) -> None:
        super().__init__(row, origin, "" if origin.rows is None else f"{origin.rows}[{at}]")
        self.at = at

    @property
    def source(self) -> Any:
        return self.origin.source

    @property
    def fetched_at(self) -> datetime:
        return self.origin.fetched_at

    @property
    def raw(self) -> msgspec.Raw:
        try:
            return utf8(self.origin.raw(self.at))
        except MalformedError as error:
            raise self.origin.malformed(f"{self.place or 'the answer'} {error.reason}") from None


def plain(name: str) -> property:
    """The wire attribute as it is."""
    return property(attrgetter(f"row.{name}"))


def text(name: str) -> property:
    """A string; an empty one is none."""
    return property(lambda view: getattr(view.row, name) or None)


def texts(name: str) -> property:
    """A list of strings, empty where it is absent."""
    return property(lambda view: getattr(view.row, name) or [])


def identifier(name: str) -> property:
    """An id, number or text; 0 and an empty string stand for none."""

    def read(view: View) -> str | None:
        value = getattr(view.row, name)
        return str(value) if value else None

    return property(read)


def identity(name: str) -> property:
    """The id of the row itself, which must be there."""

    def read(view: View) -> str:
        value = getattr(view.row, name)
        if value in ("", None):
            raise view.malformed(name, "is empty")
        return str(value)

    return property(read)


def integer(name: str) -> property:
    """A whole number that fits GraphQL's 32 bits."""

    def checked(value: int | None) -> int | None:
        if value is not None and value not in _INT32:
            raise MalformedError("is too large")
        return value

    return property(lambda view: view.converted(name, checked))


def moment(name: str) -> property:
    """A timestamp, in the source's zone where it has no offset of its own."""
    return property(lambda view: view.converted(name, lambda raw: instant(raw, view.origin.zone)))


def amount(name: str, currency: str = "currency") -> property:
    """Money written as a decimal string, in the currency that the attribute `currency` names."""
    currency_of = attrgetter(currency)
    return property(lambda view: money(view.converted(name, decimal), currency_of(view)))


def json(name: str) -> property:
    """Arbitrary JSON as it was received; null is none."""

    def checked(value: msgspec.Raw) -> msgspec.Raw | None:
        return None if bytes(value) == b"null" else utf8(value)

    return property(lambda view: view.converted(name, checked))


def lookup(name: str, meanings: Mapping[str, T], unknown: T) -> property:
    """The unified value of a provider's word; what is not even a word is unknown too."""

    def read(view: View) -> T:
        try:
            return meanings.get(getattr(view.row, name) or "", unknown)
        except MalformedError:
            return unknown

    return property(read)


def view(name: str, kind: type[View]) -> property:
    """A nested object, or None."""

    def read(outer: View) -> View | None:
        row = getattr(outer.row, name)
        return None if row is None else kind(row, outer.origin, outer.place_of(name), outer)

    return property(read)


def views(name: str, kind: type[View]) -> property:
    """A list of nested objects, empty where it is absent."""

    def read(outer: View) -> Sequence[View]:
        rows, place = getattr(outer.row, name) or (), outer.place_of(name)
        return [kind(row, outer.origin, f"{place}[{at}]", outer) for at, row in enumerate(rows)]

    return property(read)


def part(kind: type[View]) -> property:
    """Another view of the same object: a provider's own part of it."""
    return property(lambda outer: kind(outer.row, outer.origin, outer.place, outer))


class Invoice(Protocol):
    """A demand for money. Amounts in major units, times with their offset."""

    typename: ClassVar[str]
    provider_id: str
    number: str | None
    status: InvoiceStatus
    provider_status: str | None
    description: str | None
    created_at: datetime | None
    currency: str | None
    total: Money | None
    captured: Money | None
    refunded: Money | None
    details: View
