// Subscribes as a frontend does, with graphql-ws or graphql-sse, as often as told. Prints what
// comes; to what comes first of each subscription it adds a request that moves the task on.
import { createClient as overSse } from "graphql-sse";
import { createClient as overWebSocket } from "graphql-ws";
import WebSocket from "ws";

const { url, transport, query, variables, times, moves } = JSON.parse(process.argv.at(-1));
const client =
  transport === "ws"
    ? overWebSocket({ url: url.replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 })
    : overSse({ url, retryAttempts: 0 });
const print = (line) => console.log(JSON.stringify(line));

// Every subscriber has to hear of each state before the next one comes.
let waiting = times;
async function heard() {
  waiting -= 1;
  if (waiting > 0 || moves.length === 0) return;
  waiting = times;
  const [address, fields] = moves.shift();
  const body = JSON.stringify(fields);
  await fetch(address, { method: "PATCH", headers: { "Content-Type": "application/json" }, body });
}

async function follow() {
  for await (const result of client.iterate({ query, variables })) {
    print({ next: result });
    await heard();
  }
  print({ complete: true });
}

await Promise.all(
  Array.from({ length: times }, () => follow().catch((error) => print({ error }))),
);
client.dispose();
