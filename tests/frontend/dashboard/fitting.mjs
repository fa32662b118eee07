// What people see on any screen: nothing is wider than it, overlaps, or is cut that may not be.
import { given, leave, print, visit, wider } from "./visit.mjs";

const VIEWS = ["sales", "invoices", "payments", "exports", "sources"];
const options = {
  viewport: { width: given.width, height: 640 },
  isMobile: given.width < 700,
  locale: "en-US",
};

/** Elements whose contents reach out of them. */
const burst = (page, selector) =>
  page.locator(selector).evaluateAll((all) =>
    all
      .filter((each) => {
        const { right } = each.getBoundingClientRect();
        const within = [...each.children].map((child) => child.getBoundingClientRect().right);
        return each.scrollWidth > each.clientWidth || Math.max(0, ...within) > right;
      })
      .map(({ textContent }) => textContent),
  );

const KEPT = "[data-row] > :is(.state, .live, .time, .amount)";
const cut = (page) =>
  page
    .locator(KEPT)
    .evaluateAll((all) =>
      all
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .map(({ textContent }) => textContent),
    );

/** What is in the reader's language and takes part in the order of what is around it. */
const torn = (page) =>
  page
    .locator("data, time")
    .evaluateAll((all) =>
      all
        .filter((each) => getComputedStyle(each).unicodeBidi !== "isolate")
        .map(({ textContent }) => textContent),
    );

for (const view of VIEWS) {
  const page = await visit(`#/${view}`, options);
  await page.locator(".cards, [data-row], .accounts").first().waitFor();
  print({
    view,
    wide: await wider(page),
    burst: await burst(page, ".card"),
    cut: await cut(page),
    torn: await torn(page),
  });
  await page.screenshot({ path: `${given.pictures}/${view}-${given.width}.png` });
  await page.context().close();
}
await leave();
