// What the figures lack is said, and what is shown is what was sent.
import { answering, connection, invoice, money, outcome } from "./answering.mjs";
import { leave, print, visit } from "./visit.mjs";

const page = await visit("#/sources");

const totals = (amount) => ({
  cash: money(amount),
  ecash: null,
  prepaid: null,
  credit: null,
  provision: null,
  total: money(amount),
});
const sales = (id, start, amount) => ({
  id,
  start,
  end: start,
  source: { name: id },
  checks: 1,
  income: totals(amount),
  incomeReturn: null,
});
const summary = (amount) => [
  {
    currency: "RUB",
    dateFrom: null,
    dateTo: null,
    checks: 2,
    income: totals(amount),
    incomeReturn: null,
    incomeAverage: null,
  },
];
const payment = { ...invoice("P1"), invoiceNumber: null, gross: money("5.00") };
let isDown = true;
await answering(page, {
  Sales({ after }) {
    const two = outcome("two", isDown && after === null ? "FAILED" : "OK");
    const sources = [outcome("one"), two];
    const nodes =
      after === null
        ? [
            sales("one", "2026-11-02", "1.00"),
            ...(isDown ? [] : [sales("two", "2026-11-01", "2.00")]),
          ]
        : isDown
          ? [sales("two", "2026-11-01", "2.00")]
          : [];
    const found = connection(nodes, sources, after === null ? "more" : null);
    if (after === null) found.summary = summary(isDown ? "1.00" : "3.00");
    return { data: { salesAggregates: found } };
  },
  Invoices: () => ({
    data: { invoices: connection([invoice("I1", { total: null })], [outcome("one")]) },
    errors: [{ message: "This is no amount.", path: ["invoices", "nodes", 0, "total"] }],
  }),
  Payments: () => ({ data: { payments: connection([payment], [outcome("one")]) } }),
  Payment: () => ({
    data: {
      payment: {
        ...payment,
        providerStatus: "PAID",
        invoice: null,
        details: { __typename: "GoedgeplaatstPayment", userId: "7", user: null },
      },
    },
    errors: [{ message: "No answer in time.", path: ["payment", "invoice"] }],
  }),
  Invoice: () => ({
    data: {
      invoice: {
        ...invoice("I1", { description: "2026-13-45", number: "2026-11-05" }),
        providerStatus: "2026-11-05T10:00:00Z",
        captured: null,
        refunded: null,
        payments: { nodes: [], sources: [outcome("one")] },
        details: {
          __typename: "YumeInvoice",
          capturedAt: "2026-11-05T10:00:00Z",
          tenantId: "2026-11-05",
          items: [{ integration: { extra: { amount: 5, currency: "RUB" } }, price: money("7.50") }],
        },
      },
    },
  }),
  Raw: () => ({
    body: '{"data": {"node": {"raw": {"id": 9007199254740993, "sum": 0.10, "text": "0.10"}}}}',
  }),
});

await page.getByRole("link", { name: "Sales" }).click();
const notice = page.locator(".notice");
await notice.waitFor();
const card = page.locator(".cards data").first();
const starts = () => page.locator(".wide:not(.kinds) tbody th").allInnerTexts();
print({
  said: await notice.innerText(),
  income: await card.getAttribute("value"),
  starts: await starts(),
});
isDown = false;
await page.getByRole("button", { name: "Ask again for what is missing" }).click();
await notice.waitFor({ state: "detached" });
await card.waitFor();
print({ whole: await card.getAttribute("value") });
isDown = true;
await page.getByRole("button", { name: "Refresh" }).click();
await notice.waitFor();
print({ refreshed: await card.getAttribute("value") });

await page.getByRole("link", { name: "Invoices" }).click();
await page.locator("[data-row]").waitFor(); // of this page, as the notice then is
print({ flaws: await notice.innerText() });
await page.locator("[data-row] a").click();
const drawer = page.getByRole("dialog");
await drawer.getByText("Captured at").waitFor();
const field = async (name) =>
  drawer
    .locator("dl > div", { has: page.getByText(name, { exact: true }) })
    .last()
    .locator("dd")
    .innerText();
const shown = {};
for (const name of [
  "Description",
  "Number",
  "Provider status",
  "Tenant ID",
  "Captured at",
  "Extra",
  "Price",
])
  shown[name] = await field(name);
print({ shown });
await drawer.locator(".raw summary").click();
print({ raw: await drawer.locator(".raw pre").innerText() });
await page.keyboard.press("Escape");
await drawer.waitFor({ state: "detached" });
await page.getByRole("link", { name: "Payments" }).click();
await page.locator("[data-row] a").click();
await drawer.getByText("User id").waitFor();
print({ unread: await drawer.locator("h3:has-text('Invoice') + p").innerText() });
await leave();
