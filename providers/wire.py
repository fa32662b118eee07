"""HTTP as plain values, and the decoding of answers into typed rows.

Rows are decoded strictly and at once. Where one value of one row is not what the document says,
the same answer is read again leniently: every value is then checked only when somebody asks for
it, so that a poisoned field costs that field and not the page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from types import UnionType
from typing import Any, TypeGuard, Union, get_args, get_origin

import msgspec

from providers.errors import (
    MalformedError,
    RateLimitedError,
    RejectedError,
    UnauthorizedError,
    UnavailableError,
    UpstreamError,
)

Fail = Callable[[str], MalformedError]
_MEMBERS = dict[str, msgspec.Raw]
UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Request:
    """One upstream request, without credentials and without the upstream's address.

    Hashable, so that equal requests are known to be equal: a list in the `body` is a tuple. The
    struct that the rows of its answer will be read as is told beside it: see `narrowing`.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: tuple[tuple[str, Any], ...] = ()
    rows_as: Any = field(default=None, compare=False)

    def asking(self, **parameters: object) -> "Request":
        """The same request with further query parameters."""
        added = tuple((name, str(value)) for name, value in parameters.items())
        return Request(self.method, self.path, self.query + added, self.body)

    def read_as(self, row: Any) -> "Request":
        """The same request; the rows of its answer will be read as this struct."""
        return Request(self.method, self.path, self.query, self.body, row)

    def saying(self, **members: object) -> "Request":
        """The same request with further members of its body."""
        return Request(self.method, self.path, self.query, self.body + tuple(members.items()))


@dataclass(frozen=True, slots=True)
class Response:
    """One upstream answer, whole and decompressed; `rows_as` is that of its request."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    rows_as: Any = field(default=None, compare=False)
    _pages: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def page(self, envelope: Any, row: Any) -> Any:
        """The body as `envelope[row]`, read once for all who ask; None where it is another."""
        if row not in self._pages:
            try:
                self._pages[row] = _page_decoder(envelope, row).decode(self.body)
            except UNDECODABLE:
                self._pages[row] = None
        return self._pages[row]


def status_refusal(response: Response, provider_code: str | None = None) -> UpstreamError | None:
    """What an HTTP status alone says; None for 200."""
    if response.status == 200:
        return None
    kind, reason = _meaning(response.status)
    return kind(
        f"{reason} (HTTP {response.status})",
        http_status=response.status,
        provider_code=provider_code,
        retry_after_seconds=_retry_after(response.headers.get("Retry-After")),
    )


def _meaning(status: int) -> tuple[type[UpstreamError], str]:
    if status >= 500:
        return UnavailableError, "the provider is out of order"
    if status in (401, 403):
        return UnauthorizedError, "the provider does not accept the configured credentials"
    if status == 429:
        return RateLimitedError, "the provider asks for fewer requests"
    return RejectedError, "the provider refused the request"


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait, from either form of the header; None where it is absent or nonsense."""
    if value is None:
        return None
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)  # without a zone it is in GMT
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def decode(body: bytes | msgspec.Raw, kind: Any) -> Any:
    """The answer as `kind`. Raises MalformedError, naming the place, for anything else."""
    try:
        return decoder(kind).decode(body)
    except UNDECODABLE as error:
        raise MalformedError(_complaint(error)) from None


def decode_rows(body: bytes, envelope: Any, row: Any, key: str, fail: Fail) -> Any:
    """The answer as `envelope[row]`, whose list of rows, `rows`, is under `key` on the wire.

    Rows that are not what the document says become `Lenient`. Raises MalformedError where the
    envelope itself is wrong.
    """
    try:
        return _page_decoder(envelope, row).decode(body)
    except UNDECODABLE:
        page = decode(body, envelope[msgspec.Raw])
    rows = [decode_object(text, row, f"{key}[{at}]", fail) for at, text in enumerate(page.rows)]
    return msgspec.structs.replace(page, rows=rows)


def decode_row(body: bytes, row: Any, fail: Fail) -> Any:
    """The answer as one `row`, or as a `Lenient` one."""
    try:
        return decoder(row).decode(body)
    except UNDECODABLE:
        return Lenient(row, decode(body, _MEMBERS), "", fail)


def stated(body: bytes, name: str, kind: Any) -> Any:
    """The member `name` of an answer's object, as `kind`; None where there is no such thing."""
    try:
        return decode(decode(body, _MEMBERS)[name], kind)
    except (KeyError, MalformedError):
        return None


def utf8(text: msgspec.Raw) -> msgspec.Raw:
    """The JSON text itself. Raises MalformedError if it is not UTF-8: undecoded, nobody looked."""
    try:
        bytes(text).decode()
    except UnicodeDecodeError:
        raise MalformedError("is not UTF-8") from None
    return text


@cache
def decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """Reads `kind`, numbers exactly. Raises one of `UNDECODABLE` for anything else."""
    return msgspec.json.Decoder(kind, float_hook=Decimal)


@lru_cache(maxsize=1024)  # there is a struct for each selection of rows: see `narrowing`
def _page_decoder(envelope: Any, row: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(envelope[row], float_hook=Decimal)


def _complaint(error: Exception) -> str:
    """What is wrong and where, without quoting the upstream's own text."""
    if not isinstance(error, msgspec.ValidationError):
        return "the answer is not JSON"
    complaint, _, path = str(error).partition(" - at `$")
    missing = complaint.partition("missing required field `")[2].rstrip("`")
    place = ".".join(filter(None, (path.rstrip("`").lstrip("."), missing)))
    if not place:
        return "the answer has a wrong shape"
    return f"{place} is missing" if missing else f"{place} is not what the provider documents"


class Lenient:
    """A row of which each value is decoded when it is asked for.

    Stands in for an instance of the struct `kind`: the same attributes, out of `members`, the JSON
    text of each; None where there is no object at all. `fail` makes the error for a bad value out
    of a complaint that names its place.
    """

    __slots__ = ("_fail", "_kind", "_members", "_place")

    def __init__(
        self, kind: Any, members: Mapping[str, msgspec.Raw] | None, place: str, fail: Fail
    ) -> None:
        self._kind, self._members, self._place, self._fail = kind, members, place, fail

    def __getattr__(self, name: str) -> Any:
        wire = _fields(self._kind).get(name)
        if wire is None:
            raise AttributeError(name)
        place = f"{self._place}.{wire.encode_name}" if self._place else wire.encode_name
        if self._members is None:
            raise self._fail(f"{self._place} is not what the provider documents")
        if wire.encode_name in self._members:
            return decode_value(self._members[wire.encode_name], wire.type, place, self._fail)
        if wire.required:
            raise self._fail(f"{place} is missing")
        made = wire.default_factory
        return wire.default if made is msgspec.NODEFAULT else made()


def decode_value(text: msgspec.Raw, kind: Any, place: str, fail: Fail) -> Any:
    """`text` as `kind`; objects in it, also those in a list, may be lenient ones.

    What should be a list of objects and is no list becomes one object of which nothing can be read:
    so each value that is selected of it fails, and not everything around the list.
    """
    try:
        return decoder(kind).decode(text)
    except UNDECODABLE:
        pass
    for option in _options(kind):
        if _is_struct(option) and (members := _members(text)) is not None:
            return Lenient(option, members, place, fail)
        if get_origin(option) is list and _is_struct(get_args(option)[0]):
            return _list(text, get_args(option)[0], place, fail)
    raise fail(f"{place} is not what the provider documents")


def _list(text: msgspec.Raw, kind: Any, place: str, fail: Fail) -> Sequence[Any]:
    try:
        items = decoder(list[msgspec.Raw]).decode(text)
    except UNDECODABLE:
        return [Lenient(kind, None, place, fail)]
    return [decode_object(item, kind, f"{place}[{at}]", fail) for at, item in enumerate(items)]


def decode_object(text: msgspec.Raw, kind: Any, place: str, fail: Fail) -> Any:
    """The object at `place` of an answer as one `kind`, or as a `Lenient` one."""
    try:
        return decoder(kind).decode(text)
    except UNDECODABLE:
        return Lenient(kind, _members(text), place, fail)


def _members(text: msgspec.Raw) -> Mapping[str, msgspec.Raw] | None:
    """The values of an object, None for anything else."""
    try:
        members: Mapping[str, msgspec.Raw] = decoder(_MEMBERS).decode(text)
    except UNDECODABLE:
        return None
    return members


def _options(kind: Any) -> Sequence[Any]:
    """The members of a union, else the one type itself."""
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def _is_struct(kind: Any) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


@cache
def _fields(kind: Any) -> dict[str, msgspec.structs.FieldInfo]:
    return {wire.name: wire for wire in msgspec.structs.fields(kind)}


def wire_name(row: Any, name: str) -> str:
    """The name on the wire of the attribute `name` of a decoded row."""
    kind: Any = row._kind if isinstance(row, Lenient) else getattr(row, "whole", type(row))
    return _fields(kind)[name].encode_name


def raw_rows(body: bytes, key: str) -> Sequence[msgspec.Raw]:
    """The rows under `key` as they were received, each a JSON text."""
    rows: Sequence[msgspec.Raw] = decode(decode(body, _MEMBERS)[key], list[msgspec.Raw])
    return rows
