"""`invoices`: invoices of every source that has any."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from providers.queries import InvoiceQuery
from resolvers.arguments import paging
from resolvers.callers import Scope
from resolvers.connections import Connection, Wanted, connect
from resolvers.context import Context
from resolvers.filters import query
from resolvers.ranks import by_creation


async def list_invoices(
    context: Context,
    *,
    restrictions: Mapping[str, Any],
    descending: bool,
    page: Mapping[str, Any],
    fields: AbstractSet[str],
) -> Connection:
    """A page of invoices by time of creation. `page` are the paging arguments.

    Raises ForbiddenError for a filter by card where the caller may not know of cards.
    """
    if "card_last_four" in restrictions:
        context.caller.demand(Scope.CARD, what="filter.cardLastFour")
    wanted = Wanted(
        kind="invoices",
        query=query(InvoiceQuery, restrictions),
        restrictions=restrictions,
        order=("CREATED_AT", "DESC" if descending else "ASC"),
        key=by_creation,
        descending=descending,
        paging=paging(page, context.limits),
        fields=fields,
    )
    return await connect(context, wanted)
