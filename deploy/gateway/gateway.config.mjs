// Hive Gateway before this graph; a supergraph of more subgraphs takes the place of ours.
export const gatewayConfig = {
  supergraph: "supergraph.graphql",
  // Pacioli has to know who asks. Subscriptions go by server-sent events, which need nothing more;
  // these headers do not reach the first message of a WebSocket.
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) => ({
      authorization: request.headers.get("authorization") ?? undefined,
    }),
  },
};
