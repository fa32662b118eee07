// Bundles the pages into server/static. A further page is a further entry.
import { rm } from "node:fs/promises";
import { build } from "esbuild";

const outdir = "../server/static";

await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: {
    graphiql: "src/graphiql.jsx",
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
  },
  outdir,
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "assets/[name]-[hash]",
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  loader: { ".graphql": "text", ".ttf": "file" },
  legalComments: "linked",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
});
