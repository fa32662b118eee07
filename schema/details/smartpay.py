"""What only Sber SmartPay says of an invoice, and of the payment inside it."""

from datetime import datetime
from decimal import Decimal

import strawberry

from schema.binding import shows_records
from schema.composition import SHAREABLE
from schema.money import Money
from schema.scopes import REQUIRES_CARD


@strawberry.type(
    description="The device that a SmartPay invoice was paid on.", directives=SHAREABLE
)
class SmartpayDeviceInfo:
    """Bound to the view of that typename, as all types here."""

    platform_type: str | None = strawberry.field(description='Its operating system: "iOS".')
    platform_version: str | None = strawberry.field(description="The operating system's version.")
    model: str | None = strawberry.field(description="Its model.")
    manufacturer: str | None = strawberry.field(description="Who made it.")
    device_id: str | None = strawberry.field(description="Its serial number.")
    surface: str | None = strawberry.field(description='The application it was paid in: "SBOL".')
    surface_version: str | None = strawberry.field(description="The application's version.")


@strawberry.type(
    description="Loyalty points that were spent or earned with a payment.", directives=SHAREABLE
)
class SmartpayLoyaltyInfo:
    """Bound to the view of that typename."""

    service_code: str | None = strawberry.field(description="The code of the loyalty programme.")
    service_name: str | None = strawberry.field(description="The name of the loyalty programme.")
    change_rate: Decimal | None = strawberry.field(
        description="How many points make a rouble, exact."
    )
    payment_bonus: Decimal | None = strawberry.field(
        description="Points that were spent, two decimals."
    )
    award_bonus: Decimal | None = strawberry.field(
        description="What points were granted for, two decimals."
    )
    image: str | None = strawberry.field(description="The address of the programme's picture.")


@strawberry.type(description="The bank that issued the card.", directives=SHAREABLE)
class SmartpayBankInfo:
    """Bound to the view of that typename."""

    name: str | None = strawberry.field(description="The bank's name.")
    country_code: str | None = strawberry.field(description='The code of its country: "RU".')
    country_name: str | None = strawberry.field(description="The name of its country.")
    image: str | None = strawberry.field(description="The address of its logo.")


@strawberry.type(description="How a SmartPay invoice was paid.", directives=SHAREABLE)
class SmartpayPaymentInfo:
    """Bound to the view of that typename."""

    payment_date: datetime | None = strawberry.field(description="When it was paid.")
    payment_id: strawberry.ID | None = strawberry.field(description="SmartPay's id of the payment.")
    device_info: SmartpayDeviceInfo | None = strawberry.field(
        extensions=[REQUIRES_CARD],
        description="The device it was paid on. Needs the scope `card:read`.",
    )
    loyalty_info: SmartpayLoyaltyInfo | None = strawberry.field(
        description="Points that were spent or earned."
    )
    masked_pan: str | None = strawberry.field(
        extensions=[REQUIRES_CARD],
        description='The card number but for its last digits: "**1111". Needs `card:read`.',
    )
    card_expiry: str | None = strawberry.field(
        extensions=[REQUIRES_CARD],
        description='Year and month until which the card is good: "2019-12". Needs `card:read`.',
    )
    cardholder: str | None = strawberry.field(
        extensions=[REQUIRES_CARD],
        description="The card holder's name as given when paying. Needs `card:read`.",
    )
    payment_system: str | None = strawberry.field(description='The card system: "Visa".')
    payment_system_image: str | None = strawberry.field(
        description="The address of the card system's logo."
    )
    image: str | None = strawberry.field(description="The address of the card's picture.")
    payment_operator: str | None = strawberry.field(description="The payment operator's name.")
    payment_operator_image: str | None = strawberry.field(
        description="The address of the payment operator's logo."
    )
    payment_way: str | None = strawberry.field(description='The way of paying: "Sber Pay".')
    payment_way_code: str | None = strawberry.field(description="The code of the way of paying.")
    payment_way_logo: str | None = strawberry.field(
        description="The address of the logo of the way of paying."
    )
    bank_info: SmartpayBankInfo | None = strawberry.field(description="Who issued the card.")


@strawberry.type(description="What only Sber SmartPay says of an invoice.", directives=SHAREABLE)
@shows_records
class SmartpayInvoice:
    """Bound to the view of that typename."""

    amount_created: Money | None = strawberry.field(description="What the invoice was issued for.")
    amount_confirmed: Money | None = strawberry.field(description="What was confirmed of it.")
    amount_current: Money | None = strawberry.field(description="What it stands at now.")
    language: str | None = strawberry.field(description='The language of its texts: "ru-RU".')
    org_name: str | None = strawberry.field(description="The merchant's name.")
    org_inn: str | None = strawberry.field(description="The merchant's taxpayer number.")
    trademarks: list[str] = strawberry.field(description="The merchant's trademarks.")
    trade_name: str | None = strawberry.field(
        description="The name that the merchant trades under."
    )
    visual_name: str | None = strawberry.field(
        description="What the payer is shown as its subject."
    )
    visual_amount: str | None = strawberry.field(
        description='What the payer is shown as its amount: text, not a number: "1 500,45 ₽".'
    )
    image: str | None = strawberry.field(description="The address of its picture.")
    payment_info: SmartpayPaymentInfo | None = strawberry.field(
        description="How it was paid; null where it was not."
    )


@strawberry.type(
    description="A payment read out of a SmartPay invoice's payment_info.", directives=SHAREABLE
)
@shows_records
class SmartpayPayment:
    """Bound to the view of that typename."""

    info: SmartpayPaymentInfo = strawberry.field(description="How the invoice was paid.")
