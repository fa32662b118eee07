"""What only GoedGeplaatst says of a payment."""

from datetime import date
from typing import Any

import strawberry

from schema.binding import shows_records
from schema.composition import SHAREABLE
from schema.scopes import REQUIRES_PERSONAL


def personal(description: str) -> Any:
    """A field about a person."""
    described = f"{description} Needs the scope `personal:read`."
    return strawberry.field(description=described, extensions=[REQUIRES_PERSONAL])


@strawberry.type(description="The customer of a GoedGeplaatst payment.", directives=SHAREABLE)
class GoedgeplaatstUser:
    """Bound to the view of that typename."""

    user_id: strawberry.ID | None = strawberry.field(description="GoedGeplaatst's id of the user.")
    client_id: strawberry.ID | None = strawberry.field(description="The id of the client it is of.")
    external_user_id: strawberry.ID | None = strawberry.field(
        description="The user's id in another system."
    )
    company_name: str | None = strawberry.field(description="The company's name.")
    first_name: str | None = personal("The first name.")
    last_name: str | None = personal("The last name.")
    gender: str | None = personal("M or F.")
    date_of_birth: date | None = personal("The date of birth.")
    address: str | None = personal("The street.")
    house_number: str | None = personal("The house number.")
    postal_code: str | None = personal("The postal code.")
    city: str | None = personal("The town.")
    county: str | None = personal('The code of the province: "NB".')
    country: str | None = personal("The country.")
    email: str | None = personal("The e-mail address.")
    website: str | None = personal("The website.")
    phone: str | None = personal("The telephone number.")
    fax: str | None = personal("The fax number.")
    cellular: str | None = personal("The mobile number.")


@strawberry.type(description="What only GoedGeplaatst says of a payment.", directives=SHAREABLE)
@shows_records
class GoedgeplaatstPayment:
    """Bound to the view of that typename."""

    user_id: strawberry.ID | None = strawberry.field(description="GoedGeplaatst's id of the user.")
    afas_invoice_id: str | None = strawberry.field(description="The invoice's id in AFAS.")
    user: GoedgeplaatstUser | None = strawberry.field(description="The customer.")
