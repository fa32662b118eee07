// Holds the schema against graphql-eslint's rules for Relay; prints what they complain of.
import graphql from "@graphql-eslint/eslint-plugin";
import { ESLint } from "eslint";

const { schema } = JSON.parse(process.argv.at(-1));
const linter = new ESLint({
  cwd: schema.slice(0, schema.lastIndexOf("/")),
  overrideConfigFile: true,
  overrideConfig: [
    {
      files: ["**/*.graphql"],
      languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema } } },
      plugins: { "@graphql-eslint": graphql },
      rules: {
        "@graphql-eslint/relay-arguments": ["error", { includeBoth: true }],
        "@graphql-eslint/relay-connection-types": "error",
        // Lists may be of nodes too: `nodes` is a shorter way to what `edges` have.
        "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
        "@graphql-eslint/relay-page-info": "error",
      },
    },
  ],
});
const results = await linter.lintFiles([schema]);
const complaints = results.flatMap(({ messages }) => messages.map(({ message }) => message));
console.log(JSON.stringify({ files: results.length, complaints }));
