"""The page for people at /graphql: GraphiQL with queries to start from."""

import re

from strawberry.http.ides import get_graphql_ide_html

EXAMPLES = """\
# Pacioli: one graph over the places where money is recorded.
# Choose an operation beside the button that runs it; Ctrl-Space completes, Ctrl-Enter runs.

query NewestInvoices {
  invoices(first: 10) {
    nodes {
      createdAt
      status
      total { amount currency }
      source { name }
      details {
        ... on YumeInvoice {
          items { type count price { amount currency } integration { name } }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}

query PaidInvoices {
  invoices(first: 10, filter: { statuses: [PAID] }) {
    nodes { id createdAt captured { amount currency } }
    sources { source { name } status fetchedAt }
  }
}

# Put the endCursor of a page here to see the next one.
query NextPage($after: String) {
  invoices(first: 10, after: $after) {
    totalCount
    edges { cursor node { id createdAt } }
    pageInfo { hasNextPage endCursor }
  }
}

query WhoIsDown {
  sources { name provider state lastSuccessAt lastError { code message retryable } }
}
"""

_EXAMPLE = re.compile(r"const EXAMPLE_QUERY = `.*?`;", re.DOTALL)


def page() -> str:
    """GraphiQL's stock page, with our examples in its editor."""
    html = get_graphql_ide_html("graphiql")
    titled = html.replace("<title>Strawberry GraphiQL</title>", "<title>Pacioli</title>")
    return _EXAMPLE.sub(lambda _: f"const EXAMPLE_QUERY = `{EXAMPLES}`;", titled)
