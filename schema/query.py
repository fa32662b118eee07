"""The entry points of the graph."""

from typing import Annotated

import strawberry

from resolvers.export_tasks import list_export_tasks
from resolvers.invoices import list_invoices
from resolvers.nodes import load_node, load_nodes
from resolvers.payments import list_payments
from resolvers.sales import list_sales
from schema.binding import Info, given, note_selection, present, selected
from schema.composition import INACCESSIBLE
from schema.connection import AFTER, BEFORE, FIRST, LAST
from schema.export_task import (
    ExportTask,
    ExportTaskConnection,
    ExportTaskFilter,
    ExportTaskOrder,
)
from schema.invoice import Invoice, InvoiceConnection, InvoiceFilter, InvoiceOrder
from schema.node import Node
from schema.payment import Payment, PaymentConnection, PaymentFilter, PaymentOrder
from schema.sales_aggregate import (
    SalesAggregateConnection,
    SalesAggregateOrder,
    SalesFilter,
)
from schema.source import Source

ID = strawberry.argument(description="The global id.")
IDS = strawberry.argument(description="The global ids.")
UNSET = strawberry.UNSET
DATE_ASC = [SalesAggregateOrder.DATE_ASC]


@strawberry.type(description="Everything that can be asked.")
class Query:
    """Each field hands its arguments to a resolver of the same name."""

    @strawberry.field(
        description="Anything that has a global id; null where it does not exist.",
        directives=INACCESSIBLE,
    )
    async def node(self, info: Info, id: Annotated[strawberry.ID, ID]) -> Node | None:
        return await load_node(info.context, id)  # type: ignore[no-any-return]

    @strawberry.field(
        description=(
            "Things by their global ids, in the order of the ids. What does not exist is null; "
            "what fails is null with its own error."
        ),
        directives=INACCESSIBLE,
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
        restrictions = given(filter)
        note_selection(info, "invoices", restrictions)
        return await list_invoices(  # type: ignore[return-value]
            info.context,
            restrictions=restrictions,
            descending=order_by is InvoiceOrder.CREATED_AT_DESC,
            page=present(first=first, after=after, last=last, before=before),
            fields=selected(info),
        )

    @strawberry.field(description="One payment; null where it does not exist.")
    async def payment(self, info: Info, id: Annotated[strawberry.ID, ID]) -> Payment | None:
        return await load_node(info.context, id, typename="Payment")  # type: ignore[no-any-return]

    @strawberry.field(description="Payments of every source that has any, as one list.")
    async def payments(
        self,
        info: Info,
        first: Annotated[int | None, FIRST] = UNSET,
        after: Annotated[str | None, AFTER] = UNSET,
        last: Annotated[int | None, LAST] = UNSET,
        before: Annotated[str | None, BEFORE] = UNSET,
        filter: Annotated[
            PaymentFilter | None, strawberry.argument(description="Which payments; absent: all.")
        ] = UNSET,
        order_by: Annotated[
            PaymentOrder, strawberry.argument(description="In which order.")
        ] = PaymentOrder.CREATED_AT_DESC,
    ) -> PaymentConnection | None:
        restrictions = given(filter)
        note_selection(info, "payments", restrictions)
        return await list_payments(  # type: ignore[return-value]
            info.context,
            restrictions=restrictions,
            descending=order_by is PaymentOrder.CREATED_AT_DESC,
            page=present(first=first, after=after, last=last, before=before),
            fields=selected(info),
        )

    @strawberry.field(description="Sales by calendar interval, of every source that has any.")
    async def sales_aggregates(
        self,
        info: Info,
        filter: Annotated[SalesFilter, strawberry.argument(description="Which sales, and how.")],
        first: Annotated[int | None, FIRST] = UNSET,
        after: Annotated[str | None, AFTER] = UNSET,
        last: Annotated[int | None, LAST] = UNSET,
        before: Annotated[str | None, BEFORE] = UNSET,
        order_by: Annotated[
            list[SalesAggregateOrder],
            strawberry.argument(
                description="In which order, each step where those before are equal."
            ),
        ] = DATE_ASC,
    ) -> SalesAggregateConnection | None:
        return await list_sales(  # type: ignore[return-value]
            info.context,
            restrictions=given(filter),
            orders=[each.value for each in order_by],
            page=present(first=first, after=after, last=last, before=before),
            fields=selected(info),
        )

    @strawberry.field(description="One export task; null where it does not exist.")
    async def export_task(self, info: Info, id: Annotated[strawberry.ID, ID]) -> ExportTask | None:
        return await load_node(info.context, id, typename="ExportTask")  # type: ignore[no-any-return]

    @strawberry.field(description="Export tasks of every source that has any, as one list.")
    async def export_tasks(
        self,
        info: Info,
        first: Annotated[int | None, FIRST] = UNSET,
        after: Annotated[str | None, AFTER] = UNSET,
        last: Annotated[int | None, LAST] = UNSET,
        before: Annotated[str | None, BEFORE] = UNSET,
        filter: Annotated[
            ExportTaskFilter | None, strawberry.argument(description="Which tasks; absent: all.")
        ] = UNSET,
        order_by: Annotated[
            ExportTaskOrder, strawberry.argument(description="In which order.")
        ] = ExportTaskOrder.CREATED_AT_DESC,
    ) -> ExportTaskConnection | None:
        return await list_export_tasks(  # type: ignore[return-value]
            info.context,
            restrictions=given(filter),
            by_update_time=order_by.name.startswith("UPDATED"),
            descending=order_by.name.endswith("DESC"),
            page=present(first=first, after=after, last=last, before=before),
            fields=selected(info),
        )
