"""The operations that are measured."""

MONEY = "{ amount currency }"
WIDE = f"""
  id providerId number status providerStatus description createdAt fetchedAt currency
  total {MONEY} captured {MONEY} source {{ name }}
  details {{ ... on SmartpayInvoice {{
    amountCreated {MONEY} amountConfirmed {MONEY} amountCurrent {{ amount }}
    language orgName orgInn tradeName visualName visualAmount image trademarks
    paymentInfo {{
      paymentDate paymentId maskedPan cardExpiry cardholder paymentSystem paymentOperator
      paymentWay paymentWayCode loyaltyInfo {{ serviceCode changeRate paymentBonus }}
      bankInfo {{ name countryCode }}
    }}
  }} }}
"""
PAID = "id status payments { nodes { status gross { amount } } }"


def rows(count: int, fields: str) -> str:
    """The newest invoices."""
    return f"{{ invoices(first: {count}) {{ nodes {{ {fields} }} }} }}"


Q1 = rows(100, WIDE)
Q2 = rows(100, "providerId status")
Q3 = rows(100, PAID)
Q4 = "{ sources { name provider state } }"
