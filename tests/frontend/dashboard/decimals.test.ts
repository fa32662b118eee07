// Decimal text is added and read exactly, however large.
import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { fractionDigits, isDecimal, isZero, sum } from "../../../pages/dashboard/format/decimals";
import type { Decimal } from "../../../pages/dashboard/graph/scalars";

const SCALE = 30;

/** A decimal and how many units of 10^-30 it is. */
const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }), fc.nat(SCALE))
  .map(([units, digits]) => {
    const text = (units < 0n ? -units : units).toString().padStart(digits + 1, "0");
    const point = text.length - digits;
    const shown = digits ? `${text.slice(0, point)}.${text.slice(point)}` : text;
    return {
      text: `${units < 0n ? "-" : ""}${shown}` as Decimal,
      units: units * 10n ** BigInt(SCALE - digits),
    };
  });

function unitsOf(decimal: string): bigint {
  const [whole = "", fraction = ""] = decimal.split(".");
  return BigInt(whole + fraction.padEnd(SCALE, "0"));
}

test("a sum is exact", () => {
  const law = fc.property(fc.array(decimals), (terms) => {
    const total = sum(terms.map(({ text }) => text));
    assert.ok(isDecimal(total));
    assert.equal(
      unitsOf(total),
      terms.reduce((before, { units }) => before + units, 0n),
    );
  });
  fc.assert(law);
});

test("a sum keeps the digits that amounts have", () => {
  assert.equal(sum(["0.10", "0.20"]), "0.30");
  assert.equal(sum(["-0.05", "0.04"]), "-0.01");
  assert.equal(sum(["9007199254740993", "0.01"]), "9007199254740993.01");
  assert.equal(sum([]), "0");
});

test("only digits that mean something are counted", () => {
  assert.equal(fractionDigits("1.250"), 2);
  assert.equal(fractionDigits("100"), 0);
  assert.equal(fractionDigits("5.00"), 0);
});

test("zero is zero in any length", () => {
  assert.ok(isZero("-0.000"));
  assert.ok(!isZero("0.001"));
});
