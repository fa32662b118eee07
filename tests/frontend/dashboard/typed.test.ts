// Amounts are read as the reader's language writes them, or refused; never guessed.
import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import type { Decimal } from "../../../pages/dashboard/graph/scalars";
import { retyped, typed } from "../../../pages/dashboard/format/typed";

const LOCALES = ["en-US", "de-DE", "fr-FR", "ru-RU", "de-CH", "nl-NL", "en-IN", "ar-EG", "fa-IR"];

test("what a language writes is read as that", () => {
  const amounts = fc.tuple(fc.nat(10 ** 9), fc.nat(99)).map(([whole, cents]) => {
    return `${whole}.${String(cents).padStart(2, "0")}` as Decimal;
  });
  const law = fc.property(amounts, fc.constantFrom(...LOCALES), (amount, locale) => {
    const shown = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(amount);
    assert.deepEqual(typed(shown, locale), { amount });
    const again = typed(retyped(amount, locale), locale);
    assert.ok("amount" in again && Number(again.amount) === Number(amount), shown);
  });
  fc.assert(law);
});

const READ = [
  ["1,500", "en-US", "1500"],
  ["1.500", "de-DE", "1500"],
  ["1,500.5", "de-DE", "1500.5"],
  ["1.500,5", "en-US", "1500.5"],
  ["1,234,567", "en-US", "1234567"],
  ["1250,50", "en-US", "1250.50"],
  ["0,125", "en-US", "0.125"],
  ["1 250,50", "en-GB", "1250.50"],
  ["1’250.50", "de-CH", "1250.50"],
  ["1,00,000", "en-IN", "100000"],
  ["١٬٥٠٠٫٥", "en-US", "1500.5"],
  ["-5.00", "en-US", "-5.00"],
] as const;

for (const [text, locale, amount] of READ) {
  test(`${text} in ${locale} is ${amount}`, () => {
    assert.deepEqual(typed(text, locale), { amount });
  });
}

test("what may mean two amounts is refused in words", () => {
  for (const [text, locale] of [
    ["1.500", "en-US"],
    ["1,500", "de-DE"],
    ["1.500", "fr-FR"],
  ] as const) {
    const told = typed(text, locale);
    assert.match("why" in told ? told.why : "", /may be 1500 or 1[.,]500/);
  }
});

test("what is no amount is refused", () => {
  for (const wrong of ["", "abc", "1e3", "1,2,3", "0x10", "NaN", "1 2", "1.2.3,4,5", ".", ","])
    assert.deepEqual(typed(wrong, "en-US"), { why: "An amount, such as 1250.50" });
});
