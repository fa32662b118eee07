// Money is written in the reader's way and loses no digit.
import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { count, money } from "../../../pages/dashboard/format/money";
import type { Decimal } from "../../../pages/dashboard/graph/scalars";

const digits = (most: number) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: most })
    .map((all) => all.join(""));
const currencies = fc.constantFrom("RUB", "KZT", "EUR", "JPY", "KWD", "xyz", "points");

/** What was written, read back: no leading zeros, no zeros that mean nothing. */
function plain(text: string): string {
  const [whole = "", fraction = ""] = text.replaceAll(/[^\d.]/g, "").split(".");
  const meant = fraction.replace(/0+$/, "");
  return `${whole.replace(/^0+(?=\d)/, "")}${meant && `.${meant}`}`;
}

test("every digit is shown", () => {
  const law = fc.property(digits(40), digits(20), currencies, (whole, fraction, currency) => {
    const amount = `${whole}.${fraction}` as Decimal;
    assert.equal(plain(money({ amount, currency }, "en")), plain(amount));
  });
  fc.assert(law);
});

test("a currency has its own number of digits, and more where the amount has", () => {
  assert.equal(money({ amount: "1234.5", currency: "EUR" }, "en"), "€1,234.50");
  assert.equal(money({ amount: "1234.00", currency: "JPY" }, "en"), "¥1,234");
  assert.equal(money({ amount: "0.125", currency: "EUR" }, "en"), "€0.125");
  assert.equal(
    money({ amount: "-9007199254740993.07", currency: "EUR" }, "en"),
    "-€9,007,199,254,740,993.07",
  );
});

test("it is the reader's way of writing", () => {
  assert.equal(money({ amount: "1234.5", currency: "EUR" }, "de"), "1.234,50\u00a0€");
  assert.equal(
    money({ amount: "1234567.5", currency: "RUB" }, "ru"),
    "1\u00a0234\u00a0567,50\u00a0₽",
  );
  assert.equal(count(1234, "en"), "1,234");
});

test("what is no currency code is named as it is", () => {
  assert.equal(money({ amount: "12.50", currency: "points" }, "en"), "12.5 points");
});
