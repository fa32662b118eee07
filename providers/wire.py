"""HTTP as plain values, and the decoding of answers into typed rows.

Rows are decoded strictly and at once. Where one value of one row is not what the document says,
the same answer is read again leniently: every value is then checked only when somebody asks for
it, so that a poisoned field costs that field and not the page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, TypeGuard, get_args, get_origin

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


@dataclass(frozen=True, slots=True)
class Request:
    """One upstream request, without credentials and without the upstream's address.

    Hashable, so that equal requests are known to be equal: a list in the `body` is a tuple.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: tuple[tuple[str, Any], ...] = ()

    def asking(self, **parameters: object) -> "Request":
        """The same request with further query parameters."""
        added = tuple((name, str(value)) for name, value in parameters.items())
        return replace(self, query=self.query + added)


@dataclass(frozen=True, slots=True)
class Response:
    """One upstream answer, whole and decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


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
    except ValueError:
        return None
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def decode(body: bytes, kind: Any) -> Any:
    """The answer as `kind`. Raises MalformedError, naming the place, for anything else."""
    try:
        return _decoder(kind).decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedError(_complaint(error)) from None


def decode_rows(body: bytes, envelope: Any, row: Any, key: str, fail: Fail) -> Any:
    """The answer as `envelope[row]`, whose list of rows is its attribute `key`.

    Rows that are not what the document says become `Lenient`. Raises MalformedError where the
    envelope itself is wrong.
    """
    try:
        return _decoder(envelope[row]).decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        page = decode(body, envelope[Any])
    rows = [Lenient(row, values, f"{key}[{at}]", fail) for at, values in enumerate(page.rows)]
    return msgspec.structs.replace(page, rows=rows)


def decode_row(body: bytes, row: Any, fail: Fail) -> Any:
    """The answer as one `row`, or as a `Lenient` one."""
    try:
        return _decoder(row).decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return Lenient(row, decode(body, dict[str, Any]), "", fail)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, float_hook=Decimal)


def _complaint(error: Exception) -> str:
    """What is wrong and where, without quoting the upstream's own text."""
    if not isinstance(error, msgspec.ValidationError):
        return "the answer is not JSON"
    place = str(error).partition(" - at `$")[2].rstrip("`").lstrip(".")
    return (
        f"{place} is not what the provider documents" if place else "the answer has a wrong shape"
    )


class Lenient:
    """A row of which each value is checked when it is asked for.

    Stands in for an instance of the struct `kind`: the same attributes, out of decoded JSON.
    `fail` makes the error for a bad value out of a complaint that names its place.
    """

    __slots__ = ("_fail", "_kind", "_place", "_values")

    def __init__(self, kind: Any, values: Any, place: str, fail: Fail) -> None:
        self._kind, self._values, self._place, self._fail = kind, values, place, fail

    def __getattr__(self, name: str) -> Any:
        wire = _fields(self._kind)[name]
        place = f"{self._place}.{wire.encode_name}" if self._place else wire.encode_name
        if not isinstance(self._values, dict):
            raise self._fail(f"{self._place} is not an object")
        if wire.encode_name in self._values:
            return self._checked(self._values[wire.encode_name], wire.type, place)
        if wire.required:
            raise self._fail(f"{place} is missing")
        return wire.default

    def _checked(self, value: Any, kind: Any, place: str) -> Any:
        """`value` as `kind`; structs, also those in a list, stay lenient inside."""
        options = (kind, *get_args(kind))
        if value is None and type(None) in options:
            return None
        if kind is msgspec.Raw:
            return msgspec.Raw(_encode_exactly(value))
        struct = next((option for option in options if _is_struct(option)), None)
        listed = next((get_args(o)[0] for o in options if get_origin(o) is list), None)
        if _is_struct(listed) and isinstance(value, list):
            rows = enumerate(value)
            return [Lenient(listed, item, f"{place}[{at}]", self._fail) for at, item in rows]
        if struct is not None and isinstance(value, dict):
            return Lenient(struct, value, place, self._fail)
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError:
            raise self._fail(f"{place} is not what the provider documents") from None


_encode_exactly = msgspec.json.Encoder(decimal_format="number").encode


def _is_struct(kind: Any) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


@cache
def _fields(kind: Any) -> dict[str, msgspec.structs.FieldInfo]:
    return {wire.name: wire for wire in msgspec.structs.fields(kind)}


def wire_name(row: Any, name: str) -> str:
    """The name on the wire of the attribute `name` of a decoded row."""
    kind: Any = row._kind if isinstance(row, Lenient) else type(row)
    return _fields(kind)[name].encode_name


def raw_rows(body: bytes, key: str) -> Sequence[msgspec.Raw]:
    """The rows under `key` as they were received, each a JSON text."""
    members = decode(body, dict[str, msgspec.Raw])
    rows: Sequence[msgspec.Raw] = decode(bytes(members[key]), list[msgspec.Raw])
    return rows
