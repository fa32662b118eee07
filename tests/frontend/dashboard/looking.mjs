// Sales and lists: what is shown is what the graph says, filters are part of the address.
import { given, ids, leave, print, rows, settled, visit } from "./visit.mjs";

const page = await visit("#/sales?period=last+month");
const amounts = (place) =>
  place.locator("data").evaluateAll((all) => all.map(({ value }) => value));
await page.locator(".cards").waitFor();
print({ cards: await amounts(page.locator(".cards")) });
const table = page.getByRole("region", { name: "Sales by period" });
print({ days: await table.locator("tbody tr").count() });
await page.getByRole("radio", { name: "Month" }).check();
await page.getByText("Sales by month").waitFor();
print({ months: await table.locator("tbody th").allInnerTexts(), asked: new URL(page.url()).hash });
await page.goBack();
await page.getByText("Sales by day").waitFor();
print({ back: new URL(page.url()).hash });

await page.getByRole("link", { name: "Invoices" }).click();
await rows(page).first().waitFor();
while ((await rows(page).count()) < 200) {
  await page.mouse.wheel(0, 1_500);
  await page.waitForTimeout(50);
}
print({ ids: (await ids(page)).slice(0, 200) });

await page.evaluate(() => scrollTo(0, 0));
await page.getByRole("checkbox", { name: "Refunded" }).check();
await page.getByRole("checkbox", { name: "sber-main" }).check();
await page.getByLabel("Amount from").fill("1 500,45");
await page.getByLabel("Amount from").press("Enter");
await settled(page);
print({ filtered: await ids(page), asked: new URL(page.url()).hash });
await page.goBack();
await settled(page);
print({ before: (await ids(page)).length, asked: new URL(page.url()).hash });
await page.getByLabel("Amount from").fill("many");
await page.getByLabel("Amount from").press("Enter");
print({ wrong: await page.locator("input:invalid").count() });

const other = await visit("#/payments?period=7+days&status=PAID");
await settled(other);
print({ payments: await ids(other) });
await other.goto(`${given.url}#/sales?period=2020-01-01..2020-01-05`);
await other.getByText("No sales in this period.").waitFor();
print({ empty: await other.locator(".cards, .chart, table").count() });
await other.goto(`${given.url}#/invoices?least=1000000000000`);
await settled(other);
print({ none: await other.locator(".end").innerText() });
await leave();
