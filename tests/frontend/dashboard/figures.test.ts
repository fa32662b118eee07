// The chart's bars are exact sums over the sources, one currency at a time.
import assert from "node:assert/strict";
import { test } from "node:test";

import { OutcomeStatus } from "../../../pages/dashboard/generated/graphql";
import type { CalendarDate, Decimal } from "../../../pages/dashboard/graph/scalars";
import {
  bars,
  type SalesPage,
  type SalesRow,
  walked,
} from "../../../pages/dashboard/sales/figures";

function row(source: string, start: string, cash: Decimal, currency = "RUB"): SalesRow {
  const none = { ecash: null, prepaid: null, credit: null, provision: null };
  const sum = { amount: cash, currency };
  return {
    id: `${source} ${start}`,
    start: start as CalendarDate,
    end: start as CalendarDate,
    source: { name: source },
    checks: 1,
    income: { ...none, cash: sum, total: sum },
    incomeReturn: null,
  };
}

test("sources are summed, currencies are not", () => {
  const rows = [
    row("one", "2026-11-01", "0.10"),
    row("two", "2026-11-01", "9007199254740993.20"),
    row("one", "2026-11-02", "5.00"),
    row("far", "2026-11-01", "7.00", "KZT"),
  ];
  const shown = bars(rows, "RUB").map(({ start, cash, returned }) => [start, cash, returned]);
  assert.deepEqual(shown, [
    ["2026-11-01", "9007199254740993.30", "0"],
    ["2026-11-02", "5.00", "0"],
  ]);
});

test("no rows, no bars", () => {
  assert.deepEqual(bars([], "RUB"), []);
});

/** A page of sales: its rows, and how each source did. */
function page(nodes: SalesRow[], failed: string[], summary?: SalesPage["summary"]): SalesPage {
  const sources = ["one", "two"].map((name) => ({
    source: { name },
    status: failed.includes(name) ? OutcomeStatus.Failed : OutcomeStatus.Ok,
    fetchedAt: null,
    error: failed.includes(name) ? { code: "UPSTREAM_TIMEOUT", message: "No answer." } : null,
  }));
  const pageInfo = { hasNextPage: false, endCursor: null };
  return { nodes, sources, pageInfo, ...(summary && { summary }) };
}

const ONE = row("one", "2026-11-02", "1.00");
const TWO = row("two", "2026-11-01", "2.00");
const said = (pages: SalesPage[]): string[] =>
  walked(pages).lacks.map(({ of, words }) => `${of.source.name} ${words}`);

test("totals without a source that answered later are said to be without it", () => {
  const [lack, ...none] = said([page([ONE], ["two"], []), page([TWO], [])]);
  assert.match(lack ?? "", /^two did not answer at first.* the totals have them not/);
  assert.deepEqual(none, []);
});

test("a source that failed after the first page is in the totals", () => {
  const [lack, ...none] = said([page([ONE, TWO], [], []), page([ONE], ["two"])]);
  assert.match(lack ?? "", /^two .*the totals have its sales.* only a part/);
  assert.deepEqual(none, []);
});

test("a source that never answered is in no figure", () => {
  const [lack, ...none] = said([page([ONE], ["two"], []), page([ONE], ["two"])]);
  assert.match(lack ?? "", /^two .*Totals are those of the others/);
  assert.deepEqual(none, []);
  assert.deepEqual(said([page([ONE], [], []), page([TWO], [])]), []);
});

test("rows as they were are told of, whichever page had them", () => {
  const stale = page([ONE], [], []).sources.map((of) => ({ ...of, status: OutcomeStatus.Stale }));
  const first = { ...page([ONE], [], []), sources: stale.slice(0, 1) };
  const { stale: told } = walked([first, page([TWO], [])]);
  assert.deepEqual(
    told.map(({ source }) => source.name),
    ["one"],
  );
});

test("figures that could not be read are told of, from every page", () => {
  const error = { message: "Not a decimal.", path: ["salesAggregates", "nodes", 0, "income"] };
  const pages = [{ ...page([ONE], [], []), errors: [error] }, page([TWO], [])];
  assert.deepEqual(walked(pages).errors, [error]);
});

test("rows that came late are drawn in their time", () => {
  const { rows } = walked([page([ONE], ["two"], []), page([TWO], [])]);
  assert.deepEqual(
    bars(rows, "RUB").map(({ start }) => start),
    ["2026-11-01", "2026-11-02"],
  );
});
