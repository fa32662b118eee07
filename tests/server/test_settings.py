from zoneinfo import ZoneInfo

import msgspec
import pytest

from providers.queries import Direction
from server.settings import (
    Limits,
    Secret,
    ServerSettings,
    Settings,
    SourceSettings,
)

VALUES = {
    "name": "rental",
    "provider": "yume",
    "base_url": "https://api.example/yume",
    "credentials": None,
    "time_zone": ZoneInfo("UTC"),
}


def test_a_secret_is_the_text_but_does_not_show() -> None:
    secret = Secret("s3cr3t")
    assert secret == "s3cr3t"
    assert f"Bearer {secret}" == "Bearer s3cr3t"
    assert "s3cr3t" not in repr(secret)
    assert "s3cr3t" not in repr(ServerSettings(cursor_secret=secret))
    assert "s3cr3t" not in f"{[secret]}"


@pytest.mark.parametrize(
    ("order", "direction"),
    [
        ("created_at_desc", Direction.DESCENDING),
        ("created_at_asc", Direction.ASCENDING),
        ("none", None),
    ],
)
def test_direction(order: str, direction: Direction | None) -> None:
    assert msgspec.convert({**VALUES, "order": order}, SourceSettings).direction is direction


def test_defaults() -> None:
    settings = Settings()
    assert (settings.sources, settings.server.limits) == ((), Limits())
    assert (settings.server.host, settings.server.port) == ("127.0.0.1", 8000)
    source = msgspec.convert(VALUES, SourceSettings)
    assert source.direction is Direction.DESCENDING
    assert (source.settles, source.settles_by) == ((), "invoice_number")


@pytest.mark.parametrize(
    "settings", [Settings(), ServerSettings(), Limits(), msgspec.convert(VALUES, SourceSettings)]
)
def test_settings_do_not_change(settings: msgspec.Struct) -> None:
    with pytest.raises(AttributeError, match="immutable"):
        setattr(settings, settings.__struct_fields__[0], None)
