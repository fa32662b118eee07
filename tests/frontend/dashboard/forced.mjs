// With the reader's own few colours: what was told by a background still is.
import { given, leave, print, visit } from "./visit.mjs";

const forced = { viewport: { width: 1280, height: 800 }, forcedColors: "active" };
const page = await visit("#/exports", forced);
await page.locator("progress").first().waitFor();
const colour = (selector, name) =>
  page
    .locator(selector)
    .evaluateAll(
      (all, name) => [...new Set(all.map((each) => getComputedStyle(each)[name]))],
      name,
    );
const sheet = (await colour("body", "backgroundColor"))[0];
const tabs = await colour("nav a:not([aria-current])", "borderBottomColor");
const present = await colour("nav a[aria-current]", "borderBottomColor");
print({ tabs: tabs.every((each) => each === sheet), present: present.includes(sheet) });
print({ bars: await colour("progress", "borderTopStyle") });
await page.screenshot({ path: `${given.pictures}/exports-forced.png` });
await page.evaluate(() => (location.hash = "#/sales"));
await page.locator(".swatch").first().waitFor();
print({ swatches: (await colour(".swatch", "backgroundColor")).length });
await leave();
