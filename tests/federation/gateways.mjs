// The gateways: each serves a supergraph over HTTP and passes the caller's credentials on.
import { createServer } from "node:http";
import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { createGatewayRuntime } from "@graphql-hive/gateway";

class WithCredentials extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    if (context.authorization) {
      request.http.headers.set("authorization", context.authorization);
    }
  }
}

// Asks the subgraphs for traces and puts what came of them into the answer.
const tracing = {
  async requestDidStart({ metrics }) {
    metrics.captureTraces = true;
    return {
      async willSendResponse({ response }) {
        response.body.singleResult.extensions = { trace: metrics.queryPlanTrace };
      },
    };
  },
};

async function apollo(supergraphSdl, { traces }) {
  const gateway = new ApolloGateway({
    supergraphSdl,
    logger: { debug() {}, info() {}, warn: console.error, error: console.error },
    buildService: ({ url }) => new WithCredentials({ url }),
  });
  const server = new ApolloServer({ gateway, plugins: traces ? [tracing] : [] });
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: "127.0.0.1" },
    context: async ({ req }) => ({ authorization: req.headers.authorization }),
  });
  return { url, stop: () => server.stop() };
}

async function hive(supergraph, { socket }) {
  const gateway = createGatewayRuntime({
    supergraph,
    logging: false,
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) => ({
        authorization: request.headers.get("authorization"),
      }),
    },
    transportEntries: socket
      ? { pacioli: { options: { subscriptions: { kind: "ws" } } } }
      : {}, // else events come over HTTP
  });
  const server = createServer(gateway);
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${server.address().port}/graphql`;
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await gateway[Symbol.asyncDispose]();
  };
  return { url, stop };
}

export const gateways = { apollo, hive };
