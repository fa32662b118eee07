"""What a client sees of the graph; reads like its SDL."""

from collections.abc import Sequence

from strawberry import Schema
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig

from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription


class Graph(Schema):
    """Strawberry's schema, but that it logs no errors: the server does, those that are its own."""

    def process_errors(self, *_: object) -> None:
        pass


def build(extensions: Sequence[type[SchemaExtension]] = ()) -> Schema:
    """The graph, ready to execute operations with the server's extensions."""
    config = StrawberryConfig(scalar_map=SCALARS)
    return Graph(Query, subscription=Subscription, config=config, extensions=extensions)


def sdl() -> str:
    """The graph in the schema definition language."""
    return build().as_str() + "\n"
