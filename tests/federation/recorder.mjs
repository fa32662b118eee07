// Stands before a server and notes what it is asked.
import { createServer, request } from "node:http";

export async function record(target) {
  const asked = [];
  const proxy = createServer((incoming, answer) => {
    const parts = [];
    incoming.on("data", (part) => parts.push(part));
    incoming.on("end", () => {
      const body = Buffer.concat(parts);
      const { method, headers, url } = incoming;
      asked.push({ url, body: body.toString() });
      const outgoing = request(new URL(url, target), { method, headers }, (response) => {
        answer.writeHead(response.statusCode, response.headers);
        response.pipe(answer);
      });
      answer.on("close", () => outgoing.destroy());
      outgoing.on("error", () => answer.destroy());
      outgoing.end(body);
    });
  });
  await new Promise((listening) => proxy.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${proxy.address().port}/graphql`;
  const stop = async () => {
    proxy.closeAllConnections();
    proxy.close();
  };
  return { url, asked, stop };
}
