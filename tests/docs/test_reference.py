"""The reference of the schema is that of this schema, and tells all of it."""

from graphql import build_schema, is_introspection_type

from schema import sdl
from tests.docs.reference import FILE, reference


def test_it_is_current() -> None:
    assert FILE.read_text("utf-8") == reference(), "make reference writes it anew"


def test_every_type_and_value_is_told() -> None:
    page = FILE.read_text("utf-8")
    for name, kind in build_schema(sdl()).type_map.items():
        if is_introspection_type(kind) or name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        told = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert told.strip(), name
        for each in {**getattr(kind, "fields", {}), **getattr(kind, "values", {})}:
            assert f"| `{each}` |" in told, f"{name}.{each}"
