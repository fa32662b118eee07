// Errors of single values are told by field, however many rows have them.
import "./browser";

import assert from "node:assert/strict";
import { test } from "node:test";

import { flaws } from "../../../pages/dashboard/listing/flaws";

test("rows with the same error are counted, others told apart", () => {
  const at = (row: number, ...rest: string[]) => ["invoices", "nodes", row, ...rest];
  const errors = [
    { message: "Not a decimal.", path: at(1, "total") },
    { message: "Not a decimal.", path: at(7, "total") },
    { message: "Not a moment.", path: at(7, "createdAt") },
    { message: "Too costly." },
  ];
  assert.deepEqual(flaws(errors), [
    { field: "total", message: "Not a decimal.", rows: 2 },
    { field: "createdAt", message: "Not a moment.", rows: 1 },
    { field: "answer", message: "Too costly.", rows: 0 },
  ]);
});

test("no errors, no flaws", () => {
  assert.deepEqual(flaws([]), []);
});
