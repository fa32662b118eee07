// Old links, a day that ends, a server that is away for a moment: what the reader is left with.
import { answering, connection, invoice, outcome } from "./answering.mjs";
import { given, leave, print, visit } from "./visit.mjs";

const chosen = (page) => new URL(page.url()).hash;
const asked = [];
let isAway = false;
const away = { data: null, errors: [{ message: "Not now.", extensions: { code: "BUSY" } }] };
const account = {
  id: "1",
  name: "one",
  provider: "YUME",
  state: "HEALTHY",
  lastSuccessAt: null,
  lastError: null,
};
const named = { sources: [outcome("one"), outcome("two")] };

const page = await visit("#/sources");
await answering(page, {
  Sources: () =>
    isAway
      ? away
      : {
          data: {
            sources: [account],
            invoices: named,
            payments: named,
            exports: named,
            sales: named,
          },
        },
  Invoice: () => ({ data: { invoice: null } }),
  Invoices({ filter }) {
    asked.push(filter);
    if (filter.sources?.includes("gone"))
      return { data: { invoices: null }, errors: [{ message: "There is no source gone." }] };
    return { data: { invoices: connection([invoice("I1")], [outcome("one")]) } };
  },
});
await page.reload();
await page.locator(".card").waitFor();
isAway = true;
await page.locator(".notice.error").waitFor();
print({
  kept: await page.locator(".card h2").innerText(),
  why: await page.locator(".notice").innerText(),
});
isAway = false;

const go = (hash) => page.evaluate((to) => (location.hash = to), hash);
await go("#/invoices?source=gone");
await page.locator(".notice.error").waitFor();
print({ gone: await page.getByRole("checkbox", { name: "gone" }).isChecked() });
await page.getByRole("link", { name: "Clear filters" }).click();
await page.locator("[data-row]").waitFor();
print({ cleared: chosen(page) });
await go("#/invoices?least=abc&period=someday");
await page.locator(".filters .notice").nth(1).waitFor();
print({ unclear: await page.locator(".filters .notice").allInnerTexts() });

await go("#/invoices?period=today");
await page.locator("[data-row]").waitFor();
await page.clock.setFixedTime(new Date(Date.parse(given.now) + 86_400_000));
const before = asked.at(-1).createdFrom;
await page.getByRole("button", { name: "Refresh" }).click();
await page.locator("[data-row]").waitFor();
print({ day: (Date.parse(asked.at(-1).createdFrom) - Date.parse(before)) / 3_600_000 });

const live = await visit("#/sources");
await page.clock.setFixedTime(new Date(Date.parse(given.now) + 2 * 86_400_000));
const lists = asked.length;
await page.locator("[data-row] a").click();
await page.getByRole("dialog").waitFor();
await page.keyboard.press("Escape");
await page.getByRole("dialog").waitFor({ state: "detached" });
print({ reread: asked.length - lists });
await page.getByLabel("Period").selectOption("7 days");
await page.waitForURL(/7\+days/);
await page.locator("[data-row]").waitFor();
print({
  next: (Date.parse(asked.at(-1).createdTo) - Date.parse(asked.at(-2).createdTo)) / 3_600_000,
});

const sockets = [];
let told;
const heard = new Promise((resolve) => (told = resolve));
await live.routeWebSocket("**/graphql", (opened) => {
  sockets.push(opened);
  const server = opened.connectToServer();
  server.onMessage((message) => {
    opened.send(message);
    if (message.includes(given.exportId)) told();
  });
});
await live.reload();
await live.getByRole("link", { name: "Exports" }).click();
const task = live.locator(`[data-row="${given.exportId}"]`);
await task.getByText("11 %").waitFor();
await heard;
await sockets[0].close({ code: 1012, reason: "restart" });
await task.getByText("may be old").waitFor();
await task.getByText("may be old").waitFor({ state: "detached" });
print({ again: sockets.length > 1 });
await leave();
