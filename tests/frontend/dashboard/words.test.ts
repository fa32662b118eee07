// The graph's names, in words.
import assert from "node:assert/strict";
import { test } from "node:test";

import { counted, listed, phrase, title } from "../../../pages/dashboard/format/words";

test("names become words", () => {
  assert.equal(phrase("WAITING_FOR_FEEDBACK"), "Waiting for feedback");
  assert.equal(title("paymentWayCode"), "Payment way code");
  assert.equal(title("RevenueByPeriodsCSV"), "Revenue by periods CSV");
  assert.equal(title("orgInn"), "Org INN");
  assert.equal(title("idle"), "Idle");
  assert.equal(counted(1, "field"), "1 field");
  assert.equal(counted(2, "field"), "2 fields");
  assert.equal(listed(["a", "b", "c"]), "a, b, and c");
});
