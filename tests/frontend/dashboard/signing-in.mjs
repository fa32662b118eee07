// Where the server asks who it is: a token is pasted, used for HTTP and WebSocket, and kept nowhere.
import { given, leave, print, rows, visit } from "./visit.mjs";

const page = await visit("#/exports");
const token = page.getByLabel("Token or API key");
await token.fill("ключ");
await page.getByRole("button", { name: "Sign in" }).click();
await page.getByText("This is no token").waitFor();
print({ focused: await token.evaluate((input) => input === document.activeElement) });
await token.fill(`Bearer ${given.key}`);
await token.press("Enter");
await rows(page).first().waitFor();
const task = page.locator(`[data-row="${given.exportId}"]`);
await task.getByText("11 %").waitFor();
const headers = { "Content-Type": "application/json" };
await fetch(given.address, {
  method: "PATCH",
  headers,
  body: JSON.stringify({ status: "InProgress", progress: 64 }),
});
await task.getByText("64 %").waitFor();
print({ live: true });

await page.getByRole("link", { name: "Invoices" }).click();
await page.getByRole("checkbox", { name: "Paid" }).check();
await rows(page).first().locator("a").click();
await page.getByText(/^Not shown/).click();
print({ withheld: (await page.locator(".withheld dt").allInnerTexts()).sort() });
await page.locator(".raw summary").click();
await page.locator(".raw .notice").waitFor();
print({ raw: await page.locator(".raw code").innerText() });
await page.keyboard.press("Escape");
const kept = () =>
  JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]);
print({ kept: (await page.evaluate(kept)).includes(given.key) });
await page.getByRole("button", { name: "Sign out" }).click();
await token.waitFor();
print({ refocused: await token.evaluate((input) => input === document.activeElement) });
await page.reload();
await token.waitFor();
print({ forgotten: true });
await leave();
