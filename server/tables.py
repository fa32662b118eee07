"""Tables of a TOML file read into the values of structs, with every mistake named by its key.

No message holds the value of a credential.
"""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta
from msgspec.structs import FieldInfo

T = TypeVar("T")
NOT_TEXT = "it is not UTF-8 text"


class Mistake(msgspec.Struct):
    """One thing to correct: its key, none for the file as a whole, and in which source it is."""

    key: str
    problem: str
    source: str | None = None

    def __str__(self) -> str:
        source = f"({self.source})" if self.source else ""
        return " ".join(filter(None, (self.key, source, self.problem)))


class WrongValueError(Exception):
    """What is wrong with a value."""


class Tables:
    """Reads tables, and on after a mistake so as to find them all.

    A struct's fields are the keys that are allowed, its types what they may be.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.mistakes: list[Mistake] = []
        self._folder = folder
        self._environ = environ

    def inner(self, key: str, outer: dict[str, Any], place: str = "") -> dict[str, Any]:
        """The table under a key, taken out of the one that it is in."""
        table = outer.pop(key, {})
        if isinstance(table, dict):
            return table
        self.note(place + key, "must be a table")
        return {}

    def records(
        self, place: str, kind: type[msgspec.Struct], outer: dict[str, Any], unique: str
    ) -> Sequence[Mapping[str, Any]]:
        """The values of each table of a list, taken out of the table that it is in."""
        tables = outer.pop(place.rpartition(".")[2], [])
        if not are_tables(tables):
            self.note(place, f"must be tables, each of them under [[{place}]]")
            return ()
        fields = fields_of(kind)
        records = [self.values(f"{place}[{at}].", each, fields) for at, each in enumerate(tables)]
        self._unique(place, records, unique)
        return records

    def _unique(self, place: str, records: Sequence[Mapping[str, Any]], key: str) -> None:
        first: dict[str, int] = {}
        for at, record in enumerate(records):
            value = record.get(key)
            if value and first.setdefault(value, at) != at:
                self.note(f"{place}[{at}].{key}", f"is already that of {place}[{first[value]}]")

    def values(
        self, place: str, table: Mapping[str, Any], fields: Mapping[str, FieldInfo], **defaults: Any
    ) -> dict[str, Any]:
        """What the table says of these fields; notes what is wrong, unknown or missing."""
        values = {}
        for key, written in table.items():
            try:
                values[key] = self.value(written, _known(key, fields).type)
            except WrongValueError as error:
                self.note(place + key, str(error))
        for key, field in fields.items():
            if field.required and key not in table and key not in defaults:
                self.note(place + key, "is missing")
        return defaults | values

    def value(self, written: Any, kind: Any) -> Any:
        value = self._text(written) if isinstance(written, str) else written
        try:  # a number from the environment or a file is a text at first
            return msgspec.convert(value, kind, strict=value == written, dec_hook=_zone)
        except msgspec.ValidationError:
            raise WrongValueError(f"must be {_expected(kind)}") from None

    def _text(self, written: str) -> str:
        """The text itself, or what "env:NAME" or "file:PATH" stands for."""
        way, _, name = written.partition(":")
        look_up = {"env": self._variable, "file": self._content}.get(way)
        text = look_up(name) if look_up else written
        if not text or not text.isprintable():
            raise WrongValueError("is empty, or holds a line break or the like")
        return text

    def _variable(self, name: str) -> str:
        if name not in self._environ:
            raise WrongValueError(f"needs the environment variable {name}, which is not set")
        return self._environ[name]

    def _content(self, path: str) -> str:
        try:
            return (self._folder / path).read_text("utf-8").removesuffix("\n")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", NOT_TEXT)
            raise WrongValueError(f"needs the file {path}, but cannot read it: {reason}") from None

    def read_json(self, path: Any, read: Callable[[bytes], T]) -> T:
        """What `read` makes of a file beside the configuration. It raises ValueError if nothing."""
        if not isinstance(path, str):
            raise WrongValueError("must be a text in quotes")
        try:
            return read((self._folder / self._text(path)).read_bytes())
        except OSError as error:
            reason = f"needs the file {path}, but cannot read it: {error.strerror}"
            raise WrongValueError(reason) from None
        except ValueError as error:
            raise WrongValueError(f"names the file {path}, {error}") from None

    def note(self, key: str, problem: str) -> None:
        self.mistakes.append(Mistake(key, problem))


def are_tables(value: Any) -> bool:
    """Whether a value is what [[name]] makes."""
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def fields_of(kind: type[msgspec.Struct]) -> dict[str, FieldInfo]:
    """The fields of a struct by the keys that they are written with."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _known(key: str, fields: Mapping[str, FieldInfo]) -> FieldInfo:
    if key in fields:
        return fields[key]
    near = get_close_matches(key, fields, 1)
    raise WrongValueError("is not a known key" + (f"; is {near[0]} meant?" if near else ""))


def _zone(_: Any, name: Any) -> ZoneInfo:
    """Makes the only type of the structs that msgspec does not know."""
    try:
        return ZoneInfo(name)
    except (OSError, TypeError, ValueError, KeyError):
        raise ValueError("no time zone") from None


def _expected(kind: Any) -> str:
    """How a type is called in a message; a credential without a description is a text."""
    kinds = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    metas = (part for each in kinds for part in get_args(each) if isinstance(part, Meta))
    return next((meta.description or "" for meta in metas), "a text in quotes")
