// A connection that was lost is tried again soon, and at once when the network is back.
import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { reconnecting } from "../../../pages/dashboard/graph/retries";

const network = new EventTarget();
Object.assign(globalThis, {
  addEventListener: network.addEventListener.bind(network),
  removeEventListener: network.removeEventListener.bind(network),
});

test("no wait is longer than ten seconds, however often it failed", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  for (const retries of [0, 3, 10, 1_000]) {
    let isOver = false;
    const waited = reconnecting(retries).then(() => (isOver = true));
    mock.timers.tick(400);
    await Promise.resolve();
    assert.ok(!isOver);
    mock.timers.tick(9_600);
    await waited;
  }
  mock.timers.reset();
});

test("the network is back: it does not wait", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const waited = reconnecting(1_000);
  network.dispatchEvent(new Event("online"));
  await waited;
  mock.timers.reset();
});
