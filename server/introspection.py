"""How much introspection tells: how long the lists are that describe a schema."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from math import ceil
from typing import Any

from graphql import (
    GraphQLNamedType,
    GraphQLSchema,
    introspection_types,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    is_union_type,
)

ROOTS = {"__schema": introspection_types["__Schema"], "__type": introspection_types["__Type"]}


@lru_cache(maxsize=8)
def lengths(schema: GraphQLSchema) -> Mapping[str, int]:
    """By its field the length of a list, that of an average type or field.

    `__type` may be the largest type, so it counts as many average ones.
    """
    kinds = list(schema.type_map.values())
    fields = [_fields(each) for each in kinds]
    arguments = [field.args for each in fields for field in each.values()]
    average = _average(fields)
    return {
        "types": len(kinds),
        "directives": len(schema.directives),
        "fields": average,
        "args": _average(arguments),
        "inputFields": _average(
            [each.fields if is_input_object_type(each) else () for each in kinds]
        ),
        "enumValues": _average([k.values if is_enum_type(k) else () for k in kinds]),
        "possibleTypes": _average([k.types if is_union_type(k) else () for k in kinds]),
        "__type": ceil(max(map(len, fields)) / average),
    }


def _fields(kind: GraphQLNamedType) -> Mapping[str, Any]:
    return kind.fields if is_object_type(kind) or is_interface_type(kind) else {}


def _average(lists: Collection[Collection[Any]]) -> int:
    return max(1, ceil(sum(map(len, lists)) / max(1, len(lists))))
