// Runs the tests of the pages' logic with node's own runner. Prints a JSON value a test.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "node:test";

import { build } from "esbuild";

process.env.LC_ALL = "en_GB.UTF-8"; // what the tests read is in English
const tests = (await readdir("dashboard")).filter((name) => name.endsWith(".test.ts"));
const outdir = await mkdtemp(join(tmpdir(), "pages-"));
await build({
  entryPoints: tests.map((name) => join("dashboard", name)),
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
});

const files = tests.map((name) => join(outdir, name.replace(/ts$/, "mjs")));
const shown = ({ name, details }, passed) => {
  if (files.includes(name)) return;
  const why = passed ? {} : { why: String(details.error.cause ?? details.error) };
  console.log(JSON.stringify({ test: name, passed, ...why }));
};
for await (const { type, data } of run({ files, concurrency: true })) {
  if (type === "test:pass") shown(data, true);
  if (type === "test:fail") shown(data, false);
}
await rm(outdir, { recursive: true });
