// graphql-yoga with graphql-jit.
import { createServer } from 'node:http'
import { useGraphQlJit } from '@envelop/graphql-jit'
import { createSchema, createYoga } from 'graphql-yoga'
import { resolvers, typeDefs } from './graph.mjs'

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  plugins: [useGraphQlJit()],
  logging: 'error',
  graphiql: false,
})
const server = createServer(yoga)
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
