// Turns the project's documentation into pages without scripts: README.md is /docs/index.html, and
// every other file keeps its place, so that links between them hold.
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";

import { Marked } from "marked";

const ROOT = "..";

/** Writes the pages into a folder. */
export async function buildDocs(folder) {
  const files = [...(await written(".", false)), ...(await written("docs", true))];
  for (const file of files) {
    const text = await readFile(join(ROOT, file), "utf8");
    const pictures = [];
    const html = page(file, rendered(text, file, new Set(files), pictures));
    await write(join(folder, address(file)), html);
    for (const picture of pictures) await copy(picture, folder);
  }
}

/** The Markdown files of a folder, from the root of the project. */
async function written(folder, recursive) {
  const names = await readdir(join(ROOT, folder), { recursive });
  return names.filter((name) => name.endsWith(".md")).map((name) => posix.join(folder, name));
}

function rendered(text, file, files, pictures) {
  const target = (path) => posix.join(posix.dirname(file), path);
  const renderer = {
    heading({ depth, text: title, tokens }) {
      return `<h${depth} id="${anchor(title)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    link({ href, tokens }) {
      const words = this.parser.parseInline(tokens);
      if (/^https?:/.test(href)) return `<a href="${href}" rel="noreferrer">${words}</a>`;
      const [path, place] = href.split("#");
      const found = path ? target(path) : file;
      if (!files.has(found)) return words; // code, which is not here
      const page = posix.relative(posix.dirname(file), address(found));
      return `<a href="${page}${place ? `#${place}` : ""}">${words}</a>`;
    },
    image({ href, text: words }) {
      pictures.push(target(href));
      return `<img src="${href}" alt="${words}">`;
    },
  };
  return new Marked({ renderer }).parse(text);
}

/** What a link to a heading names, as GitHub makes it. */
function anchor(title) {
  const words = title.replaceAll(/[`*]|\]\([^)]*\)|\[/g, "").replaceAll(/[^\p{L}\p{N}_\- ]/gu, "");
  return words.trim().toLowerCase().replaceAll(" ", "-");
}

function address(file) {
  return file === "README.md" ? "index.html" : file.replace(/md$/, "html");
}

function page(file, body) {
  const up = "../".repeat(file.split("/").length - 1);
  const [, title = "Pacioli"] = /<h1[^>]*>(.*?)<\/h1>/.exec(body) ?? [];
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${up}docs.css">
  </head>
  <body>
    <main>${body}</main>
  </body>
</html>
`;
}

async function write(path, text) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

async function copy(picture, folder) {
  await mkdir(dirname(join(folder, picture)), { recursive: true });
  await copyFile(join(ROOT, picture), join(folder, picture));
}
