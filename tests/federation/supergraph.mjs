// Composes the supergraph of this graph alone, whose SDL is read from the standard input. Its
// address may be given.
import { readFileSync } from "node:fs";
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";

const [url = "http://pacioli:8000/graphql"] = process.argv.slice(2);
const typeDefs = parse(readFileSync(0, "utf-8"));
const { supergraphSdl, errors } = composeServices([{ name: "pacioli", url, typeDefs }]);
if (errors) {
  throw new Error(errors.map(({ message }) => message).join("\n"));
}
process.stdout.write(supergraphSdl);
