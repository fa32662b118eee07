"""`invoices`: invoices of every source that has any."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from resolvers.arguments import paging
from resolvers.connections import Connection, Wanted, connect
from resolvers.context import Context
from resolvers.filters import invoice_query
from resolvers.ranks import by_creation


async def list_invoices(
    context: Context,
    *,
    restrictions: Mapping[str, Any],
    descending: bool,
    page: Mapping[str, Any],
    fields: AbstractSet[str],
) -> Connection:
    """A page of invoices by time of creation. `page` are the paging arguments."""
    limits = context.limits
    wanted = Wanted(
        kind="invoices",
        query=invoice_query(restrictions),
        sources=restrictions.get("sources"),
        providers=restrictions.get("providers"),
        key=by_creation,
        descending=descending,
        paging=paging(page, default=limits.default_page_size, largest=limits.max_page_size),
        fields=fields,
    )
    return await connect(context, wanted)
