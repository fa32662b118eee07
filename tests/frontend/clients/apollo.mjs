// Apollo Client walks a list with relayStylePagination.
import { ApolloClient, HttpLink, InMemoryCache, NetworkStatus, gql } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { first, firstValueFrom } from "rxjs";

const { url, size, filter } = JSON.parse(process.argv.at(-1));

const cache = new InMemoryCache({
  typePolicies: {
    Query: {
      fields: {
        invoices: relayStylePagination(["filter", "orderBy"]),
        payments: relayStylePagination(["filter", "orderBy"]),
        exportTasks: relayStylePagination(["filter", "orderBy"]),
        salesAggregates: relayStylePagination(["filter", "orderBy"]),
      },
    },
    Source: { keyFields: ["name"] },
  },
});
const client = new ApolloClient({ cache, link: new HttpLink({ uri: url }) });

const INVOICES = gql`
  query Invoices($first: Int!, $after: String, $filter: InvoiceFilter) {
    invoices(first: $first, after: $after, filter: $filter) {
      edges { node { id status total { amount currency } source { name } } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
const list = client.watchQuery({ query: INVOICES, variables: { first: size, filter } });
const subscription = list.subscribe();
const settled = async () => {
  const ready = ({ networkStatus }) => networkStatus === NetworkStatus.ready;
  return (await firstValueFrom(list.pipe(first(ready)))).data.invoices; // all pages so far
};
let invoices = await settled();
let pages = 1;
while (invoices.pageInfo.hasNextPage) {
  await list.fetchMore({ variables: { after: invoices.pageInfo.endCursor } });
  invoices = await settled();
  pages += 1;
}

const ids = invoices.edges.map(({ node }) => node.id);
console.log(JSON.stringify({ pages, ids, amounts: invoices.edges.map((e) => e.node.total?.amount) }));
subscription.unsubscribe();
client.stop();
