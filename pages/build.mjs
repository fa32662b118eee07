// Bundles the pages into server/static, which the server serves as it is.
import { readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";

import { buildDocs } from "./docs/docs.mjs";

const outdir = "../server/static";
const usual = {
  outdir,
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "assets/[name]-[hash]",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "linked",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
};

await rm(outdir, { recursive: true, force: true });
await build({
  ...usual,
  entryPoints: {
    graphiql: "graphiql/graphiql.jsx",
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
  },
  splitting: true,
  jsx: "automatic",
  loader: { ".graphql": "text", ".ttf": "file" },
});

await build({ ...usual, entryPoints: ["docs/docs.css"], outdir: `${outdir}/docs` });
await buildDocs(`${outdir}/docs`);

const { metafile } = await build({
  ...usual,
  entryPoints: ["dashboard/main.tsx", "dashboard/icon.svg"],
  entryNames: "dashboard/[name]-[hash]",
  loader: { ".svg": "copy" },
  metafile: true,
});
const page = await readFile("dashboard/index.html", "utf8");
await writeFile(
  `${outdir}/dashboard.html`,
  page.replaceAll(/\{\{(\w+)\}\}/g, (_, kind) => file(kind)),
);

/** The bundled file of this kind, by the name with its hash. */
function file(kind) {
  const names = Object.keys(metafile.outputs).map((path) => path.slice(outdir.length + 1));
  return names.find((name) => name.endsWith(`.${kind}`));
}
