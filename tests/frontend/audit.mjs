// Holds a server against GraphQL over HTTP: prints each check as a line of JSON.
import { auditServer } from "graphql-http";

const { url } = JSON.parse(process.argv.at(-1));
for (const { id, name, status, reason } of await auditServer({ url, fetchFn: fetch })) {
  console.log(JSON.stringify({ id, name, status, reason }));
}
