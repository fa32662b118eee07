// Composes the given subgraphs, an object of SDL by name, with each composer.
import { composeServices as byApollo } from "@apollo/composition";
import { composeServices as byTheGuild } from "@theguild/federation-composition";
import { parse } from "graphql";

const { subgraphs } = JSON.parse(process.argv[2]);
const services = Object.entries(subgraphs).map(([name, sdl]) => ({
  name,
  url: `http://${name}.example/graphql`,
  typeDefs: parse(sdl),
}));
for (const [composer, compose] of Object.entries({ apollo: byApollo, guild: byTheGuild })) {
  const { supergraphSdl, errors } = compose(services);
  const mistakes = (errors ?? []).map(({ message }) => message);
  console.log(JSON.stringify({ composer, mistakes, supergraph: supergraphSdl ?? null }));
}
