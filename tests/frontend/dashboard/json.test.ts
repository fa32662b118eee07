// What a provider sent is shown as it was sent, to the last digit.
import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { parsed, written } from "../../../pages/dashboard/graph/json";

test("numbers keep the digits that a float has not", () => {
  for (const digits of ["9007199254740993", "0.10", "1.0", "1e400", "-12345678901234567890.50"]) {
    assert.equal(written(parsed(digits)), digits);
    const text = `{\n  "a": [\n    ${digits},\n    "${digits} \\"0.10\\""\n  ]\n}`;
    assert.equal(written(parsed(text)), text);
  }
});

test("any JSON is read as JSON.parse reads it", () => {
  const law = fc.property(fc.json(), (text) => {
    assert.equal(written(parsed(text)), JSON.stringify(JSON.parse(text), null, 2));
  });
  fc.assert(law);
});

test("numbers are numbers, text is text", () => {
  assert.deepEqual(parsed('{"checks": 12, "amount": "0.10", "rate": 0.5}'), {
    checks: 12,
    amount: "0.10",
    rate: 0.5,
  });
});

test("what is no JSON is refused", () => {
  for (const wrong of ["", "<html>", "{1: 2}", "[1.0,]"])
    assert.throws(() => parsed(wrong), SyntaxError);
});
