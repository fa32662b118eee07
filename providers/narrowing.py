"""Rows that are decoded only as far as an operation reads them.

A decoder passes over what its struct does not name in a third of the time. So an operation says
which attributes of records it reads; what is read of a row beyond that is decoded when it is.
"""

import inspect
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, ClassVar

import msgspec

from providers.origin import Origin
from providers.views import Record
from providers.wire import Response, decode_object, decode_rows

Selection = frozenset[tuple[str, ...]]
"""Attributes of records: `("total",)`, or of an object that is one `("details", "language")`."""

_ALWAYS: Selection = frozenset({("provider_id",), ("key_id",), ("created_at",)})
_NAMES = re.compile(r"\{(\w+)\}(?:\.(\w+))?")
_OF_ALL = ("t", "u", "write")
_WORTHWHILE = 0.75  # of the members of a row


class _UnknownError(Exception):
    """It is not said what an attribute reads."""


class Narrow(msgspec.Struct, gc=False):
    """A row of which only some members are decoded, of the struct `whole`.

    Its other members are decoded, all at once, from what was received when one is asked for.
    """

    whole: ClassVar[Any]
    _origin: Any = None
    _at: Any = 0  # whatever an upstream calls its own members
    _full: Any = None

    @staticmethod
    def late(name: str) -> property:
        """A member that is decoded when it is asked for."""

        def read(row: Narrow) -> Any:
            if row._full is None:
                text, place = row._origin.raw(row._at), f"{row._origin.rows}[{row._at}]"
                row._full = decode_object(text, row.whole, place, row._origin.malformed)
            return getattr(row._full, name)

        return property(read)


@lru_cache(maxsize=1024)
def narrowed(row: type[msgspec.Struct], record: type[Record], selection: Selection) -> Any:
    """The struct to decode rows as of which these attributes are read.

    None for the whole one: where that would hardly be less, or it is not said what is read.
    """
    try:
        needed = {name for path in selection | _ALWAYS for name in _members(record, path)}
    except _UnknownError:
        return None
    is_worthwhile = len(needed) <= _WORTHWHILE * len(msgspec.structs.fields(row))
    return _struct(row, frozenset(needed)) if is_worthwhile else None


@lru_cache(maxsize=1024)
def _struct(row: type[msgspec.Struct], needed: frozenset[str]) -> Any:
    fields = msgspec.structs.fields(row)
    late = {each.name: Narrow.late(each.name) for each in fields if each.name not in needed}
    return msgspec.defstruct(
        f"{row.__name__}Narrow",
        [(each.name, each.type, _field(each)) for each in fields if each.name in needed],
        bases=(Narrow,),
        namespace={"whole": row, **late},
        kw_only=True,
        gc=False,
    )


def _field(of: msgspec.structs.FieldInfo) -> Any:
    if of.default_factory is not msgspec.NODEFAULT:
        return msgspec.field(name=of.encode_name, default_factory=of.default_factory)
    return msgspec.field(name=of.encode_name, default=of.default)


def _members(kind: Any, path: Sequence[str]) -> Iterator[str]:
    """The members of a row that an attribute is read from. Raises _UnknownError."""
    found = inspect.getattr_static(kind, path[0], ...)
    if found is None or isinstance(found, str):  # it is the same for all
        return
    inline = getattr(found, "inline", None)
    if inline is None:
        raise _UnknownError
    is_same_row = inline.parts.get("w") == "{w}"  # seen as another object
    if is_same_row and path[1:] and hasattr(inline.of, path[1]):  # else it is another provider's
        yield from _members(inline.of, path[1:])
    texts = (inline.expression, *inline.forms.values(), *inline.parts.values())
    known = {*inline.names, *inline.written, *kind.__parts__, *_OF_ALL}
    for name, member in _NAMES.findall(" ".join(texts)):
        if name == "w" and member:
            yield member
        elif name not in known:
            yield from _members(kind, (name,))


def read_page(
    response: Response, origin: Origin, envelope: Any, row: Any, record: type[Record]
) -> tuple[Any, Sequence[Any]]:
    """An answer as `envelope[row]`, of which more is decoded when it is asked for, and its records.

    Raises MalformedError where the envelope itself is wrong.
    """
    kind = origin.rows_as or row
    page = response.page(envelope, kind)
    if page is None:
        page = decode_rows(response.body, envelope, row, origin.rows or "", origin.malformed)
    elif kind is not row:
        for at, each in enumerate(page.rows or ()):
            each._origin, each._at, each._full = origin, at, None
    return page, [record(each, origin, at) for at, each in enumerate(page.rows or ())]
