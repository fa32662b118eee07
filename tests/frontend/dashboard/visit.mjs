// How the scenarios visit the dashboard: on the day at which the sandbox stands still.
import { Browsing } from "../browsing.mjs";

export const given = JSON.parse(process.argv.at(-1));
const browsing = await Browsing.started(given.browser, given.url);

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = { viewport: { width: 375, height: 740 }, isMobile: true, hasTouch: true };
const READER = { locale: "en-GB", timezoneId: "Europe/Amsterdam", reducedMotion: "reduce" };

export const print = (seen) => console.log(JSON.stringify(seen));

export async function visit(hash, options = DESKTOP) {
  const page = await browsing.page({ ...READER, ...options });
  await page.clock.setFixedTime(given.now);
  await page.goto(given.url + hash);
  return page;
}

/** Ends the visit; says what Chromium complained of and who else was asked. */
export async function leave() {
  print({ complaints: browsing.complaints, elsewhere: browsing.elsewhere });
  await browsing.close();
}

export async function control(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  const told = await fetch(given.control + path, { method, headers, body: JSON.stringify(body) });
  if (!told.ok) throw new Error(`${method} ${path}: ${told.status} ${await told.text()}`);
}

export const rows = (page) => page.locator("[data-row]");
export const ids = (page) => rows(page).evaluateAll((all) => all.map((row) => row.dataset.row));

export async function settled(page) {
  await page.getByText(/^That is all|^Nothing matches/).waitFor();
}

/** Whether the page is wider than what it is looked at through. A phone would zoom out, and
    its `innerWidth` grow. */
export async function wider(page) {
  const { width } = page.viewportSize();
  return (await page.evaluate(() => document.documentElement.scrollWidth)) > width;
}
