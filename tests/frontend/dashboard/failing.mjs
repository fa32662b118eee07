// A source goes down and comes back: the others stay, it is named, its rows come.
import { control, ids, leave, print, rows, settled, visit } from "./visit.mjs";

const down = (provider) => control("PUT", `/faults/${provider}`, { status: 503 });
const up = (provider) => control("DELETE", `/faults/${provider}`);

await down("yume");
const page = await visit("#/invoices?period=7+days");
await settled(page);
const notice = page.locator(".notice");
print({ without: await ids(page), said: await notice.innerText() });
await page.getByRole("link", { name: /^Sources/ }).click();
const account = page.locator(".card", { hasText: "yume-rental" });
await account.getByText("Unavailable", { exact: true }).waitFor();
print({ account: await account.locator("code").allInnerTexts() });
print({ unwell: await page.locator(".count").innerText() });
await page.goBack();
await settled(page);

await down("smartpay");
await page.getByRole("button", { name: "Refresh" }).click();
const failure = page.locator(".notice.error");
await failure.waitFor();
print({ failure: await failure.innerText() });
await up("smartpay");
await failure.getByRole("button", { name: "Try again" }).click();
await rows(page).first().waitFor();
await settled(page);

await up("yume");
const again = page.getByRole("button", { name: "Ask again for what is missing" });
await again.click();
await again.waitFor({ state: "detached" });
print({ within: await ids(page), recalled: await page.locator(".notice").allInnerTexts() });

await down("yandex_ofd");
await page.getByRole("link", { name: "Sales" }).click();
await failure.waitFor();
print({ sales: await failure.innerText() });
await up("yandex_ofd");
await failure.getByRole("button", { name: "Try again" }).click();
await page.locator(".cards").waitFor();
print({ recovered: await page.locator(".cards li").count() });
await leave();
