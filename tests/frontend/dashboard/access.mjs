// What axe finds, and whether anything is wider than the window: every view, both schemes, both sizes.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { control, DESKTOP, given, leave, PHONE, print, rows, visit } from "./visit.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOWN = {
  sales: ["#/sales?period=last+month", ".cards"],
  invoices: ["#/invoices", "[data-row]"],
  payments: ["#/payments?period=2026-10-01..2026-11-15", "[data-row]"],
  exports: ["#/exports", "[data-row]"],
  sources: ["#/sources", ".card"],
};

async function examined(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  const found = serious.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html)}`);
  print({ name, found, wide });
}

for (const colorScheme of ["light", "dark"]) {
  for (const [size, options] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    for (const [view, [hash, sign]] of Object.entries(SHOWN)) {
      const page = await visit(hash, { ...options, colorScheme });
      await page.locator(sign).first().waitFor();
      const name = `${view}-${size}-${colorScheme}`;
      await page.screenshot({ path: `${given.pictures}/${name}.png` });
      await examined(page, name);
      await page.context().close();
    }
    const page = await visit("#/invoices?source=sber-main&status=PAID", { ...options, colorScheme });
    await rows(page).nth(2).locator("a").click();
    await page.getByText("Payment info").waitFor();
    await page.screenshot({ path: `${given.pictures}/invoice-${size}-${colorScheme}.png` });
    await examined(page, `invoice-${size}-${colorScheme}`);
    await page.context().close();
  }
}
await control("PUT", "/faults/yume", { status: 503 });
const page = await visit("#/invoices?period=7+days", PHONE);
await page.getByRole("button", { name: "Ask again for what is missing" }).waitFor();
await page.locator(".filters summary").click();
await examined(page, "partial");
await leave();
