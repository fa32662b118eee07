// Uses GraphiQL as a person does, in Chromium. Prints what it saw, a JSON value a line, and keeps
// pictures of it.
import { Browsing } from "./browsing.mjs";

const { url, browser: executablePath, exportId, move, pictures } = JSON.parse(process.argv.at(-1));
const print = (seen) => console.log(JSON.stringify(seen));

const browsing = await Browsing.started(executablePath, url);

async function opened(colorScheme) {
  const page = await browsing.page({ colorScheme, viewport: { width: 1400, height: 900 } });
  await page.goto(url);
  await shows(page.locator(".graphiql-query-editor"), "NewestInvoices");
  return page;
}

// Monaco writes its spaces as others than those of the keyboard.
async function shows(place, text) {
  await place.filter({ hasText: text }).first().waitFor();
}

const answer = (page) => page.locator(".graphiql-response");
const run = (page) => page.getByRole("button", { name: /Execute query/ }).click();
const tab = (page, name) => page.getByRole("tab", { name, exact: true }).click();
const picture = (page, name) => page.screenshot({ path: `${pictures}/${name}.png` });

async function write(page, place, text) {
  await place.click();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
}

const page = await opened("light");
print({ tabs: await page.getByRole("tab").allInnerTexts() });

await run(page);
await shows(answer(page), "createdAt");
await picture(page, "answer");

await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
await page.getByRole("link", { name: "Query", exact: true }).click();
await shows(page.locator(".graphiql-plugin"), "Everything that can be asked.");
await picture(page, "documentation");
await page.getByRole("button", { name: "Show GraphiQL Explorer" }).click();
await shows(page.locator(".graphiql-plugin"), "exportTasks");
await picture(page, "explorer");
await page.getByRole("button", { name: "Hide GraphiQL Explorer" }).click();
print({ shown: ["answer", "documentation", "explorer"] });

await tab(page, "WatchExport");
await shows(page.locator(".graphiql-query-editor"), "subscription");
const variables = page.locator(".graphiql-editor-tool .graphiql-editor").first();
await write(page, variables, JSON.stringify({ id: exportId }));
await run(page);
for (const [progress, following] of move) {
  await shows(answer(page), `"progress": ${progress}`.replaceAll(" ", "\u00a0"));
  print({ progress });
  if (following) {
    const [address, fields] = following;
    const headers = { "Content-Type": "application/json" };
    await fetch(address, { method: "PATCH", headers, body: JSON.stringify(fields) });
  }
}
await picture(page, "subscription");

const dark = await opened("dark");
await picture(dark, "dark");
print({ complaints: browsing.complaints, elsewhere: browsing.elsewhere });
await browsing.close();
