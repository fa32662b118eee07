// The page at /: its style is applied, and leads to the dashboard.
import { leave, print, visit } from "./visit.mjs";

const page = await visit("");
await page.getByRole("link", { name: "Pacioli" }).click();
await page.getByRole("heading", { name: "Pacioli" }).waitFor();
print({ styled: await page.locator("body").evaluate((body) => getComputedStyle(body).maxWidth) });
await page.getByRole("link", { name: "/dashboard" }).click();
await page.getByRole("heading", { name: "Sales", exact: true }).waitFor();
await leave();
