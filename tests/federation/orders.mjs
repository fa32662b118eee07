// The orders service: a subgraph that knows invoices by their provider's own id.
import { readFileSync } from "node:fs";
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";

export const sdl = readFileSync(new URL("subgraphs/orders.graphql", import.meta.url), "utf-8");

const invoiceOf = ({ source, providerId }) => ({ source: { name: source }, providerId });

// `orders` are objects of id, title, source and providerId.
export async function start(orders) {
  const resolvers = {
    Query: { orders: () => orders },
    Order: { invoice: invoiceOf, __resolveReference: ({ id }) => orders.find((o) => o.id === id) },
    Invoice: {
      __resolveReference: (reference) => reference,
      orders: ({ source, providerId }) =>
        orders.filter((o) => o.source === source.name && o.providerId === providerId),
    },
    Source: { __resolveReference: (reference) => reference },
  };
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers });
  const server = new ApolloServer({
    schema,
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  });
  const { url } = await startStandaloneServer(server, { listen: { port: 0, host: "127.0.0.1" } });
  return { url, stop: () => server.stop() };
}
