// What axe finds, and whether anything is wider than the window: every view.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { control, DESKTOP, given, leave, PHONE, print, rows, visit, wider } from "./visit.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOWN = {
  sales: ["#/sales?period=last+month", ".cards"],
  invoices: ["#/invoices?period=7+days", "[data-row]"],
  payments: ["#/payments?period=2026-11-07..2026-11-15", "[data-row]"],
  exports: ["#/exports?period=7+days", "[data-row]"],
  sources: ["#/sources", ".card"],
};

async function examined(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  const wide = await wider(page);
  const found = serious.map(
    ({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html)}`,
  );
  print({ name, found, wide });
}

const options = { ...{ desktop: DESKTOP, phone: PHONE }[given.size], colorScheme: given.scheme };

async function seen(name, page) {
  await page.screenshot({ path: `${given.pictures}/${name}-${given.size}-${given.scheme}.png` });
  await examined(page, name);
  await page.context().close();
}

for (const [view, [hash, sign]] of Object.entries(SHOWN)) {
  const page = await visit(hash, options);
  await page.locator(sign).first().waitFor();
  await seen(view, page);
}

const open = await visit("#/invoices?source=sber-main&status=PAID&period=7+days", options);
await rows(open).nth(2).locator("a").click();
await open.getByText("Payment info").waitFor();
await seen("invoice", open);

await control("PUT", "/faults/yume", { status: 503 });
const partial = await visit("#/invoices?period=7+days", options);
await partial.getByRole("button", { name: "Ask again for what is missing" }).waitFor();
await partial.locator(".filters").evaluate((filters) => filters.setAttribute("open", ""));
await seen("partial", partial);
await leave();
