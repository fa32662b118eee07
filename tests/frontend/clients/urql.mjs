// urql walks a list with relayPagination of its normalised cache.
import { Client, fetchExchange, gql } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";

const { url, size, filter } = JSON.parse(process.argv.at(-1));

const cache = cacheExchange({
  keys: { Money: () => null, Source: (source) => source.name ?? null },
  resolvers: {
    Query: {
      invoices: relayPagination(),
      payments: relayPagination(),
      exportTasks: relayPagination(),
      salesAggregates: relayPagination(),
    },
  },
});
const client = new Client({ url, exchanges: [cache, fetchExchange], preferGetMethod: false });

const INVOICES = gql`
  query Invoices($first: Int!, $after: String, $filter: InvoiceFilter) {
    invoices(first: $first, after: $after, filter: $filter) {
      edges { node { id status total { amount currency } source { name } } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
let pages = 0;
let invoices = { pageInfo: { hasNextPage: true, endCursor: null } };
while (invoices.pageInfo.hasNextPage) {
  const after = invoices.pageInfo.endCursor;
  const { data, error } = await client.query(INVOICES, { first: size, after, filter });
  if (error) throw error;
  ({ invoices } = data); // all pages so far
  pages += 1;
}

const ids = invoices.edges.map(({ node }) => node.id);
console.log(JSON.stringify({ pages, ids, amounts: invoices.edges.map((e) => e.node.total?.amount) }));
