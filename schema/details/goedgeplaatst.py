"""What only GoedGeplaatst says of a payment."""

from datetime import date

import strawberry

from schema.binding import shows_records

PERSONAL = "Needs the scope `personal:read`."


@strawberry.type(description="The customer of a GoedGeplaatst payment.")
class GoedgeplaatstUser:
    """Bound to the view of that typename."""

    user_id: strawberry.ID | None = strawberry.field(description="GoedGeplaatst's id of the user.")
    client_id: strawberry.ID | None = strawberry.field(description="The id of the client it is of.")
    external_user_id: strawberry.ID | None = strawberry.field(
        description="The user's id in another system."
    )
    company_name: str | None = strawberry.field(description="The company's name.")
    first_name: str | None = strawberry.field(description=f"The first name. {PERSONAL}")
    last_name: str | None = strawberry.field(description=f"The last name. {PERSONAL}")
    gender: str | None = strawberry.field(description=f"M or F. {PERSONAL}")
    date_of_birth: date | None = strawberry.field(description=f"The date of birth. {PERSONAL}")
    address: str | None = strawberry.field(description=f"The street. {PERSONAL}")
    house_number: str | None = strawberry.field(description=f"The house number. {PERSONAL}")
    postal_code: str | None = strawberry.field(description=f"The postal code. {PERSONAL}")
    city: str | None = strawberry.field(description=f"The town. {PERSONAL}")
    county: str | None = strawberry.field(description=f'The province\'s code: "NB". {PERSONAL}')
    country: str | None = strawberry.field(description=f"The country. {PERSONAL}")
    email: str | None = strawberry.field(description=f"The e-mail address. {PERSONAL}")
    website: str | None = strawberry.field(description=f"The website. {PERSONAL}")
    phone: str | None = strawberry.field(description=f"The telephone number. {PERSONAL}")
    fax: str | None = strawberry.field(description=f"The fax number. {PERSONAL}")
    cellular: str | None = strawberry.field(description=f"The mobile number. {PERSONAL}")


@strawberry.type(description="What only GoedGeplaatst says of a payment.")
@shows_records
class GoedgeplaatstPayment:
    """Bound to the view of that typename."""

    user_id: strawberry.ID | None = strawberry.field(description="GoedGeplaatst's id of the user.")
    afas_invoice_id: str | None = strawberry.field(description="The invoice's id in AFAS.")
    user: GoedgeplaatstUser | None = strawberry.field(description="The customer.")
