// Types the operations that GraphiQL offers, and compiles a program that uses the types.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { generate } from "@graphql-codegen/cli";

const { schema, documents, folder } = JSON.parse(process.argv.at(-1));

const config = {
  schema,
  documents,
  silent: true,
  generates: {
    "graph.ts": {
      plugins: ["typescript-operations"],
      config: {
        strictScalars: true,
        scalars: { Date: "string", DateTime: "string", Decimal: "string", JSON: "unknown" },
      },
    },
  },
};

const [{ content }] = await generate(config, false);
await writeFile(`${folder}/graph.ts`, content);
const compiler = new URL("../../node_modules/typescript/bin/tsc", import.meta.url).pathname;

async function complaints(program) {
  const source = await readFile(new URL(program, import.meta.url), "utf8");
  await writeFile(`${folder}/${program}`, source);
  const options = ["--strict", "--noEmit", "--target", "es2022", "--module", "esnext"];
  const resolution = ["--moduleResolution", "bundler"];
  try {
    const file = `${folder}/${program}`;
    await promisify(execFile)(process.execPath, [compiler, ...options, ...resolution, file]);
    return [];
  } catch ({ stdout }) {
    return stdout.trim().split("\n");
  }
}

console.log(JSON.stringify({ right: await complaints("right.ts"), wrong: await complaints("wrong.ts") }));
