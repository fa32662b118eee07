"""The settings, typed: a field is a key of the configuration file, its type the values it takes.

A type's description is how a mistake is worded. `configuration` reads the file.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from providers import REGISTRY
from providers.queries import Direction
from resolvers.callers import Scope

NAME = r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z"
PROVIDERS = rf"\A({'|'.join(REGISTRY)})\Z"
MOST_TOKENS = 10_000  # the parser reads no further, whatever the limit
SHORT_SECRET = 32  # characters: fewer may be guessed from any cursor
KEY_HASH = r"\Asha256:[0-9a-f]{64}\Z"
HOST = r"(\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+)(:\d{1,5})?"
ORIGIN = rf"\Ahttps?://{HOST}\Z"
THIS_MACHINE = r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?"
KEY_SET_URL = rf"\A(https://{HOST}|http://{THIS_MACHINE})(/[^\s?#]*)?\Z"
URL = r"\A(?i:https?)://(\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+)(:\d{1,5})?(/[^\s?#]*)?\Z"

REDIS = r"\A(rediss?|unix|valkeys?)://\S+\Z"
Kind = Literal["invoices", "payments", "sales", "export_tasks"]
KINDS = ", ".join(get_args(Kind))

Flag = Annotated[bool, Meta(description="true or false")]
Port = Annotated[int, Meta(ge=0, le=65535, description="a whole number from 0 to 65535")]
Count = Annotated[int, Meta(ge=1, description="a whole number, 1 or more")]
Amount = Annotated[int, Meta(ge=0, description="a whole number; 0 for no limit")]
Tokens = Annotated[
    int, Meta(ge=1, le=MOST_TOKENS, description=f"a whole number from 1 to {MOST_TOKENS}")
]
Depth = Annotated[int, Meta(ge=1, le=50, description="a whole number from 1 to 50")]
PageSize = Annotated[int, Meta(ge=1, le=1000, description="a whole number from 1 to 1000")]
Seconds = Annotated[float, Meta(gt=0, le=86400, description="a number above 0, at most 86400")]
ProviderKey = Annotated[
    str, Meta(pattern=PROVIDERS, description=f"a known provider: {', '.join(sorted(REGISTRY))}")
]
Name = Annotated[str, Meta(pattern=NAME, description="1 to 64 letters, digits, inside also ._-")]
BaseUrl = Annotated[
    str, Meta(pattern=URL, description="an http or https address without user, password or query")
]
TimeZone = Annotated[ZoneInfo, Meta(description='a known time zone, such as "Europe/Moscow"')]
RedisUrl = Annotated[
    str, Meta(pattern=REDIS, description="an address such as redis://127.0.0.1:6379/0")
]
Wait = Annotated[float, Meta(ge=0, le=86400, description="a number from 0 to 86400")]
Rate = Annotated[float, Meta(gt=0, le=10_000, description="a number above 0, at most 10000")]
Retries = Annotated[int, Meta(ge=0, le=10, description="a whole number from 0 to 10")]
Waits = Annotated[
    Wait | dict[Kind, Wait],
    Meta(description=f"a number from 0 to 86400, or such numbers by kind of row: {KINDS}"),
]
Order = Annotated[
    Literal["created_at_desc", "created_at_asc", "none"],
    Meta(description='"created_at_desc", "created_at_asc" or "none"'),
]
Names = Annotated[tuple[str, ...], Meta(description="a list of names of sources")]
Scopes = Annotated[
    tuple[Scope, ...], Meta(description=f"a list of scopes; they are {', '.join(Scope)}")
]
Origins = Annotated[
    tuple[Annotated[str, Meta(pattern=ORIGIN)], ...],
    Meta(description='a list of origins such as "https://app.example"'),
]
KeyHash = Annotated[
    str, Meta(pattern=KEY_HASH, description='"sha256:" and 64 hexadecimal digits: pacioli hash-key')
]
KeySetUrl = Annotated[
    str, Meta(pattern=KEY_SET_URL, description="an https address, or http of this machine")
]
Algorithms = Annotated[
    tuple[
        Literal[
            "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"
        ],
        ...,
    ],
    Meta(
        min_length=1, description="a list of algorithms with a public key: RS256, ES256, EdDSA, ..."
    ),
]
Trust = Annotated[
    Literal["off", "allow", "require"], Meta(description='"off", "allow" or "require"')
]
LogFormat = Annotated[
    Literal["auto", "json", "pretty"], Meta(description='"auto", "json" or "pretty"')
]
LogLevel = Annotated[
    Literal["debug", "info", "warning", "error"],
    Meta(description='"debug", "info", "warning" or "error"'),
]
MetricsDoor = Annotated[
    Literal["open", "callers", "off"], Meta(description='"open", "callers" or "off"')
]
Ratio = Annotated[float, Meta(ge=0, le=1, description="a number from 0 to 1")]
SettlesBy = Annotated[
    Literal["invoice_number", "order_number"],
    Meta(description='"invoice_number" or "order_number"'),
]


class Secret(str):
    """A text like any other, but its repr does not show it."""

    def __repr__(self) -> str:
        return "'***'"


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one operation may ask for: `[server.limits]`."""

    default_page_size: Count = 25
    max_page_size: Count = 100
    max_rows_read: Count = 10_000
    operation_timeout_seconds: Seconds = 30
    max_body_bytes: Count = 2**20
    max_operations_in_flight: Count = 256
    max_subscriptions: Count = 1000
    max_batch_operations: Count = 8
    max_variable_values: Count = 5000
    max_tokens: Tokens = MOST_TOKENS
    max_name_length: Count = 255
    max_fragments: Count = 200
    max_directives: Count = 5
    max_depth: Depth = 20
    max_root_fields: Count = 100
    max_aliases: Count = 500
    max_fields: Count = 2000
    max_overlaps: Count = 10_000
    max_introspection: Count = 30_000
    max_cost: Count = 25_000
    max_ids: Count = 100
    max_upstream_calls: Count = 5000
    max_errors: Count = 2500
    operations_per_minute: Amount = 0


class DocumentSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Documents that are known by an id: `[server.documents]`. The manifest is read already."""

    trusted: Trust = "off"
    manifest: Mapping[str, str] = {}
    automatic: Flag = True


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how the graph is served: `[server]`."""

    host: str = "127.0.0.1"
    port: Port = 8000
    cursor_secret: str | None = None
    dashboard: Flag = True
    graphiql: Flag = True
    introspection: Flag = True
    composition: Flag = True
    inline_traces: Flag = True
    uniform_errors: Flag = False
    cors_origins: Origins = ()
    drain_seconds: Seconds = 8
    limits: Limits = Limits()
    documents: DocumentSettings = DocumentSettings()


class IssuerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who may sign tokens: an element of `[[auth.issuers]]`.

    The algorithms are those with a public key only, so that the key that everybody knows can never
    be taken for a secret.
    """

    issuer: str
    audience: str
    jwks_url: KeySetUrl
    algorithms: Algorithms
    scopes_claim: str = "scope"
    sources_claim: str = "sources"


class ApiKeySettings(msgspec.Struct, frozen=True, kw_only=True):
    """A client with a key of its own: an element of `[[auth.api_keys]]`."""

    name: Name
    hash: KeyHash
    scopes: Scopes = ()
    sources: Names = ()


class AuthSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who gets in: `[auth]`."""

    issuers: tuple[IssuerSettings, ...] = ()
    api_keys: tuple[ApiKeySettings, ...] = ()


class CacheSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where answers, rates and documents are kept: `[cache]`. Without a `url` in the process."""

    url: RedisUrl | None = None
    max_bytes: Count = 64 * 2**20


class SourceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One account at one provider: an element of `[[sources]]`.

    Where the file has no `base_url` or `time_zone` they are the provider's.
    """

    name: Name
    provider: ProviderKey
    base_url: BaseUrl
    credentials: Any
    order: Order = "created_at_desc"
    page_size: PageSize = 100
    time_zone: TimeZone
    timeout_seconds: Seconds = 10
    max_concurrency: Count = 8
    requests_per_second: Rate | None = None
    retries: Retries = 2
    breaker_failures: Count = 10
    breaker_seconds: Seconds = 30
    cache_seconds: Waits = 0
    refresh_seconds: Wait = 0
    stale_seconds: Wait = 0
    settles: Names = ()
    settles_by: SettlesBy = "invoice_number"

    @property
    def direction(self) -> Direction | None:
        """How the upstream lists; None where it promises no order."""
        return None if self.order == "none" else Direction(self.order)


class LogSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is written down: `[logs]`. An operation that took `slow_seconds` tells its calls."""

    format: LogFormat = "auto"
    level: LogLevel = "info"
    slow_seconds: Seconds = 2
    redact: Flag = True


class TelemetrySettings(msgspec.Struct, frozen=True, kw_only=True):
    """What others may collect: `[telemetry]`. There are traces where `otlp_endpoint` is set."""

    metrics: MetricsDoor = "open"
    otlp_endpoint: BaseUrl | None = None
    sampling_ratio: Ratio = 0.1
    service_name: Name = "pacioli"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The whole configuration."""

    server: ServerSettings = ServerSettings()
    auth: AuthSettings | None = None
    cache: CacheSettings = CacheSettings()
    logs: LogSettings = LogSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    sources: tuple[SourceSettings, ...] = ()
