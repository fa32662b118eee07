"""What only Yume says of an invoice."""

from datetime import datetime

import strawberry

from schema.binding import shows_records
from schema.composition import SHAREABLE
from schema.money import Money
from schema.scalars import JSON


@strawberry.type(
    description="A service of the platform that a Yume invoice charges for.", directives=SHAREABLE
)
class YumeIntegration:
    """Bound to the view of that typename, as all types here."""

    provider_id: strawberry.ID | None = strawberry.field(description="Yume's id of the service.")
    code: str | None = strawberry.field(description="Its code.")
    name: str | None = strawberry.field(description="Its name.")
    slug: str | None = strawberry.field(description="Its name as used in addresses.")
    comment: str | None = strawberry.field(description="A remark on it.")
    slogan: str | None = strawberry.field(description="The line it is advertised with.")
    type: str | None = strawberry.field(description="Its kind, in Yume's words.")
    detail: str | None = strawberry.field(description="Its description.")
    icon: str | None = strawberry.field(description="The address of its icon.")
    image: str | None = strawberry.field(description="The address of its picture.")
    image_alt: str | None = strawberry.field(description="The text that stands for its picture.")
    disabled: bool | None = strawberry.field(description="Whether it is switched off.")
    extra: JSON | None = strawberry.field(description="Whatever else Yume notes of it.")
    demo_enabled: bool | None = strawberry.field(description="Whether it can be tried for free.")
    demo_duration: str | None = strawberry.field(
        description='How long it can be tried, in Yume\'s notation: "7 00:00:00".'
    )
    tags: list[str] = strawberry.field(description='Its labels, in Yume\'s words: "free".')
    modules: list[str] = strawberry.field(
        description='Where it is used, in Yume\'s words: "finance".'
    )
    visible: bool | None = strawberry.field(description="Whether customers see it.")


@strawberry.type(description="A tariff of a service.", directives=SHAREABLE)
class YumeVariant:
    """Bound to the view of that typename."""

    provider_id: strawberry.ID | None = strawberry.field(description="Yume's id of the tariff.")
    name: str | None = strawberry.field(description="Its name.")
    code: str | None = strawberry.field(description="Its code.")
    limits: list[str] = strawberry.field(description="What it is limited to, in Yume's words.")


@strawberry.type(description="One line of a Yume invoice.", directives=SHAREABLE)
class YumeInvoiceItem:
    """Bound to the view of that typename."""

    provider_id: strawberry.ID | None = strawberry.field(description="Yume's id of the line.")
    integration: YumeIntegration | None = strawberry.field(
        description="The service that is charged, where the line is for one."
    )
    variant: YumeVariant | None = strawberry.field(description="The tariff of the service.")
    type: str | None = strawberry.field(
        description='What is charged, in Yume\'s words: "integration", "staff".'
    )
    start_at: datetime | None = strawberry.field(description="From when on it is charged.")
    end_at: datetime | None = strawberry.field(description="Up to when it is charged.")
    count: int | None = strawberry.field(description="How many.")
    price: Money | None = strawberry.field(description="The price of one.")
    amount: Money | None = strawberry.field(
        description="The amount of the line, as Yume states it."
    )
    integration_period_id: strawberry.ID | None = strawberry.field(
        description="Yume's id of the period that is charged."
    )


@strawberry.type(
    description="Something that went wrong while a Yume invoice was collected.",
    directives=SHAREABLE,
)
class YumeInvoiceError:
    """Bound to the view of that typename."""

    provider_id: strawberry.ID | None = strawberry.field(description="Yume's id of the error.")
    code: str | None = strawberry.field(description="Yume's code for it.")
    description: str | None = strawberry.field(description="What happened, in Yume's words.")
    created_at: datetime | None = strawberry.field(description="When it happened.")


@strawberry.type(description="What only Yume says of an invoice.", directives=SHAREABLE)
@shows_records
class YumeInvoice:
    """Bound to the view of that typename."""

    tenant_id: strawberry.ID | None = strawberry.field(description="Yume's id of the customer.")
    card_id: strawberry.ID | None = strawberry.field(description="Yume's id of the card on file.")
    captured_at: datetime | None = strawberry.field(description="When the money was taken.")
    start_at: datetime | None = strawberry.field(description="From when on it charges.")
    end_at: datetime | None = strawberry.field(description="Up to when it charges.")
    transaction_url: str | None = strawberry.field(description="Where it can be paid.")
    items: list[YumeInvoiceItem] = strawberry.field(description="Its lines.")
    errors: list[YumeInvoiceError] = strawberry.field(
        description="What went wrong while it was collected."
    )
