"""`payments`: payments of every source that has any."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from providers.queries import PaymentQuery
from resolvers.arguments import paging
from resolvers.connections import Connection, Wanted, connect
from resolvers.context import Context
from resolvers.filters import query
from resolvers.ranks import by_creation


async def list_payments(
    context: Context,
    *,
    restrictions: Mapping[str, Any],
    descending: bool,
    page: Mapping[str, Any],
    fields: AbstractSet[str],
) -> Connection:
    """A page of payments by time of creation. `page` are the paging arguments."""
    wanted = Wanted(
        kind="payments",
        query=query(PaymentQuery, restrictions),
        restrictions=restrictions,
        order=("CREATED_AT", "DESC" if descending else "ASC"),
        key=by_creation,
        descending=descending,
        paging=paging(page, context.limits),
        fields=fields,
    )
    return await connect(context, wanted)
