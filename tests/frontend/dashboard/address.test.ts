// An address says what was chosen, and can be kept.
import "./browser";

import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { link, parsed, several, VIEWS } from "../../../pages/dashboard/shell/address";

test("a link leads to what it was made of", () => {
  const names = fc.stringMatching(/^[a-z]{1,8}$/);
  const choices = fc.dictionary(names, fc.string({ unit: "grapheme", minLength: 1 }), {
    noNullPrototype: true,
  });
  const law = fc.property(fc.constantFrom(...VIEWS), choices, (view, chosen) => {
    assert.deepEqual(parsed(link(view, chosen)), { view, choices: chosen });
  });
  fc.assert(law);
});

test("what is not chosen is not said", () => {
  assert.equal(link("invoices", { status: "", open: "" }), "#/invoices");
});

test("an address of nowhere is the first view", () => {
  for (const hash of ["", "#", "#/nowhere?x=1"]) assert.equal(parsed(hash).view, "sales");
});

test("several values are one choice", () => {
  assert.deepEqual(several("PAID,FAILED"), ["PAID", "FAILED"]);
  assert.deepEqual(several(""), []);
  assert.deepEqual(several(undefined), []);
});
