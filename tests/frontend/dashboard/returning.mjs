// Where the focus and the way back lead after something was closed or asked again.
import { control, given, leave, print, rows, settled, visit } from "./visit.mjs";

const FILTERED = "#/payments?status=PAID&source=sber-main&period=30+days";
const page = await visit("#/sources");
const hash = () => new URL(page.url()).hash;
const focused = () =>
  page.evaluate(() => {
    const { id, className, textContent, tagName } = document.activeElement;
    return tagName === "BODY" ? "body" : id || (tagName === "DIV" ? className : textContent);
  });
const dialog = (name) => page.getByRole("dialog", { name });
const press = async (button) => {
  await button.focus();
  await page.keyboard.press("Enter");
};

await page.evaluate((hash) => (location.hash = hash), FILTERED);
await settled(page);
await page.evaluate(() => {
  const { prototype } = Intl.DateTimeFormat;
  const { get } = Object.getOwnPropertyDescriptor(prototype, "format");
  globalThis.written = 0;
  Object.defineProperty(prototype, "format", {
    get() {
      globalThis.written += 1;
      return get.call(this);
    },
  });
});
const row = rows(page).first().locator("a");
const name = await row.innerText();
await press(row);
await dialog("Payment").locator(".links a").waitFor();
await page.keyboard.press("Escape");
await page.waitForURL(/30\+days$/);
print({ closed: [hash() === FILTERED, (await focused()) === name] });
await press(row);
await press(dialog("Payment").locator(".links a"));
await dialog("Invoice").getByText("Org name").waitFor();
print({ again: (await page.evaluate(() => globalThis.written)) > (await rows(page).count()) });
const kept = await rows(page).count();
await page.keyboard.press("Escape");
await page.waitForURL(/30\+days$/);
print({ linked: [hash() === FILTERED, (await focused()) === name, kept > 0] });
await page.goBack();
print({ back: hash() });
await page.goForward();
await settled(page);

const refresh = page.getByRole("button", { name: "Refresh" });
await press(refresh);
await settled(page);
print({ refreshed: await focused() });

const id = await rows(page).first().getAttribute("data-row");
await page.goto("about:blank");
await page.goto(`${given.url}#/payments?open=${encodeURIComponent(id)}&period=7+days`);
await dialog("Payment").locator(".links a").waitFor();
await page.keyboard.press("Escape");
await dialog("Payment").waitFor({ state: "detached" });
await page.waitForURL(/payments\?period=7\+days$/);
await page.waitForFunction(() => document.activeElement !== document.body);
print({ begun: [hash(), await focused()] });

await control("PUT", "/faults/yume", { status: 503 });
await page.evaluate(() => (location.hash = "#/invoices?period=7+days"));
await settled(page);
await control("DELETE", "/faults/yume");
await press(page.getByRole("button", { name: "Ask again for what is missing" }));
await page.getByText("That is all.").waitFor();
print({ asked: await focused() });
await control("PUT", "/faults/yandex_ofd", { status: 503 });
await page.evaluate(() => (location.hash = "#/sales"));
const again = page.getByRole("button", { name: "Try again" });
await again.waitFor();
await control("DELETE", "/faults/yandex_ofd");
await press(again);
await page.locator(".cards").waitFor();
print({ tried: await focused() });
await leave();
