"""What a client sees of the graph; reads like its SDL."""

from collections.abc import Sequence
from typing import Any

from graphql.execution import Executor
from strawberry import Schema
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig

from execution.executor import CompiledExecutor
from schema.query import Query
from schema.scalars import SCALARS


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
        config=StrawberryConfig(scalar_map=SCALARS),
        extensions=extensions,
        execution_context_class=executor,
    )


def sdl() -> str:
    """The graph in the schema definition language."""
    return build().as_str() + "\n"
