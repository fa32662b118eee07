"""Money of the graph."""

from decimal import Decimal

import strawberry

from schema.composition import SHAREABLE


@strawberry.type(description="An amount of money.", directives=SHAREABLE)
class Money:
    """Bound to providers.money.Money."""

    amount: Decimal = strawberry.field(
        description="The amount in the currency's major unit (roubles, not kopecks), exact."
    )
    currency: str = strawberry.field(description='The currency, as ISO 4217 code: "RUB".')
