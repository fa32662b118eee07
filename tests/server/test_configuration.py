from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from providers.queries import Direction
from server.configuration import ConfigError, load, parse
from server.settings import Limits, ServerSettings, Settings

SOURCE = """
[[sources]]
name = "rental"
provider = "yume"
base_url = "https://api.example/yume"
token = "s3cr3t-token"
"""
PAYMENTS = """
[[sources]]
name = "payments"
provider = "goedgeplaatst"
key = "s3cr3t-key"
user_id = 12311
settles = ["rental", "payments"]
settles_by = "order_number"
"""
REPORTS = """
[[sources]]
name = "reports"
provider = "life_pay"
org_guid = "3fa85f64"
"""
KNOWN = "goedgeplaatst, life_pay, smartpay, yandex_ofd, yume"
LIST_OF_NAMES = "must be a list of names of sources"
FILE = Path("/etc/pacioli/pacioli.toml")


def mistakes(text: str, environ: dict[str, str] | None = None, file: Path = FILE) -> dict[str, str]:
    """What is wrong with each key."""
    with pytest.raises(ConfigError) as caught:
        parse(text, file, environ or {})
    error = caught.value
    assert str(file) in str(error)
    assert all(str(mistake) in str(error) for mistake in error.mistakes)
    keys = [mistake.key for mistake in error.mistakes]
    assert len(keys) == len(set(keys)), "one mistake is told twice"
    return {mistake.key: mistake.problem for mistake in error.mistakes}


def source(line: str, **replaced: str) -> str:
    """A file with one source that has this line, in place of those that set a key in `replaced`."""
    kept = [each for each in SOURCE.splitlines() if each.partition(" ")[0] not in replaced]
    return "\n".join([*kept, line, *replaced.values()])


def test_without_a_file_there_are_defaults_and_no_source() -> None:
    assert load(None, {}) == Settings()


def test_everything_may_be_set() -> None:
    settings = parse(
        """
        [server]
        host = "::1"
        port = 0
        cursor_secret = "a long secret"
        graphiql = false
        introspection = false
        [server.limits]
        default_page_size = 5
        max_page_size = 50
        max_rows_read = 500
        operation_timeout_seconds = 2.5
        max_body_bytes = 1000
        [[sources]]
        name = "rental.kz_1-a"
        provider = "yume"
        base_url = "http://[::1]:8080/a/b"
        token = "t"
        authorization_scheme = "Token"
        order = "created_at_asc"
        page_size = 10
        time_zone = "Asia/Almaty"
        timeout_seconds = 3
        max_concurrency = 2
        """,
        FILE,
        {},
    )
    limits = Limits(
        default_page_size=5,
        max_page_size=50,
        max_rows_read=500,
        operation_timeout_seconds=2.5,
        max_body_bytes=1000,
    )
    server = ServerSettings(
        host="::1",
        port=0,
        cursor_secret="a long secret",
        graphiql=False,
        introspection=False,
        composition=False,
        limits=limits,
    )
    assert settings.server == server
    (rental,) = settings.sources
    assert (rental.name, rental.provider) == ("rental.kz_1-a", "yume")
    assert rental.base_url == "http://[::1]:8080/a/b"
    assert (rental.credentials.token, rental.credentials.authorization_scheme) == ("t", "Token")
    assert rental.direction is Direction.ASCENDING
    assert rental.time_zone == ZoneInfo("Asia/Almaty")
    assert (rental.page_size, rental.timeout_seconds, rental.max_concurrency) == (10, 3, 2)


def test_every_provider_has_keys_of_its_own() -> None:
    rental, payments, reports = parse(f'{SOURCE}{PAYMENTS}{REPORTS}token = "t"', FILE, {}).sources
    assert (rental.settles, rental.settles_by) == ((), "invoice_number")
    assert (payments.settles, payments.settles_by) == (("rental", "payments"), "order_number")
    assert (payments.credentials.key, payments.credentials.user_id) == ("s3cr3t-key", 12311)
    assert payments.base_url == "https://api.goedgeplaatst.nl/rest/v1"
    assert payments.time_zone == ZoneInfo("Europe/Amsterdam")
    assert (reports.credentials.api_key, reports.credentials.token) == (None, "t")
    assert "s3cr3t" not in repr(payments)


def test_a_credential_that_is_a_number_may_come_from_the_environment() -> None:
    text = PAYMENTS.replace("12311", '"env:USER"').replace('"rental", ', "")
    (payments,) = parse(text, FILE, {"USER": "7"}).sources
    assert payments.credentials.user_id == 7
    found = mistakes(text, {"USER": "s3cr3t"})
    assert found == {"sources[0].user_id": "must be a whole number"}


@pytest.mark.parametrize("written", ['"12311"', "1.5", "true", "[1]"])
def test_a_credential_that_is_a_number_must_be_one(written: str) -> None:
    found = mistakes(SOURCE + PAYMENTS.replace("12311", written))
    assert found == {"sources[1].user_id": "must be a whole number"}


@pytest.mark.parametrize(
    ("settles", "problems"),
    [
        ('["rentel"]', ["names 'rentel', which is no source"]),
        ('["rental", ""]', ["names '', which is no source"]),
        ('"rental"', [LIST_OF_NAMES]),
        ('[["rental"]]', [LIST_OF_NAMES, "names ['rental'], which is no source"]),
        ("[1]", [LIST_OF_NAMES, "names 1, which is no source"]),
    ],
)
def test_only_sources_can_be_settled(settles: str, problems: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(SOURCE + PAYMENTS.replace('["rental", "payments"]', settles), FILE, {})
    told = [(mistake.key, mistake.problem) for mistake in caught.value.mistakes]
    assert told == [("sources[1].settles", problem) for problem in problems]


@pytest.mark.parametrize(
    ("granted", "problems"),
    [
        ('["*", "rental"]', []),
        ('["typo"]', ["names 'typo', which is no source"]),
        (
            '["rental", "Rental", "**"]',
            [f"names {n!r}, which is no source" for n in ("Rental", "**")],
        ),
    ],
)
def test_only_sources_can_be_granted(granted: str, problems: list[str]) -> None:
    key = f'name = "app"\nhash = "sha256:{"0" * 64}"\nsources = {granted}\n'
    text = f"[[auth.api_keys]]\n{key}\n{SOURCE}"
    if not problems:
        assert parse(text, FILE, {}).auth is not None
        return
    with pytest.raises(ConfigError) as caught:
        parse(text, FILE, {})
    told = [(mistake.key, mistake.problem) for mistake in caught.value.mistakes]
    assert told == [("auth.api_keys[0].sources", problem) for problem in problems]


@pytest.mark.parametrize("secrets", ["", 'api_key = "s3cr3t"\ntoken = "s3cr3t"'])
def test_of_two_credentials_there_must_be_one(secrets: str) -> None:
    with pytest.raises(ConfigError, match=r"sources\[0\] \(reports\) either api_key or") as caught:
        parse(REPORTS + secrets, FILE, {})
    (mistake,) = caught.value.mistakes
    assert mistake.problem == "either api_key or token must be there, and not both"
    assert "s3cr3t" not in str(caught.value)


def test_a_missing_credential_is_told_once() -> None:
    assert mistakes(REPORTS.replace("org_guid", "org_gui")) == {
        "sources[0].org_gui": "is not a known key; is org_guid meant?",
        "sources[0].org_guid": "is missing",
    }


AUTH = f"""
[[auth.issuers]]
issuer = "https://id.example"
audience = "pacioli"
jwks_url = "https://id.example/jwks.json"
algorithms = ["RS256"]
[[auth.api_keys]]
name = "reporting"
hash = "sha256:{"a0" * 32}"
scopes = ["raw:read"]
sources = ["*"]
"""


def test_who_gets_in() -> None:
    auth = parse(AUTH, FILE, {}).auth
    assert auth is not None
    (issuer,), (key,) = auth.issuers, auth.api_keys
    assert (issuer.scopes_claim, issuer.sources_claim) == ("scope", "sources")
    assert (issuer.issuer, issuer.algorithms) == ("https://id.example", ("RS256",))
    assert (key.scopes, key.sources) == (("raw:read",), ("*",))


@pytest.mark.parametrize(("auth", "is_open"), [("", True), (AUTH, False)])
def test_with_auth_the_server_is_quiet(auth: str, is_open: bool) -> None:
    server = parse(auth, FILE, {}).server
    assert (server.graphiql, server.introspection) == (is_open, is_open)
    server = parse(f"[server]\ngraphiql = true\nintrospection = true\n{auth}", FILE, {}).server
    assert (server.graphiql, server.introspection) == (True, True)


@pytest.mark.parametrize(("auth", "usual"), [("", "open"), (AUTH, "callers")])
def test_with_auth_the_figures_take_a_scope_unless_it_is_said(auth: str, usual: str) -> None:
    assert parse(auth, FILE, {}).telemetry.metrics == usual
    for said in ("open", "callers", "off"):
        text = f'[telemetry]\nmetrics = "{said}"\n{auth}'
        assert parse(text, FILE, {}).telemetry.metrics == said


def test_what_operators_are_told() -> None:
    text = """
        [logs]
        format = "env:FORM"
        level = "warning"
        slow_seconds = 0.5
        redact = false
        [telemetry]
        otlp_endpoint = "env:COLLECTOR"
        sampling_ratio = "env:RATIO"
        service_name = "money"
    """
    environ = {"FORM": "json", "COLLECTOR": "http://127.0.0.1:4318", "RATIO": "0.5"}
    settings = parse(text, FILE, environ)
    logs, told = settings.logs, settings.telemetry
    assert (logs.format, logs.level, logs.slow_seconds, logs.redact) == (
        *("json", "warning", 0.5, False),
    )
    assert (told.otlp_endpoint, told.sampling_ratio) == ("http://127.0.0.1:4318", 0.5)
    assert told.service_name == "money"
    assert parse("", FILE, {}).telemetry.otlp_endpoint is None


@pytest.mark.parametrize("shown", [True, False])
def test_composers_see_the_schema_where_all_do_unless_it_is_said(shown: bool) -> None:
    said = f"introspection = {str(shown).lower()}"
    assert parse(f"[server]\n{said}", FILE, {}).server.composition is shown
    other = f"composition = {str(not shown).lower()}"
    server = parse(f"[server]\n{said}\n{other}", FILE, {}).server
    assert (server.introspection, server.composition) == (shown, not shown)


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('algorithms = ["RS256"]', 'algorithms = ["none"]', "issuers[0].algorithms", "public key"),
        ('algorithms = ["RS256"]', 'algorithms = ["HS256"]', "issuers[0].algorithms", "public key"),
        ('algorithms = ["RS256"]', "algorithms = []", "issuers[0].algorithms", "public key"),
        ('algorithms = ["RS256"]', "", "issuers[0].algorithms", "is missing"),
        ('audience = "pacioli"', "", "issuers[0].audience", "is missing"),
        ("https://id.example/jwks", "http://id.example/jwks", "issuers[0].jwks_url", "https"),
        ("https://id.example/jwks", "ftp://id.example/jwks", "issuers[0].jwks_url", "https"),
        ("sha256:", "md5:", "api_keys[0].hash", "pacioli hash-key"),
        ("raw:read", "raw:write", "api_keys[0].scopes", "raw:read, card:read"),
        ('sources = ["*"]', "source = []", "api_keys[0].source", "is sources meant?"),
    ],
)
def test_mistakes_in_who_gets_in(old: str, new: str, key: str, words: str) -> None:
    assert AUTH.count(old) == 1
    found = mistakes(AUTH.replace(old, new))
    assert list(found) == [f"auth.{key}"]
    assert words in found[f"auth.{key}"]


def test_who_gets_in_is_named_once() -> None:
    twice = AUTH.replace("[[auth.api", "[[auth.issuers]]", 0) + AUTH.replace("a0", "b0")
    assert mistakes(twice) == {
        "auth.issuers[1].issuer": "is already that of auth.issuers[0]",
        "auth.api_keys[1].name": "is already that of auth.api_keys[0]",
    }


@pytest.mark.parametrize(
    ("text", "key"), [("auth = 1", "auth"), ("[auth]\nissuers = 1", "auth.issuers")]
)
def test_auth_is_tables(text: str, key: str) -> None:
    assert "must be" in mistakes(text)[key]


@pytest.mark.parametrize("origin", ["*", "null", "app.example", "https://app.example/", "ftp://a"])
def test_an_origin_is_named_whole(origin: str) -> None:
    assert "origins" in mistakes(f'[server]\ncors_origins = ["{origin}"]')["server.cors_origins"]


def test_what_is_not_set_has_a_default() -> None:
    settings = parse(SOURCE, FILE, {})
    (rental,) = settings.sources
    assert settings.server == ServerSettings()
    assert rental.direction is Direction.DESCENDING
    assert rental.time_zone == ZoneInfo("UTC")
    assert (rental.page_size, rental.timeout_seconds, rental.max_concurrency) == (100, 10, 8)
    assert rental.credentials.authorization_scheme == "Bearer"


def test_an_upstream_may_promise_no_order() -> None:
    (rental,) = parse(source('order = "none"'), FILE, {}).sources
    assert rental.direction is None


def test_the_default_page_fits_under_the_largest() -> None:
    settings = parse("[server.limits]\nmax_page_size = 10", FILE, {})
    assert settings.server.limits.default_page_size == 10


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("servr = 1", "servr", "not a known key; is server meant?"),
        ("server = 1", "server", "a table"),
        ("server.limits = []", "server.limits", "a table"),
        ("[auth]", "auth", "lets nobody in"),
        ("[server]\nprot = 1", "server.prot", "is port meant?"),
        ("[server]\nport = 65536", "server.port", "0 to 65535"),
        ("[server]\nport = -1", "server.port", "0 to 65535"),
        ("[server]\nport = true", "server.port", "a whole number"),
        ('[server]\nport = "8000"', "server.port", "a whole number"),
        ("[server]\nhost = 1", "server.host", "a text"),
        ('[server]\nhost = ""', "server.host", "is empty"),
        ("[server]\ncursor_secret = 1", "server.cursor_secret", "a text"),
        ('[server]\ngraphiql = "yes"', "server.graphiql", "true or false"),
        ("[server]\nintrospection = 1", "server.introspection", "true or false"),
        ("[server.limits]\ndepth = 1", "server.limits.depth", "not a known key"),
        ("[server.limits]\nmax_page_size = 0", "server.limits.max_page_size", "1 or more"),
        (
            "[server.limits]\nmax_page_size = 10\ndefault_page_size = 11",
            "server.limits.default_page_size",
            "not be above max_page_size (10)",
        ),
        ("[server.limits]\nmax_rows_read = 1.5", "server.limits.max_rows_read", "a whole number"),
        (
            "[server.limits]\noperation_timeout_seconds = 0",
            "server.limits.operation_timeout_seconds",
            "above 0",
        ),
        (
            "[server.limits]\noperation_timeout_seconds = nan",
            "server.limits.operation_timeout_seconds",
            "a number",
        ),
        ("[server.limits]\nmax_body_bytes = -1", "server.limits.max_body_bytes", "1 or more"),
        ("logs = 1", "logs", "must be a table"),
        ('[logs]\nformat = "xml"', "logs.format", '"auto", "json" or "pretty"'),
        ('[logs]\nlevel = "all"', "logs.level", '"debug", "info"'),
        ("[logs]\nslow = 1", "logs.slow", "not a known key"),
        ("[telemetry]\nmetric = true", "telemetry.metric", "is metrics meant?"),
        ('[telemetry]\nmetrics = "on"', "telemetry.metrics", '"open", "callers" or "off"'),
        ("[telemetry]\nsampling_ratio = 1.1", "telemetry.sampling_ratio", "from 0 to 1"),
        (
            '[telemetry]\notlp_endpoint = "http://a:b@c"',
            "telemetry.otlp_endpoint",
            "without user, password",
        ),
        ("sources = 1", "sources", "[[sources]]"),
        ("sources = [1]", "sources", "[[sources]]"),
        ("[sources]\nname = 'a'", "sources", "[[sources]]"),
    ],
)
def test_a_mistake_is_named_by_its_key(text: str, key: str, words: str) -> None:
    found = mistakes(text)
    assert list(found) == [key]
    assert words in found[key]


@pytest.mark.parametrize(
    ("line", "key", "words"),
    [
        ('tokn = "s3cr3t-token"', "tokn", "is token meant?"),
        ("requests_per_second = 0", "requests_per_second", "above 0"),
        ("retries = 1.5", "retries", "from 0 to 10"),
        ("cache_seconds = -1", "cache_seconds", "from 0 to 86400, or such numbers by kind of row"),
        ("cache_seconds = {nope = 1}", "cache_seconds", "invoices, payments, sales, export_tasks"),
        ("stale_seconds = true", "stale_seconds", "from 0 to 86400"),
        ("breaker_failures = 0", "breaker_failures", "1 or more"),
        ("retrys = 2", "retrys", "not a known key; is retries meant?"),
        ('name = ""', "name", "is empty"),
        ('name = "a b"', "name", "letters"),
        ('name = ".a"', "name", "letters"),
        (f'name = "{"a" * 65}"', "name", "64"),
        ("name = 1", "name", "letters"),
        ("name = [1]", "name", "letters"),
        ('provider = "yuma"', "provider", f"a known provider: {KNOWN}"),
        ("provider = [1]", "provider", f"a known provider: {KNOWN}"),
        ('provider = "yume\\n"', "provider", "line break"),
        ("token = 12345", "token", "a text"),
        ('token = ""', "token", "is empty"),
        ('token = "s3cr3t\\ntoken"', "token", "line break"),
        ("authorization_scheme = 1", "authorization_scheme", "a text"),
        ('base_url = "ftp://api.example"', "base_url", "http"),
        ('base_url = "api.example"', "base_url", "http"),
        ('base_url = "https://"', "base_url", "http"),
        ('base_url = "https://api.example:port"', "base_url", "http"),
        ('base_url = "https://me:s3cr3t@api.example"', "base_url", "without user"),
        ('base_url = "https://api.example/?key=s3cr3t"', "base_url", "query"),
        ("base_url = 1", "base_url", "http"),
        ('order = "newest"', "order", '"created_at_desc"'),
        ("page_size = 0", "page_size", "from 1 to 1000"),
        ('page_size = "all"', "page_size", "from 1 to 1000"),
        ('time_zone = "Europe/Moskau"', "time_zone", "time zone"),
        ('time_zone = "../../etc/passwd"', "time_zone", "time zone"),
        ('time_zone = "Europe"', "time_zone", "time zone"),
        ("time_zone = 3", "time_zone", "time zone"),
        ("timeout_seconds = 0", "timeout_seconds", "above 0"),
        ("timeout_seconds = inf", "timeout_seconds", "at most"),
        ("max_concurrency = 0", "max_concurrency", "1 or more"),
        ('settles_by = "number"', "settles_by", '"invoice_number" or "order_number"'),
        ("settles_by = 1", "settles_by", '"invoice_number" or "order_number"'),
        ("settles = 1", "settles", "a list of names of sources"),
        ('key = "s3cr3t-token"', "key", "not a known key"),
        ("user_id = 5", "user_id", "not a known key"),
    ],
)
def test_a_mistake_in_a_source_is_named_by_its_key(line: str, key: str, words: str) -> None:
    found = mistakes(source("", **{key: line}))
    assert list(found) == [f"sources[0].{key}"]
    assert words in found[f"sources[0].{key}"]
    assert "s3cr3t" not in str(found)


@pytest.mark.parametrize("key", ["name", "provider", "base_url", "token"])
def test_a_source_needs_its_keys(key: str) -> None:
    assert mistakes(source("", **{key: ""})) == {f"sources[0].{key}": "is missing"}


def test_an_empty_source_needs_to_be_named_first() -> None:
    assert mistakes("[[sources]]") == {
        "sources[0].name": "is missing",
        "sources[0].provider": "is missing",
    }


def test_the_source_is_named_where_it_has_a_name() -> None:
    with pytest.raises(ConfigError, match=r"sources\[0\]\.page_size \(rental\) must be"):
        parse(source("page_size = 0"), FILE, {})


def test_names_are_unique() -> None:
    other = SOURCE.replace("rental", "other")
    found = mistakes(SOURCE + other + SOURCE + SOURCE.replace('"s3cr3t-token"', "1"))
    assert found == {
        "sources[2].name": "is already that of sources[0]",
        "sources[3].token": "must be a text in quotes",
        "sources[3].name": "is already that of sources[0]",
    }


def test_every_mistake_is_told_at_once() -> None:
    found = mistakes(
        """
        nonsense = true
        [server]
        port = "x"
        graphiq = true
        [server.limits]
        max_page_size = 0
        [[sources]]
        provider = "yume"
        page_size = 0
        time_zone = "Mars"
        [[sources]]
        name = "b"
        provider = "nobody"
        base_url = "nowhere"
        anything = 1
        """
    )
    assert found.keys() == {
        "nonsense",
        "server.port",
        "server.graphiq",
        "server.limits.max_page_size",
        "sources[0].name",
        "sources[0].base_url",
        "sources[0].token",
        "sources[0].page_size",
        "sources[0].time_zone",
        "sources[1].provider",
        "sources[1].base_url",
    }


def test_a_text_may_come_from_the_environment() -> None:
    text = source("", token='token = "env:TOKEN"', name='name = "env:NAME"')
    (rental,) = parse(text, FILE, {"TOKEN": "t", "NAME": "from-outside"}).sources
    assert (rental.name, rental.credentials.token) == ("from-outside", "t")


def test_a_provider_may_come_from_the_environment() -> None:
    text = source("", provider='provider = "env:PROVIDER"')
    assert parse(text, FILE, {"PROVIDER": "yume"}).sources
    found = mistakes(text, {"PROVIDER": "nobody"})
    assert "a known provider" in found["sources[0].provider"]


def test_a_number_or_a_flag_may_come_from_the_environment() -> None:
    text = '[server]\nport = "env:PORT"\ngraphiql = "env:GRAPHIQL"'
    server = parse(text, FILE, {"PORT": "81", "GRAPHIQL": "false"}).server
    assert (server.port, server.graphiql) == (81, False)
    assert "65535" in mistakes(text, {"PORT": "many", "GRAPHIQL": "false"})["server.port"]


def test_what_stands_for_another_text_is_looked_up_once() -> None:
    (rental,) = parse(source("", token='token = "env:A"'), FILE, {"A": "env:B", "B": "b"}).sources
    assert rental.credentials.token == "env:B"


def test_a_variable_that_is_not_set_is_a_mistake() -> None:
    found = mistakes(source("", token='token = "env:TOKEN"'), {"TOKENS": "s3cr3t"})
    assert found == {"sources[0].token": "needs the environment variable TOKEN, which is not set"}


def test_a_variable_may_not_be_empty() -> None:
    assert "empty" in mistakes(source("", token='token = "env:A"'), {"A": ""})["sources[0].token"]


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_text_may_come_from_a_file_beside_the_configuration(tmp_path: Path, ending: str) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "token").write_bytes(b"t\xc3\xb6ken" + ending.encode())
    config = tmp_path / "pacioli.toml"
    config.write_text(source("", token='token = "file:secrets/token"'))
    (rental,) = load(config, {}).sources
    assert rental.credentials.token == "töken"


def test_a_file_is_named_by_its_whole_path_too(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t")
    text = source("", token=f'token = "file:{tmp_path}/token"')
    assert parse(text, FILE, {}).sources[0].credentials.token == "t"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("absent", None, "No such file"),
        (".", None, "Is a directory"),
        ("latin", b"s3cr3t\xff", "not UTF-8"),
        ("nul\\u0000", None, "not UTF-8"),
        ("lines", b"s3cr3t\nmore", "line break"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_mistake(
    tmp_path: Path, name: str, content: bytes | None, reason: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    text = source("", token=f'token = "file:{name}"')
    found = mistakes(text, file=tmp_path / "pacioli.toml")
    assert list(found) == ["sources[0].token"]
    assert reason in found["sources[0].token"]
    assert "s3cr3t" not in found["sources[0].token"]


@pytest.mark.parametrize(
    "text",
    ['[[sources]]\ntoken = "s3cr3t', "[server]\nport 8000", "[server]\n[server]", "a = [" * 5000],
)
def test_what_is_not_toml_is_a_mistake_of_the_file(text: str) -> None:
    problem = mistakes(text)[""]
    assert problem.startswith("the file is not TOML")
    assert "s3cr3t" not in problem


def test_a_syntax_error_names_its_line() -> None:
    assert "line 3" in mistakes("[server]\n\nport 8000")[""]


def test_a_file_from_an_editor_that_marks_its_encoding_is_read(tmp_path: Path) -> None:
    config = tmp_path / "pacioli.toml"
    config.write_bytes(b"\xef\xbb\xbf" + SOURCE.encode())
    assert load(config, {}).sources


@pytest.mark.parametrize(
    ("name", "reason"), [("absent.toml", "No such file"), (".", "Is a"), ("latin", "not UTF-8")]
)
def test_a_configuration_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, reason: str
) -> None:
    (tmp_path / "latin").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match=reason) as caught:
        load(tmp_path / name, {})
    assert str(tmp_path / name) in str(caught.value)


def test_no_secret_shows_in_settings() -> None:
    text = '[server]\ncursor_secret = "s3cr3t-cursor"\n' + SOURCE
    settings = parse(text, FILE, {})
    (rental,) = settings.sources
    for shown in (settings, settings.server, rental, rental.credentials):
        assert "s3cr3t" not in repr(shown)
        assert "s3cr3t" not in f"{shown}"


def test_a_secret_is_used_as_it_is() -> None:
    (rental,) = parse(SOURCE, FILE, {}).sources
    assert f"Bearer {rental.credentials.token}" == "Bearer s3cr3t-token"


def test_no_secret_shows_in_a_mistake() -> None:
    text = source('authorization_scheme = ["s3cr3t"]', token='token = { s3cr3t = "s3cr3t" }')
    with pytest.raises(ConfigError) as caught:
        parse(text, FILE, {})
    assert "s3cr3t" not in str(caught.value)
    assert "s3cr3t" not in repr(caught.value)
    assert "s3cr3t" not in repr(caught.value.mistakes)


def test_where_answers_are_kept() -> None:
    assert parse("", FILE, {}).cache.url is None
    kept = parse('[cache]\nurl = "env:STORE"\nmax_bytes = 5', FILE, {"STORE": "redis://:pw@h:1/0"})
    assert (kept.cache.url, kept.cache.max_bytes) == ("redis://:pw@h:1/0", 5)
    assert "pw" not in repr(kept)
    assert "redis://127.0.0.1" in mistakes('[cache]\nurl = "http://h"')["cache.url"]
