// What people see on a narrow screen: nothing is wider than it, overlaps, or is cut that may not be.
import { given, leave, print, visit, wider } from "./visit.mjs";

const VIEWS = ["sales", "invoices", "payments", "exports", "sources"];
const options = {
  viewport: { width: given.width, height: 640 },
  isMobile: given.width < 700,
  locale: "en-US",
};

for (const view of VIEWS) {
  const page = await visit(`#/${view}`, options);
  await page.locator(".cards, [data-row], .accounts").first().waitFor();
  print({ view, wide: await wider(page) });
  await page.screenshot({ path: `${given.pictures}/${view}-${given.width}.png` });
  await page.context().close();
}
await leave();
