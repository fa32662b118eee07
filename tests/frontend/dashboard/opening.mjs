// The open row, by keyboard alone: its provider's fields, what is linked, the record as received.
import { leave, print, rows, visit } from "./visit.mjs";

const page = await visit("#/payments?status=PAID&source=goed-payments");
await rows(page).first().waitFor();

/** Presses Tab until the focus is on what is sought. */
async function tabTo(selector) {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((sought) => document.activeElement.matches(sought), selector))
      return presses;
  }
  throw new Error(`Tab does not lead to ${selector}`);
}

await tabTo(".skip");
await page.keyboard.press("Enter");
print({ skipped: await page.evaluate(() => document.activeElement.id) });
await tabTo(".pills input");
await page.keyboard.press("Space");
await page.waitForURL(/status=PAID%2CPENDING/);
await page.keyboard.press("Space");
await rows(page).first().waitFor();
await tabTo("[data-row] a");
const opened = await page.evaluate(() => document.activeElement.textContent);
await page.keyboard.press("Enter");
const drawer = page.getByRole("dialog", { name: "Payment" });
await drawer.getByText("Company name").waitFor();
print({ focused: await drawer.evaluate((dialog) => dialog.contains(document.activeElement)) });
await tabTo(".raw summary");
await page.keyboard.press("Enter");
await drawer.locator("pre").waitFor();
print({
  raw: Object.keys(JSON.parse(await drawer.locator("pre").innerText())).includes("paymentId"),
});
await page.keyboard.press("Escape");
await drawer.waitFor({ state: "detached" });
print({ returned: opened === (await page.evaluate(() => document.activeElement.textContent)) });

await page.getByRole("checkbox", { name: "sber-main" }).check();
await page.getByRole("checkbox", { name: "goed-payments" }).uncheck();
await page.waitForURL(/source=sber-main$/);
await rows(page).first().locator("a").click();
await drawer.locator(".links a").click();
const invoice = page.getByRole("dialog", { name: "Invoice" });
await invoice.getByText("Org name").waitFor();
print({
  linked: await invoice.locator(".links a").count(),
  address: new URL(page.url()).hash.split("?")[0],
});
await leave();
