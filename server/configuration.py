"""Reads the configuration file: TOML to settings, with every mistake named by its key and file.

The structs of `settings` are what is allowed; a provider's own keys are the fields of its
`credentials`. No message and no repr holds the value of a credential.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta
from msgspec.structs import FieldInfo

from providers import REGISTRY
from providers.base import Provider
from server.settings import CacheSettings, Limits, Secret, ServerSettings, Settings, SourceSettings

NOT_TEXT = "it is not UTF-8 text"


class Mistake(msgspec.Struct):
    """One thing to correct: its key, none for the file as a whole, and in which source it is."""

    key: str
    problem: str
    source: str | None = None

    def __str__(self) -> str:
        source = f"({self.source})" if self.source else ""
        return " ".join(filter(None, (self.key, source, self.problem)))


class ConfigError(Exception):
    """The configuration cannot be used; `mistakes` is everything that is wrong with it."""

    def __init__(self, file: str, mistakes: Iterable[Mistake]) -> None:
        self.file, self.mistakes = file, tuple(mistakes)
        super().__init__("\n".join(f"{file}: {mistake}" for mistake in self.mistakes))


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings in a file, or without one the defaults. Raises ConfigError, as `parse` does."""
    if path is None:
        return Settings()
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        problem = f"the file cannot be read: {getattr(error, 'strerror', NOT_TEXT)}"
        raise ConfigError(str(path), [Mistake("", problem)]) from None
    return parse(text, path, environ)


def parse(text: str, file: Path, environ: Mapping[str, str]) -> Settings:
    """The settings in the text of `file`. Raises ConfigError with every mistake."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        problem = f"the file is not TOML: {error}"
        raise ConfigError(str(file), [Mistake("", problem)]) from None
    reader = _Reader(file.parent, environ)
    values, sources = reader.read(document)
    if reader.mistakes:
        raise ConfigError(str(file), reader.mistakes)
    return Settings(**values, sources=tuple(SourceSettings(**source) for source in sources))


class _WrongValueError(Exception):
    """What is wrong with a value."""


class _Reader:
    """Reads tables into the values of structs, and on after a mistake so as to find them all."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.mistakes: list[Mistake] = []
        self._folder = folder
        self._environ = environ

    def read(self, document: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The settings but for the sources, and the values of each; as far as they are right."""
        server = self._server(self._inner("server", document))
        cache = self._cache(self._inner("cache", document))
        sources = list(self._sources(document.pop("sources", [])))
        self._values("", document, _fields(Settings))
        return {"server": server, "cache": cache}, sources

    def _cache(self, table: dict[str, Any]) -> CacheSettings:
        values = self._values("cache.", table, _fields(CacheSettings))
        if values.get("url"):
            values["url"] = Secret(values["url"])  # it may hold a password
        return CacheSettings(**values)

    def _server(self, table: dict[str, Any]) -> ServerSettings:
        limits = self._limits(self._inner("limits", table, "server."))
        values = self._values("server.", table, _fields(ServerSettings))
        if "cursor_secret" in values:
            values["cursor_secret"] = Secret(values["cursor_secret"])
        return ServerSettings(**values, limits=limits)

    def _limits(self, table: dict[str, Any]) -> Limits:
        values, usual = self._values("server.limits.", table, _fields(Limits)), Limits()
        largest = values.get("max_page_size", usual.max_page_size)
        if values.setdefault("default_page_size", min(usual.default_page_size, largest)) > largest:
            problem = f"must not be above max_page_size ({largest})"
            self._note("server.limits.default_page_size", problem)
        return Limits(**values)

    def _sources(self, tables: Any) -> Iterator[dict[str, Any]]:
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            return self._note("sources", "must be tables, each of them under [[sources]]")
        first: dict[str, int] = {}
        for at, table in enumerate(tables):
            before = len(self.mistakes)
            values = self._source(f"sources[{at}].", table)
            name = values.get("name")
            if name and first.setdefault(name, at) != at:
                self._note(f"sources[{at}].name", f"is already that of sources[{first[name]}]")
            for mistake in self.mistakes[before:]:
                mistake.source = name
            yield values
        self._settled(tables)

    def _settled(self, tables: Any) -> None:
        """Notes sources that are said to be settled, but are none."""
        names = [table.get("name") for table in tables]
        for at, table in enumerate(tables):
            settles = table.get("settles", ())
            for name in settles if isinstance(settles, list) else ():
                if name not in names:
                    self._note(f"sources[{at}].settles", f"names {name!r}, which is no source")

    def _source(self, place: str, table: dict[str, Any]) -> dict[str, Any]:
        fields = _fields(SourceSettings)
        del fields["credentials"]
        provider = self._provider(table)
        if provider is None:  # then nobody knows what else may be there, or must
            known = {key: table[key] for key in fields if key in table}
            return self._values(place, known, fields, base_url="", time_zone="")
        own = _fields(provider.credentials)
        values = self._values(place, table, fields | own, **_defaults(provider))
        secrets = {own[key].name: _secret(values.pop(key)) for key in own if key in values}
        return values | {"credentials": self._credentials(place, provider, secrets)}

    def _credentials(self, place: str, provider: Provider, secrets: Mapping[str, Any]) -> Any:
        """The provider's own keys together; None where one is missing, which is noted already."""
        own = _fields(provider.credentials)
        if not all(field.name in secrets for field in own.values() if field.required):
            return None
        try:
            return provider.credentials(**secrets)
        except ValueError as error:
            self._note(place.removesuffix("."), str(error))
            return None

    def _provider(self, table: Mapping[str, Any]) -> Provider | None:
        try:
            return REGISTRY.get(self._value(table.get("provider"), str))
        except _WrongValueError:  # noted when all keys are read
            return None

    def _inner(self, key: str, outer: dict[str, Any], place: str = "") -> dict[str, Any]:
        """The table under a key, taken out of the one that it is in."""
        table = outer.pop(key, {})
        if isinstance(table, dict):
            return table
        self._note(place + key, "must be a table")
        return {}

    def _values(
        self, place: str, table: Mapping[str, Any], fields: Mapping[str, FieldInfo], **defaults: Any
    ) -> dict[str, Any]:
        """What the table says of these fields; notes what is wrong, unknown or missing."""
        values = {}
        for key, written in table.items():
            try:
                values[key] = self._value(written, _known(key, fields).type)
            except _WrongValueError as error:
                self._note(place + key, str(error))
        for key, field in fields.items():
            if field.required and key not in table and key not in defaults:
                self._note(place + key, "is missing")
        return defaults | values

    def _value(self, written: Any, kind: Any) -> Any:
        value = self._text(written) if isinstance(written, str) else written
        try:  # a number from the environment or a file is a text at first
            return msgspec.convert(value, kind, strict=value == written, dec_hook=_zone)
        except msgspec.ValidationError:
            raise _WrongValueError(f"must be {_expected(kind)}") from None

    def _text(self, written: str) -> str:
        """The text itself, or what "env:NAME" or "file:PATH" stands for."""
        way, _, name = written.partition(":")
        look_up = {"env": self._variable, "file": self._content}.get(way)
        text = look_up(name) if look_up else written
        if not text or not text.isprintable():
            raise _WrongValueError("is empty, or holds a line break or the like")
        return text

    def _variable(self, name: str) -> str:
        if name not in self._environ:
            raise _WrongValueError(f"needs the environment variable {name}, which is not set")
        return self._environ[name]

    def _content(self, path: str) -> str:
        try:
            return (self._folder / path).read_text("utf-8").removesuffix("\n")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", NOT_TEXT)
            raise _WrongValueError(f"needs the file {path}, but cannot read it: {reason}") from None

    def _note(self, key: str, problem: str) -> None:
        self.mistakes.append(Mistake(key, problem))


def _fields(kind: type[msgspec.Struct]) -> dict[str, FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _known(key: str, fields: Mapping[str, FieldInfo]) -> FieldInfo:
    if key in fields:
        return fields[key]
    near = get_close_matches(key, fields, 1)
    raise _WrongValueError("is not a known key" + (f"; is {near[0]} meant?" if near else ""))


def _defaults(provider: Provider) -> dict[str, Any]:
    """What a source need not say because its provider does."""
    own = {"base_url": provider.base_url, "time_zone": ZoneInfo(provider.time_zone)}
    return {key: value for key, value in own.items() if value is not None}


def _secret(value: Any) -> Any:
    return Secret(value) if isinstance(value, str) else value


def _zone(_: Any, name: Any) -> ZoneInfo:
    """Makes the only type of the structs that msgspec does not know."""
    try:
        return ZoneInfo(name)
    except (OSError, TypeError, ValueError, KeyError):
        raise ValueError("no time zone") from None


def _expected(kind: Any) -> str:
    """How a type is called in a message; a credential without a description is a text."""
    metas = (part for part in get_args(kind) if isinstance(part, Meta))
    return next((meta.description or "" for meta in metas), "a text in quotes")
