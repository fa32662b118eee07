// Subscriptions, all over one WebSocket: browsers open only six streams of events to a server.
import { signal } from "@preact/signals";
import { createClient } from "graphql-ws";

import type { TypedDocumentString } from "../generated/graphql";
import { ENDPOINT } from "./ask";
import { reconnecting } from "./retries";
import { authorization } from "./session";

/** Whether the server cannot be heard, so that what is shown may be old. */
export const isDeaf = signal(false);

const UNUSED = 1_000; // the client closes what nobody listens to

const client = createClient({
  url: ENDPOINT.href.replace(/^http/, "ws"),
  connectionParams: authorization,
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: () => true, // a server that restarts closes its sockets
  retryWait: reconnecting,
  on: {
    connected: () => (isDeaf.value = false),
    closed: (event) => (isDeaf.value = (event as CloseEvent).code !== UNUSED),
  },
});

interface Listener<Result> {
  readonly hear: (result: Result) => void;
  /** Nothing more will be heard, for this reason. */
  readonly fail: (message: string) => void;
}

/** Hears an operation until it completes or the returned function is called. */
export function subscribe<Result, Variables extends Record<string, unknown>>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  { hear, fail }: Listener<Result>,
): () => void {
  return client.subscribe<Result>(
    { query: document.toString(), variables },
    {
      next: ({ data, errors }) => {
        if (errors?.[0]) fail(errors[0].message);
        if (data) hear(data);
      },
      error: (error) => fail(told(error)),
      complete: () => undefined,
    },
  );
}

function told(error: unknown): string {
  const [first] = Array.isArray(error) ? error : [error];
  return first instanceof Error || "message" in Object(first)
    ? String(first.message)
    : "The connection was refused.";
}
