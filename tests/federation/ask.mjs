// Asks a gateway before the server and the orders service. Prints the answer, and what the server
// was asked for it; of a subscription the events, a change made at the provider after each of them.
import { composeServices } from "@apollo/composition";
import { createClient } from "graphql-sse";
import { parse } from "graphql";
import { gateways } from "./gateways.mjs";
import * as orders from "./orders.mjs";
import { record } from "./recorder.mjs";

const { gateway, url, sdl, known, query, variables, headers, moves, ...options } = JSON.parse(process.argv[2]);
const service = await orders.start(known);
// The recorder knows nothing of the WebSocket that a gateway subscribes over.
const pacioli = moves ? { url, stop: async () => {} } : await record(url);
const { supergraphSdl, errors } = composeServices([
  { name: "pacioli", url: pacioli.url, typeDefs: parse(sdl) },
  { name: "orders", url: service.url, typeDefs: parse(orders.sdl) },
]);
if (errors) {
  throw new Error(errors.map(({ message }) => message).join("\n"));
}
const served = await gateways[gateway](supergraphSdl, options);
if (moves) {
  const client = createClient({ url: served.url, singleConnection: false });
  for await (const { data, errors } of client.iterate({ query, variables })) {
    console.log(JSON.stringify({ data, errors: errors ?? [] }));
    if (moves.length) {
      const [address, change] = moves.shift();
      const body = JSON.stringify(change);
      await fetch(address, { method: "PATCH", headers: { "content-type": "application/json" }, body });
    }
  }
} else {
  const response = await fetch(served.url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors, extensions } = await response.json();
  console.log(JSON.stringify({ data, errors: errors ?? [], extensions, asked: pacioli.asked }));
}
for (const each of [served, pacioli, service]) {
  await each.stop();
}
process.exit(0);
