// The graph's names, in words.
import assert from "node:assert/strict";
import { test } from "node:test";

import { listed, phrase, title } from "../../../pages/dashboard/format/words";

test("names become words", () => {
  assert.equal(phrase("WAITING_FOR_FEEDBACK"), "Waiting for feedback");
  assert.equal(title("paymentWayCode"), "Payment way code");
  assert.equal(title("RevenueByPeriodsCSV"), "Revenue by periods csv");
  assert.equal(listed(["a", "b", "c"]), "a, b, and c");
});
