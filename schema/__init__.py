"""What a client sees of the graph; reads like its SDL."""

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLNamedType, is_introspection_type, is_specified_scalar_type, print_type
from graphql.execution import Executor
from strawberry import Schema
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig

from execution.executor import CompiledExecutor
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription


class Graph(Schema):
    """Strawberry's schema, but that it logs no errors: the server does, those that are its own."""

    def process_errors(self, *_: object) -> None:
        pass


def build(
    extensions: Sequence[type[SchemaExtension]] = (),
    executor: type[Executor[Any]] = CompiledExecutor,
) -> Schema:
    """The graph, ready to execute operations with the server's extensions."""
    return Graph(
        Query,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS),
        extensions=extensions,
        execution_context_class=executor,
    )


def sdl() -> str:
    """The graph in the schema definition language, without what only federation understands."""
    types = build()._schema.type_map
    return (
        "\n\n".join(print_type(types[name]) for name in sorted(types) if _is_own(types[name]))
        + "\n"
    )


def _is_own(kind: GraphQLNamedType) -> bool:
    return not (is_introspection_type(kind) or is_specified_scalar_type(kind))
