"""The page for people at /graphql: GraphiQL with queries to start from."""

import re

from starlette.requests import Request
from strawberry.http.base import BaseRequestProtocol
from strawberry.http.ides import get_graphql_ide_html

EXAMPLES = """\
# Pacioli: one graph over the places where money is recorded.
# Choose an operation beside the button that runs it; Ctrl-Space completes, Ctrl-Enter runs.

query NewestInvoices {
  invoices(first: 10) {
    nodes {
      createdAt
      status
      number
      total { amount currency }
      source { name provider }
      payments { nodes { status gross { amount currency } source { name } } }
      details {
        ... on SmartpayInvoice { orgName paymentInfo { paymentWay bankInfo { name } } }
        ... on YumeInvoice { items { type count price { amount } integration { name } } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}

# Put the endCursor of a page here to see the next one.
query NextPage($after: String) {
  invoices(first: 10, after: $after) {
    totalCount
    edges { cursor node { id createdAt source { name } } }
    pageInfo { hasNextPage endCursor }
  }
}

query FailedPayments {
  payments(first: 10, filter: { statuses: [FAILED, EXPIRED] }) {
    nodes { createdAt status gross { amount currency } invoiceNumber invoice { id status } }
    sources { source { name } status error { message } }
  }
}

query SalesByMonth {
  salesAggregates(
    filter: {
      from: "2026-01-01T00:00:00+03:00"
      to: "2027-01-01T00:00:00+03:00"
      interval: MONTH
    }
    orderBy: [INCOME_DESC]
  ) {
    totalCount
    nodes { start checks incomeAverage { amount } income { cash { amount } total { amount } } }
    summary { currency checks income { total { amount } } incomeAverage { amount } }
  }
}

query RunningExports {
  exportTasks(first: 10, filter: { statuses: [QUEUED, IN_PROGRESS, WAITING_FOR_FEEDBACK] }) {
    nodes { id createdAt reportType status progress resolutions { type message } }
  }
}

query WhoIsDown {
  sources { name provider state lastSuccessAt lastError { code message retryable } }
}
"""

_EXAMPLE = re.compile(r"const EXAMPLE_QUERY = `.*?`;", re.DOTALL)


def wants_page(request: Request | BaseRequestProtocol) -> bool:
    """Whether a request is a browser's for the page: curl takes anything, but wants an answer."""
    asks_nothing = not request.query_params.keys() & {"query", "extensions", "documentId"}
    html = "text/html" in request.headers.get("accept", "")
    return request.method == "GET" and asks_nothing and html


def page() -> str:
    """GraphiQL's stock page, with our examples in its editor."""
    html = get_graphql_ide_html("graphiql")
    titled = html.replace("<title>Strawberry GraphiQL</title>", "<title>Pacioli</title>")
    return _EXAMPLE.sub(lambda _: f"const EXAMPLE_QUERY = `{EXAMPLES}`;", titled)
