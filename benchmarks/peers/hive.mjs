// Hive Gateway, with the graph as a subgraph in its own process: it plans and executes as before any
// subgraph, and what the subgraph resolves it fetches from the upstream.
import { createServer } from 'node:http'
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime'
import { createDefaultExecutor } from '@graphql-tools/delegate'
import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'
import { createSchema } from 'graphql-yoga'
import { resolvers, typeDefs } from './graph.mjs'

const { supergraphSdl } = composeServices([
  { name: 'invoices', url: 'http://invoices/graphql', typeDefs: parse(typeDefs) },
])
const execute = createDefaultExecutor(createSchema({ typeDefs, resolvers }))
const gateway = createGatewayRuntime({
  supergraph: supergraphSdl,
  transports: { http: { getSubgraphExecutor: () => execute } },
  logging: false,
})
process.on('SIGTERM', () => process.exit()) // the gateway would wait for its clients
const server = createServer(gateway)
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
