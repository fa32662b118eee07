"""What a gateway asks of a subgraph: its schema, and entities that other subgraphs refer to."""

from typing import Annotated

import strawberry
from strawberry.federation.schema import FederationAny

from resolvers.entities import load_entities
from schema.binding import Info
from schema.export_task import ExportTask
from schema.invoice import Invoice
from schema.payment import Payment
from schema.query import Query
from schema.sales_aggregate import SalesAggregate
from schema.source import Source

Entity = Annotated[
    ExportTask | Invoice | Payment | SalesAggregate | Source,
    strawberry.union("_Entity", description="What other subgraphs can refer to."),
]
REPRESENTATIONS = strawberry.argument(
    description="Each an object of `__typename` and the fields of one key."
)


@strawberry.type(name="_Service", description="This subgraph.")
class Service:
    """Made by SubgraphQuery."""

    sdl: str = strawberry.field(description="Its schema, to be composed.")


@strawberry.type(name="Query", description="Everything that can be asked.")
class SubgraphQuery(Query):
    """The entry points of the graph, and those of the federation's protocol."""

    @strawberry.field(
        name="_entities",
        description=(
            "Entities by their keys, in the order of the representations. What does not exist is "
            "null; what fails is null with its own error."
        ),
    )
    async def entities(
        self, info: Info, representations: Annotated[list[FederationAny], REPRESENTATIONS]
    ) -> list[Entity | None]:
        return await load_entities(info.context, representations)  # type: ignore[return-value]

    @strawberry.field(name="_service", description="What a composer needs of this subgraph.")
    def service(self, info: Info) -> Service:
        return Service(sdl=info.schema.subgraph_sdl)  # type: ignore[attr-defined]
