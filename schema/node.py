"""Things that can be fetched again by their id."""

from typing import Any

import strawberry

from execution.classes import decided_by_class


@strawberry.interface(
    description="A thing with an id that is unique in the whole graph and fetches it again."
)
class Node:
    """The Relay interface of that name."""

    id: strawberry.ID = strawberry.field(
        description="Unique in the whole graph; opaque; the same for as long as the thing exists."
    )

    @classmethod
    @decided_by_class
    def resolve_type(cls, value: Any, *_: Any) -> str:
        return str(value.typename)
