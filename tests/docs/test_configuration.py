"""The page about the configuration names each key, with the default that it has."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from providers import REGISTRY
from server.settings import (
    ApiKeySettings,
    AuthSettings,
    CacheSettings,
    DocumentSettings,
    IssuerSettings,
    Limits,
    LogSettings,
    ServerSettings,
    Settings,
    SourceSettings,
    TelemetrySettings,
)
from tests.docs.pages import PAGES, ROOT
from tests.docs.test_accounts import rows

PAGE = (ROOT / "docs" / "configuration.md").read_text("utf-8")
EVERYWHERE = "".join(page.read_text("utf-8") for page in PAGES)
TABLES: dict[str, type[msgspec.Struct]] = {
    "key of a source": SourceSettings,
    "key of `[server]`": ServerSettings,
    "key of `[server.limits]`": Limits,
    "key of `[server.documents]`": DocumentSettings,
    "key of `[[auth.api_keys]]`": ApiKeySettings,
    "key of `[[auth.issuers]]`": IssuerSettings,
    "key of `[cache]`": CacheSettings,
    "key of `[logs]`": LogSettings,
    "key of `[telemetry]`": TelemetrySettings,
}
IN_WORDS = {"time_zone", "cursor_secret", "base_url"}
IN_WORDS |= {"graphiql", "introspection", "composition", "inline_traces", "metrics"}


def shown(default: Any) -> str:
    """A default as the page writes it."""
    if default is True or default is False:
        return str(default).lower()
    return f'`"{default}"`' if isinstance(default, str) else str(default)


@pytest.mark.parametrize("heading", TABLES)
def test_defaults_are_those_that_are_told(heading: str) -> None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(TABLES[heading])}
    for key, (_, told) in rows(PAGE, heading).items():
        default = fields[key].default
        if key in IN_WORDS or isinstance(default, tuple | dict):
            continue
        if default is msgspec.NODEFAULT:
            assert told in ("", "none"), key
        elif default is None:
            assert told in ("none", "no limit", "in the process"), key
        else:
            assert told == shown(default), key


def keys(kind: type[msgspec.Struct]) -> Iterator[str]:
    """The keys of the tables inside of a table, and its own."""
    for field in msgspec.structs.fields(kind):
        default = field.default
        if isinstance(default, msgspec.Struct):
            yield from keys(type(default))
        elif field.encode_name not in ("auth", "sources", "issuers", "api_keys", "credentials"):
            yield field.encode_name


@pytest.mark.parametrize(
    "kind",
    [Settings, AuthSettings, ApiKeySettings, IssuerSettings, SourceSettings],
    ids=lambda kind: kind.__name__,
)
def test_each_key_is_on_a_page(kind: type[msgspec.Struct]) -> None:
    for key in keys(kind):
        assert f"| `{key}` |" in EVERYWHERE or f"\n{key} = " in EVERYWHERE, key


def test_the_providers_own_keys() -> None:
    told = rows(PAGE, "provider")
    assert told.keys() == REGISTRY.keys()
    for name, (own, _, zone) in told.items():
        required = {
            field.encode_name
            for field in msgspec.structs.fields(REGISTRY[name].credentials)
            if field.required
        }
        assert required <= set(re.findall(r"`([a-z_]+)`", own))
        assert zone == REGISTRY[name].time_zone
