// Hive Gateway before this graph; a supergraph of more subgraphs takes the place of ours.
export const gatewayConfig = {
  supergraph: "supergraph.graphql",
  // Pacioli has to know who asks.
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) => ({
      authorization: request.headers.get("authorization") ?? undefined,
    }),
  },
  transportEntries: { pacioli: { options: { subscriptions: { kind: "ws" } } } },
};
