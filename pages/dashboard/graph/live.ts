// Subscriptions, all over one WebSocket: browsers open only six streams of events to a server.
import { createClient } from "graphql-ws";

import type { TypedDocumentString } from "../generated/graphql";
import { ENDPOINT } from "./ask";
import { authorization } from "./session";

const client = createClient({
  url: ENDPOINT.href.replace(/^http/, "ws"),
  connectionParams: authorization,
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: () => true, // a server that restarts closes its sockets
});

/** Hears an operation until it completes or the returned function is called. */
export function subscribe<Result, Variables extends Record<string, unknown>>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  hear: (result: Result) => void,
): () => void {
  return client.subscribe<Result>(
    { query: document.toString(), variables },
    {
      next: ({ data }) => data && hear(data),
      error: () => undefined, // what is shown stays as it was
      complete: () => undefined,
    },
  );
}
