// The chart's bars are exact sums over the sources, one currency at a time.
import assert from "node:assert/strict";
import { test } from "node:test";

import type { CalendarDate, Decimal } from "../../../pages/dashboard/graph/scalars";
import { bars, type SalesRow } from "../../../pages/dashboard/sales/figures";

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
