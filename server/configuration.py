"""Reads the configuration file: TOML to settings, with every mistake named by its key and file.

The structs of `settings` are what is allowed; a provider's own keys are the fields of its
`credentials`. No message and no repr holds the value of a credential.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from providers import REGISTRY
from providers.base import Provider
from server.manifests import read_manifest
from server.settings import (
    ApiKeySettings,
    AuthSettings,
    CacheSettings,
    DocumentSettings,
    IssuerSettings,
    Limits,
    LogSettings,
    Secret,
    ServerSettings,
    Settings,
    SourceSettings,
    TelemetrySettings,
)
from server.tables import NOT_TEXT, Mistake, Tables, WrongValueError, are_tables, fields_of


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
    values = reader.read(document)
    if reader.mistakes:
        raise ConfigError(str(file), reader.mistakes)
    sources = tuple(SourceSettings(**source) for source in values.pop("sources"))
    return Settings(**values, sources=sources)


class _Reader(Tables):
    """The tables of our file."""

    def read(self, document: dict[str, Any]) -> dict[str, Any]:
        """The settings by their keys, of a source its values, as far as they are right."""
        is_open = "auth" not in document
        auth = None if is_open else self._auth(document)
        server = self._server(self.inner("server", document), is_open=auth is None)
        cache = self._cache(self.inner("cache", document))
        logs = self._logs(self.inner("logs", document))
        telemetry = self._telemetry(self.inner("telemetry", document), is_open=is_open)
        sources = list(self._sources(document.pop("sources", [])))
        self._granted(auth, {values.get("name") for values in sources})
        self.values("", document, fields_of(Settings))
        return {
            "auth": auth,
            "server": server,
            "cache": cache,
            "logs": logs,
            "telemetry": telemetry,
            "sources": sources,
        }

    def _server(self, table: dict[str, Any], *, is_open: bool) -> ServerSettings:
        limits = self._limits(self.inner("limits", table, "server."))
        documents = self._documents(self.inner("documents", table, "server."))
        values = self.values("server.", table, fields_of(ServerSettings))
        if "cursor_secret" in values:
            values["cursor_secret"] = Secret(values["cursor_secret"])
        usual = dict.fromkeys(("graphiql", "introspection", "inline_traces"), is_open)
        usual["composition"] = values.get("introspection", is_open)
        return ServerSettings(**usual | values, limits=limits, documents=documents)

    def _documents(self, table: dict[str, Any]) -> DocumentSettings:
        place = "server.documents."
        path = table.pop("manifest", None)
        values = self.values(place, table, fields_of(DocumentSettings))
        try:
            manifest = {} if path is None else self.read_json(path, read_manifest)
        except WrongValueError as error:
            self.note(f"{place}manifest", str(error))
            manifest = {}
        if path is None and values.get("trusted", "off") != "off":
            self.note(f"{place}manifest", "is missing")
        return DocumentSettings(**values, manifest=manifest)

    def _cache(self, table: dict[str, Any]) -> CacheSettings:
        values = self.values("cache.", table, fields_of(CacheSettings))
        if values.get("url"):
            values["url"] = Secret(values["url"])  # it may hold a password
        return CacheSettings(**values)

    def _logs(self, table: dict[str, Any]) -> LogSettings:
        return LogSettings(**self.values("logs.", table, fields_of(LogSettings)))

    def _telemetry(self, table: dict[str, Any], *, is_open: bool) -> TelemetrySettings:
        values = self.values("telemetry.", table, fields_of(TelemetrySettings))
        usual = {"metrics": "open" if is_open else "callers"}
        return TelemetrySettings(**usual | values)

    def _auth(self, document: dict[str, Any]) -> AuthSettings | None:
        before = len(self.mistakes)
        table = self.inner("auth", document)
        issuers = self.records("auth.issuers", IssuerSettings, table, "issuer")
        api_keys = self.records("auth.api_keys", ApiKeySettings, table, "name")
        self.values("auth.", table, fields_of(AuthSettings))
        if not (issuers or api_keys or self.mistakes[before:]):
            self.note("auth", "lets nobody in: [[auth.api_keys]] or [[auth.issuers]] are needed")
        if self.mistakes[before:]:
            return None
        return AuthSettings(
            issuers=tuple(IssuerSettings(**values) for values in issuers),
            api_keys=tuple(ApiKeySettings(**values) for values in api_keys),
        )

    def _granted(self, auth: AuthSettings | None, names: Set[str | None]) -> None:
        """Notes sources that API keys may read, but are none."""
        for at, key in enumerate(auth.api_keys if auth else ()):
            for name in key.sources:
                if name != "*" and name not in names:
                    place = f"auth.api_keys[{at}].sources"
                    self.note(place, f"names {name!r}, which is no source")

    def _limits(self, table: dict[str, Any]) -> Limits:
        values, usual = self.values("server.limits.", table, fields_of(Limits)), Limits()
        largest = values.get("max_page_size", usual.max_page_size)
        if values.setdefault("default_page_size", min(usual.default_page_size, largest)) > largest:
            problem = f"must not be above max_page_size ({largest})"
            self.note("server.limits.default_page_size", problem)
        return Limits(**values)

    def _sources(self, tables: Any) -> Iterator[dict[str, Any]]:
        if not are_tables(tables):
            return self.note("sources", "must be tables, each of them under [[sources]]")
        first: dict[str, int] = {}
        for at, table in enumerate(tables):
            before = len(self.mistakes)
            values = self._source(f"sources[{at}].", table)
            name = values.get("name")
            if name and first.setdefault(name, at) != at:
                self.note(f"sources[{at}].name", f"is already that of sources[{first[name]}]")
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
                    self.note(f"sources[{at}].settles", f"names {name!r}, which is no source")

    def _source(self, place: str, table: dict[str, Any]) -> dict[str, Any]:
        fields = fields_of(SourceSettings)
        del fields["credentials"]
        provider = self._provider(table)
        if provider is None:  # then nobody knows what else may be there, or must
            known = {key: table[key] for key in fields if key in table}
            return self.values(place, known, fields, base_url="", time_zone="")
        own = fields_of(provider.credentials)
        values = self.values(place, table, fields | own, **_defaults(provider))
        secrets = {own[key].name: _secret(values.pop(key)) for key in own if key in values}
        return values | {"credentials": self._credentials(place, provider, secrets)}

    def _credentials(self, place: str, provider: Provider, secrets: Mapping[str, Any]) -> Any:
        """The provider's own keys together; None where one is missing, which is noted already."""
        own = fields_of(provider.credentials)
        if not all(field.name in secrets for field in own.values() if field.required):
            return None
        try:
            return provider.credentials(**secrets)
        except ValueError as error:
            self.note(place.removesuffix("."), str(error))
            return None

    def _provider(self, table: Mapping[str, Any]) -> Provider | None:
        try:
            return REGISTRY.get(self.value(table.get("provider"), str))
        except WrongValueError:  # noted when all keys are read
            return None


def _defaults(provider: Provider) -> dict[str, Any]:
    """What a source need not say because its provider does."""
    own = {"base_url": provider.base_url, "time_zone": ZoneInfo(provider.time_zone)}
    return {key: value for key, value in own.items() if value is not None}


def _secret(value: Any) -> Any:
    return Secret(value) if isinstance(value, str) else value
