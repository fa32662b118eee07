// A list reads on from where it is, whatever fails meanwhile.
import "./browser";

import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { OutcomeStatus } from "../../../pages/dashboard/generated/graphql";
import { Listing, type Page } from "../../../pages/dashboard/listing/listing";

type Numbers = Page<number>;
const DOWN = {
  status: OutcomeStatus.Failed,
  error: { code: "UPSTREAM_TIMEOUT", message: "No answer in time." },
};

function page(
  nodes: number[],
  endCursor: string | null,
  hasNextPage: boolean,
  isDown = false,
): Numbers {
  const told = isDown ? DOWN : { status: OutcomeStatus.Ok, error: null };
  const outcome = { source: { name: "one" }, fetchedAt: null, ...told };
  return { nodes, pageInfo: { endCursor, hasNextPage }, sources: [outcome] };
}

const rows = (listing: Listing<Numbers>): number[] =>
  listing.pages.value.flatMap(({ nodes }) => nodes);

test("every row comes once, however often the way there fails", async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 });
  const failures = fc.infiniteStream(fc.boolean());
  const law = fc.asyncProperty(sizes, failures, async (lengths, isFailing) => {
    const ends = lengths.map((_, place) => lengths.slice(0, place + 1).reduce((a, b) => a + b));
    const total = ends.at(-1) ?? 0;
    const listing = new Listing<Numbers>(async (after) => {
      if (isFailing.next().value) throw new TypeError("no connection");
      const start = Number(after);
      const end = ends.find((each) => each > start) ?? total;
      const nodes = Array.from({ length: end - start }, (_, n) => start + n);
      return page(nodes, String(end), end < total);
    });
    for (let turns = 0; !listing.isWhole.value && turns < 200; turns += 1) await listing.more();
    fc.pre(listing.isWhole.value);
    assert.deepEqual(
      rows(listing),
      Array.from({ length: total }, (_, n) => n),
    );
  });
  await fc.assert(law);
});

test("a failure is told, stops the reading on, and goes with the next page", async () => {
  const answers = [new TypeError("no connection"), page([1], "1", false)];
  const listing = new Listing<Numbers>(async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer ?? page([], null, false);
  });
  await listing.more();
  assert.equal(listing.failure.value?.code, "UNREACHABLE");
  assert.ok(!listing.goesOn.value);
  await listing.more();
  assert.equal(listing.failure.value, null);
  assert.deepEqual(rows(listing), [1]);
});

test("a page that only tells of failures makes room for the rows", async () => {
  const answers = [page([1], "a", true), page([], "a", false, true), page([2], "b", false)];
  const asked: (string | null)[] = [];
  const listing = new Listing<Numbers>(async (after) => {
    asked.push(after);
    return answers.shift() ?? page([], null, false);
  });
  for (let turn = 0; turn < 3; turn += 1) await listing.more();
  assert.deepEqual(asked, [null, "a", "a"]);
  assert.deepEqual(
    listing.pages.value.map(({ nodes }) => nodes),
    [[1], [2]],
  );
});

test("a list that was left says nothing more", async () => {
  const listing = new Listing<Numbers>(
    (_, signal) =>
      new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason))),
  );
  const reading = listing.more();
  listing.stop();
  await reading;
  assert.equal(listing.failure.value, null);
});
