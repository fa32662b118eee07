"""The entry points of the graph."""

from typing import Annotated

import strawberry

from resolvers.invoices import list_invoices
from resolvers.nodes import load_node, load_nodes
from schema.binding import Info, given, present, selected
from schema.connection import AFTER, BEFORE, FIRST, LAST
from schema.invoice import Invoice, InvoiceConnection, InvoiceFilter, InvoiceOrder
from schema.node import Node
from schema.source import Source

ID = strawberry.argument(description="The global id.")
IDS = strawberry.argument(description="The global ids.")
UNSET = strawberry.UNSET


@strawberry.type(description="Everything that can be asked.")
class Query:
    """Each field hands its arguments to a resolver of the same name."""

    @strawberry.field(description="Anything that has a global id; null where it does not exist.")
    async def node(self, info: Info, id: Annotated[strawberry.ID, ID]) -> Node | None:
        return await load_node(info.context, id)  # type: ignore[no-any-return]

    @strawberry.field(
        description=(
            "Things by their global ids, in the order of the ids. What does not exist is null; "
            "what fails is null with its own error."
        )
    )
    async def nodes(
        self, info: Info, ids: Annotated[list[strawberry.ID], IDS]
    ) -> list[Node | None]:
        return await load_nodes(info.context, ids)  # type: ignore[return-value]

    @strawberry.field(
        description="The configured provider accounts that this caller may read, with their health."
    )
    def sources(self, info: Info) -> list[Source]:
        return info.context.sources  # type: ignore[return-value]

    @strawberry.field(description="One invoice; null where it does not exist.")
    async def invoice(self, info: Info, id: Annotated[strawberry.ID, ID]) -> Invoice | None:
        return await load_node(info.context, id, typename="Invoice")  # type: ignore[no-any-return]

    @strawberry.field(description="Invoices of every source that has any, as one list.")
    async def invoices(
        self,
        info: Info,
        first: Annotated[int | None, FIRST] = UNSET,
        after: Annotated[str | None, AFTER] = UNSET,
        last: Annotated[int | None, LAST] = UNSET,
        before: Annotated[str | None, BEFORE] = UNSET,
        filter: Annotated[
            InvoiceFilter | None, strawberry.argument(description="Which invoices; absent: all.")
        ] = UNSET,
        order_by: Annotated[
            InvoiceOrder, strawberry.argument(description="In which order.")
        ] = InvoiceOrder.CREATED_AT_DESC,
    ) -> InvoiceConnection | None:
        return await list_invoices(  # type: ignore[return-value]
            info.context,
            restrictions=given(filter),
            descending=order_by is InvoiceOrder.CREATED_AT_DESC,
            page=present(first=first, after=after, last=last, before=before),
            fields=selected(info),
        )
