import {
  graphql,
  useLazyLoadQuery,
  usePaginationFragment,
  useRefetchableFragment,
} from "react-relay";

const QUERY = graphql`
  query invoicesQuery(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: InvoiceFilter
  ) {
    ...invoicesList
      @arguments(first: $first, after: $after, last: $last, before: $before, filter: $filter)
  }
`;

const LIST = graphql`
  fragment invoicesList on Query
  @refetchable(queryName: "invoicesPageQuery")
  @argumentDefinitions(
    first: { type: "Int" }
    after: { type: "String" }
    last: { type: "Int" }
    before: { type: "String" }
    filter: { type: "InvoiceFilter" }
  ) {
    invoices(first: $first, after: $after, last: $last, before: $before, filter: $filter)
      @connection(key: "invoicesList_invoices", filters: ["filter"]) {
      edges {
        node {
          id
          ...invoicesRow
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`;

export function Invoices({ show, ...variables }) {
  const query = useLazyLoadQuery(QUERY, variables);
  const list = usePaginationFragment(LIST, query);
  show({ ...list, edges: list.data.invoices.edges });
  return list.data.invoices.edges.map(({ node }) => <Invoice key={node.id} invoice={node} />);
}

const ROW = graphql`
  fragment invoicesRow on Invoice @refetchable(queryName: "invoicesRowQuery") {
    id
    status
    total {
      amount
      currency
    }
  }
`;

export const refetchers = new Map();

function Invoice({ invoice }) {
  const [data, refetch] = useRefetchableFragment(ROW, invoice); // asks node(id: ...)
  refetchers.set(data.id, refetch);
  return <p id={data.id}>{data.status}</p>;
}
