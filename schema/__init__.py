"""What a client sees of the graph; reads like its SDL."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from graphql import (
    GraphQLNamedType,
    GraphQLObjectType,
    is_specified_scalar_type,
    print_type,
)
from graphql.execution import Executor
from strawberry import Schema, federation
from strawberry.extensions import SchemaExtension
from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig

from execution.executor import CompiledExecutor
from schema.composition import for_any_gateway, without_protocol
from schema.scalars import SCALARS
from schema.subgraph import SubgraphQuery
from schema.subscription import Subscription


class Graph(federation.Schema):
    """Strawberry's schema, but that it logs no errors: the server does, those that are its own."""

    def process_errors(self, *_: object) -> None:
        pass

    @cached_property
    def subgraph_sdl(self) -> str:
        """The schema as composers want it, for any gateway."""
        return for_any_gateway(self.subgraph_sdl_with_scopes)

    @property
    def subgraph_sdl_with_scopes(self) -> str:
        """The same for gateways that themselves enforce @requiresScopes."""
        return without_protocol(print_schema(self))


def build(
    extensions: Sequence[type[SchemaExtension]] = (),
    executor: type[Executor[Any]] = CompiledExecutor,
) -> Schema:
    """The graph, ready to execute operations with the server's extensions."""
    return _graph(extensions, executor)


def sdl() -> str:
    """The graph in the schema definition language, without what only federation understands."""
    types = _graph()._schema.type_map
    names = [name for name in sorted(types) if _is_own(types[name])]
    return "\n\n".join(print_type(_plain(types[name])) for name in names) + "\n"


def subgraph_sdl(*, scopes: bool = False) -> str:
    """The same as a subgraph of Apollo Federation; `scopes`: for a gateway that enforces them."""
    graph = _graph()
    return (graph.subgraph_sdl_with_scopes if scopes else graph.subgraph_sdl) + "\n"


def _graph(
    extensions: Sequence[type[SchemaExtension]] = (),
    executor: type[Executor[Any]] = CompiledExecutor,
) -> Graph:
    return Graph(
        SubgraphQuery,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS),
        extensions=extensions,
        execution_context_class=executor,
        federation_version="2.5",  # the first that has @requiresScopes
    )


def _is_own(kind: GraphQLNamedType) -> bool:
    named_by_us = not kind.name.startswith("_") and "__" not in kind.name
    return named_by_us and not is_specified_scalar_type(kind)


def _plain(kind: GraphQLNamedType) -> GraphQLNamedType:
    """The type without the fields of federation's protocol, which only Query has."""
    if not isinstance(kind, GraphQLObjectType):
        return kind
    fields = {name: field for name, field in kind.fields.items() if not name.startswith("_")}
    return GraphQLObjectType(**kind.to_kwargs() | {"fields": fields})
