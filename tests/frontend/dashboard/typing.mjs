// Filters are typed: amounts as the reader's language writes them, days digit by digit.
import { answering, connection, invoice, outcome } from "./answering.mjs";
import { DESKTOP, leave, print, visit } from "./visit.mjs";

const found = () => ({ data: { invoices: connection([invoice("I1")], [outcome("one")]) } });
const chosen = (page) =>
  Object.fromEntries(new URLSearchParams(new URL(page.url()).hash.split("?")[1]));

const page = await visit("#/sources", { ...DESKTOP, locale: "de-DE" });
await answering(page, { Invoices: found });
await page.getByRole("link", { name: "Invoices" }).click();
const amount = page.getByLabel("Amount from");
await amount.fill("1.500");
await amount.press("Enter");
await page.waitForURL(/least=1500$/);
await amount.fill("1,500");
await amount.press("Enter");
print({
  unclear: await amount.evaluate((input) => input.validationMessage),
  kept: chosen(page).least,
});
await amount.fill("1500,5");
await amount.press("Enter");
await page.waitForURL(/least=1500.5$/);
print({ shown: await amount.inputValue() });
await page.context().close();

const days = await visit("#/sources");
await answering(days, { Invoices: found });
await days.evaluate(() => (location.hash = "#/invoices?period=2026-11-01..2026-11-10"));
const first = days.getByLabel("From", { exact: true });
await first.focus();
const periods = [];
for (const key of "05052025") {
  await days.keyboard.press(key);
  periods.push(chosen(days).period);
}
print({ typing: [...new Set(periods)] });
await days.keyboard.press("Enter");
await days.waitForURL(/2025-05-05/);
print({ typed: chosen(days).period });
await first.fill("2026-12-24");
const last = days.getByLabel("To", { exact: true });
await last.focus();
print({ later: await days.locator(".filters .notice").innerText(), period: chosen(days).period });
await last.fill("2026-12-31");
await last.press("Enter");
await days.waitForURL(/2026-12-24\.\.2026-12-31/);
print({ moved: await days.locator(".filters .notice").count() });
await days.evaluate(() => (location.hash = "#/invoices?period=2026-02-30..2026-13-45"));
print({ impossible: await days.locator(".filters .notice").innerText() });
await leave();
