"""Lazy views: wire rows as the graph's records, converted when somebody asks.

What is not selected costs nothing and is not judged. A provider declares its views as classes
whose attributes are made by the functions at the end, and by those of `amounts`: each reads one
wire attribute and says what it means. A bad value raises MalformedError with its place,
`results[3].created_at`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any, ClassVar, TypeVar

import msgspec

from providers.errors import MalformedError
from providers.inlining import Attribute, Inline
from providers.origin import Origin
from providers.timestamps import day, day_said, in_rfc3339
from providers.wire import UNDECODABLE, decode_value, decoder, utf8, wire_name

T = TypeVar("T")
_EMPTY = (b"", b"null", b'""', b"{}")
_INT32 = range(-(2**31), 2**31)


class View:
    """A lazy view of one object of an answer; its attributes are made by the functions below.

    `typename` is the graph type that shows it. It is part of `outer`, a view whose row has it as
    the attribute `name`, in a list at a position; without a name it is the same object.
    """

    __slots__ = ("_name", "_position", "origin", "outer", "row")
    typename: ClassVar[str]
    __parts__: ClassVar[Mapping[str, str]] = {"w": "{s}.row", "o": "{s}.origin"}

    def __init__(
        self, row: Any, outer: "View | Origin", name: str | None = None, position: int | None = None
    ) -> None:
        self.row, self.outer, self._name, self._position = row, outer, name, position
        self.origin: Origin = outer.origin

    @property
    def place(self) -> str:
        """Where the object stood in the answer: `results[3].lines[0]`."""
        place = self.outer.place if self._name is None else self.outer.place_of(self._name)
        return place if self._position is None else f"{place}[{self._position}]"

    def malformed(self, name: str, complaint: str) -> MalformedError:
        """The error for a bad value of the wire attribute `name`."""
        return self.origin.malformed(f"{self.place_of(name)} {complaint}")

    def place_of(self, name: str) -> str:
        wire, place = wire_name(self.row, name), self.place
        return f"{place}.{wire}" if place else wire

    def converted(self, name: str, convert: Callable[[Any], Any]) -> Any:
        """The wire attribute `name`, converted; a complaint is given its place."""
        value = getattr(self.row, name)
        try:
            return convert(value)
        except MalformedError as error:
            raise self.malformed(name, error.reason) from None


class Record(View):
    """A view of a whole row: a thing with an identity of its own.

    `at` is where the row stood in its answer.
    """

    __slots__ = ("at",)
    provider_id: Any

    def __init__(self, row: Any, origin: Origin, at: int = 0) -> None:
        self.row, self.origin, self.at = row, origin, at

    @property
    def place(self) -> str:
        return "" if self.origin.rows is None else f"{self.origin.rows}[{self.at}]"

    key_id = Attribute(lambda row: str(row.provider_id), Inline("str({provider_id})", kind=str))
    """The id that never changes and that the row is found by, mostly the provider's own."""

    hint = Attribute(lambda _: None, Inline("None"))
    """What finds the row again beside its id and never changes; None: the id is enough."""

    @property
    def present(self) -> bool:
        """False where the upstream's list has a row that is none of this kind at all."""
        return True

    own_payment: Any = Attribute(lambda _: None, Inline("None"))
    """The payment that an invoice's own row holds."""

    @property
    def own_invoice(self) -> "Record | None":
        """The invoice whose own row a payment was read out of."""
        return None

    source = Attribute(attrgetter("origin.source"), Inline("{o}.source"))
    fetched_at = Attribute(
        attrgetter("origin.fetched_at"),
        Inline("{o}.fetched_at", kind=datetime, forms={"rfc3339": "{o}.fetched({write})"}),
    )

    @property
    def raw(self) -> msgspec.Raw:
        try:
            return utf8(self.origin.raw(self.at))
        except MalformedError as error:
            raise self.origin.malformed(f"{self.place or 'the answer'} {error.reason}") from None


def plain(name: str) -> property:
    """The wire attribute as it is."""
    return Attribute(attrgetter(f"row.{name}"), Inline(f"{{w}}.{name}"))


def text(name: str, otherwise: str | None = None) -> property:
    """A string; an empty one is none, and so `otherwise`."""
    inline = Inline(f"{{w}}.{name} or {otherwise!r}", kind=str)
    return Attribute(lambda view: getattr(view.row, name) or otherwise, inline)


def texts(name: str) -> property:
    """A list of strings, empty where it is absent."""
    return Attribute(
        lambda view: getattr(view.row, name) or [], Inline(f"{{w}}.{name} or []", kind=list[str])
    )


def conversion(name: str, convert: Callable[[Any], Any], kind: Any = None) -> property:
    """The wire attribute, converted, to values of a `kind` if that is known."""
    inline = Inline(f"{{convert}}({{w}}.{name})", {"convert": convert}, kind)
    return Attribute(lambda view: view.converted(name, convert), inline)


def day_of(name: str) -> property:
    """The calendar day of a timestamp, in the source's zone."""

    def said(text: str | None, origin: Origin) -> str | None:
        return day_said(text or "", origin.moments[text], origin.zone)

    def read(view: View) -> str | None:
        day: str | None = view.converted(name, lambda text: said(text, view.origin))
        return day

    inline = Inline(f"{{said}}({{w}}.{name}, {{o}})", {"said": said}, str)
    return Attribute(read, inline)


def label(name: str) -> property:
    """A number for people, written as a number or text: 0 is one, an empty string is none."""

    def read(view: View) -> str | None:
        value = getattr(view.row, name)
        return str(value) if value or value == 0 else None

    written = f"str({{t}}) if ({{t}} := {{w}}.{name}) or {{t}} == 0 else None"
    return Attribute(read, Inline(written, kind=str))


def identifier(name: str) -> property:
    """An id, number or text; 0 and an empty string stand for none."""

    def read(view: View) -> str | None:
        value = getattr(view.row, name)
        return str(value) if value else None

    return Attribute(read, Inline(f"str({{t}}) if ({{t}} := {{w}}.{name}) else None", kind=str))


def identity(name: str) -> property:
    """The id of the row itself, which must be there."""

    def checked(value: Any) -> str:
        if value in ("", None):
            raise MalformedError("is empty")
        return str(value)

    def read(view: View) -> str:  # of every row
        value = getattr(view.row, name)
        return str(value) if value else view.converted(name, checked)

    inline = Inline(f"str({{t}}) if ({{t}} := {{w}}.{name}) else {{checked}}({{t}})")
    return Attribute(read, inline._replace(names={"checked": checked}, kind=str, wire=name))


def integer(name: str, within: range = _INT32) -> property:
    """A whole number that fits GraphQL's 32 bits, or in a range of its own."""

    def checked(value: int | None) -> int | None:
        if value is not None and value not in within:
            raise MalformedError("is too large" if value >= within.stop else "is too small")
        return value

    return conversion(name, checked, int)


def moment(name: str) -> Attribute:
    """A timestamp, in the source's zone where it has no offset of its own."""

    def read(view: View) -> datetime | None:
        text: str | None = getattr(view.row, name)
        try:
            return view.origin.moments[text]
        except MalformedError as error:
            raise view.malformed(name, error.reason) from None

    found = f"{{o}}.moments[{{w}}.{name}]"
    shown = f"None if ({{t}} := {found}) is None else {{short}}({{w}}.{name}) or {{write}}({{t}})"
    inline = Inline(found, {"short": in_rfc3339}, datetime, {"rfc3339": shown}, wire=name)
    return Attribute(read, inline)


def calendar_day(name: str) -> property:
    """A date without a time."""
    return conversion(name, day, date)


def json(name: str) -> property:
    """Arbitrary JSON as it was received; null is none."""

    def checked(value: msgspec.Raw) -> msgspec.Raw | None:
        return None if bytes(value) == b"null" else utf8(value)

    return conversion(name, checked)


def lookup(name: str, meanings: Mapping[str, T], unknown: T) -> property:
    """The unified value of a provider's word; what is not even a word is unknown too."""

    def read(view: View) -> T:
        try:
            return meanings.get(getattr(view.row, name) or "", unknown)
        except MalformedError:
            return unknown

    names = {"meanings": meanings, "unknown": unknown}
    found = f"{{meanings}}.get({{w}}.{name} or '', {{unknown}})"
    return Attribute(read, Inline(found, names, type(unknown)))


def view(name: str, kind: type[View]) -> property:
    """A nested object, or None."""

    def read(outer: View) -> View | None:
        row = getattr(outer.row, name)
        return None if row is None else kind(row, outer, name)

    return Attribute(read, Inline(parts={"w": f"{{w}}.{name}", "o": "{o}"}, of=kind))


def deferred(name: str, row: type[msgspec.Struct], kind: type[View]) -> Attribute:
    """A nested object that is kept as JSON text until somebody asks; None where it is empty."""
    nothing, expected = row(), decoder(row | None).decode

    def decoded(text: msgspec.Raw) -> Any:
        try:
            found = expected(text)
        except UNDECODABLE:
            if _is_empty(text):
                return None
            raise
        return None if found == nothing and _is_empty(text) else found

    def read(outer: View) -> View | None:
        text = getattr(outer.row, name)
        try:
            found = decoded(text)
        except UNDECODABLE:  # what is good of it can still be read
            found = decode_value(text, row, outer.place_of(name), outer.origin.malformed)
        return None if found is None else kind(found, outer, name)

    parts = {"w": f"{{decoded}}({{w}}.{name})", "o": "{o}"}
    return Attribute(read, Inline(names={"decoded": decoded}, parts=parts, of=kind))


def _is_empty(text: msgspec.Raw) -> bool:
    return bytes(text).translate(None, b" \t\r\n") in _EMPTY


def views(name: str, kind: type[View]) -> property:
    """A list of nested objects, empty where it is absent."""

    def read(outer: View) -> Sequence[View]:
        rows = getattr(outer.row, name) or ()
        return [kind(row, outer, name, at) for at, row in enumerate(rows)]

    return property(read)


def part(kind: type[View]) -> property:
    """Another view of the same object: a provider's own part of it."""
    inline = Inline(parts={"w": "{w}", "o": "{o}"}, of=kind)
    return Attribute(lambda outer: kind(outer.row, outer), inline)
