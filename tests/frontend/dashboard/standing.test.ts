import assert from "node:assert/strict";
import { test } from "node:test";

import "./browser";

import type { OutcomeFragment } from "../../../pages/dashboard/generated/graphql";
import type { Page } from "../../../pages/dashboard/listing/listing";
import { failing, standing } from "../../../pages/dashboard/listing/standing";

/** A page of two sources, as they told: "OK FAILED". */
function page(statuses: string): Page<unknown> {
  const sources = statuses
    .split(" ")
    .map((status, place) => ({ source: { name: `s${place}` }, status }) as OutcomeFragment);
  return { nodes: [1], pageInfo: { hasNextPage: true, endCursor: null }, sources };
}

const names = (outcomes: readonly OutcomeFragment[]) => outcomes.map(({ source }) => source.name);

test("who answers again is not said to fail, but to be late", () => {
  const { unwell, late } = standing([page("OK FAILED"), page("OK OK")]);
  assert.deepEqual([names(unwell), late], [[], ["s1"]]);
});

test("who fails now is said to fail once, however often it failed", () => {
  const pages = [page("OK FAILED"), page("OK FAILED"), page("OK FAILED")];
  const { unwell, late } = standing(pages);
  assert.deepEqual([names(unwell), late], [["s1"], []]);
  assert.deepEqual(
    pages.map((_, place) => failing(pages, place)),
    [["s1"], [], []],
  );
});

test("rows that were not fresh stay so", () => {
  const { unwell } = standing([page("STALE OK"), page("OK OK")]);
  assert.deepEqual(names(unwell), ["s0"]);
});

test("a list without pages has nothing to say", () => {
  assert.deepEqual(standing([]), { unwell: [], late: [] });
});
