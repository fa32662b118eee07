// An export task ticks to its end while somebody looks.
import { given, leave, print, visit } from "./visit.mjs";

const page = await visit("#/exports");
const task = page.locator(`[data-row="${given.exportId}"]`);
for (const [progress, next] of given.moves) {
  await task.getByText(`${progress} %`, { exact: true }).waitFor();
  print({
    status: await task.locator(".badge").innerText(),
    bar: await task.locator("progress").getAttribute("value"),
  });
  if (next) {
    const headers = { "Content-Type": "application/json" };
    await fetch(given.address, { method: "PATCH", headers, body: JSON.stringify(next) });
  }
}
await leave();
