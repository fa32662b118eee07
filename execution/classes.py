"""What the class of a value tells, so that it is not asked again for each value."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from types import GeneratorType
from typing import Any, TypeVar

from graphql import GraphQLAbstractType, is_union_type
from strawberry.types.union import StrawberryUnion

F = TypeVar("F", bound=Callable[..., Any])

PLAIN = frozenset({bool, bytes, date, datetime, Decimal, dict, float, int, list, str, tuple})
_HEAP_TYPE = 1 << 9  # the flag of a class that is written in Python
_UNION_RESOLVER = f"{StrawberryUnion.get_type_resolver.__qualname__}."


def is_plain(kind: type) -> bool:
    """Whether the class alone tells that its objects are no exceptions and not awaitable."""
    if kind in PLAIN:  # from Python 3.13 on the flags of some look like those of classes in Python
        return True
    if issubclass(kind, Exception | GeneratorType | type | type(None)):
        return False
    if hasattr(kind, "__await__") or hasattr(kind, "__getattr__"):
        return False
    ours = (each for each in kind.__mro__ if each.__flags__ & _HEAP_TYPE)
    return not any(vars(each).keys() & {"__class__", "__getattribute__"} for each in ours)


def decided_by_class(function: F) -> F:
    """Declares that an `is_type_of` or `resolve_type` looks at nothing but the value's class.

    What it says of one object then holds for all of its class, unless that is one that can pass for
    another. (Such objects are not to be given another type with `strawberry.cast`.)
    """
    function.decided_by_class = True  # type: ignore[attr-defined]
    return function


def is_decided_by_class(function: Any) -> bool:
    """Whether that was declared."""
    return bool(getattr(function, "decided_by_class", False))


def is_resolved_by_class(type_: GraphQLAbstractType) -> bool:
    """Whether the class of a value decides of which object type it is.

    Strawberry resolves unions by asking their types.
    """
    if is_decided_by_class(type_.resolve_type):
        return True
    by_strawberry = getattr(type_.resolve_type, "__qualname__", "").startswith(_UNION_RESOLVER)
    if not is_union_type(type_) or not by_strawberry:
        return False
    return all(is_decided_by_class(each.is_type_of) for each in type_.types)
