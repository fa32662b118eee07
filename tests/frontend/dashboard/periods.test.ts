// A period is whole days of the reader, wherever that is.
import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import {
  bounds,
  chosenDays,
  days,
  PERIODS,
  periodOf,
} from "../../../pages/dashboard/format/periods";

const ZONES = ["UTC", "Europe/Amsterdam", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati"];
const dates = fc.date({
  min: new Date("2000-01-01"),
  max: new Date("2060-01-01"),
  noInvalidDate: true,
});

function inZones(check: () => void): void {
  for (const zone of ZONES) {
    process.env.TZ = zone;
    check();
  }
  delete process.env.TZ;
}

const local = (date: Date): string =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");

test("the bounds are the first moment of the first day and that after the last", () => {
  const law = fc.property(dates, dates, (one, other) => {
    const [first, last] = [local(one), local(other)].sort() as [string, string];
    const { from, to } = bounds({ first, last });
    assert.equal(local(new Date(from)), first);
    assert.notEqual(local(new Date(Date.parse(from) - 1)), first);
    assert.equal(local(new Date(Date.parse(to) - 1)), last);
    assert.notEqual(local(new Date(to)), last);
  });
  inZones(() => fc.assert(law));
});

test("a period with a name holds today, but for the month before", () => {
  const law = fc.property(dates, fc.constantFrom(...PERIODS), (today, name) => {
    const { first, last } = days(name, today);
    assert.ok(first <= last);
    assert.equal(first <= local(today) && local(today) <= last, name !== "last month");
  });
  inZones(() => fc.assert(law));
});

test("names are the days that they say", () => {
  const today = new Date(2026, 2, 31);
  assert.deepEqual(days("7 days", today), { first: "2026-03-25", last: "2026-03-31" });
  assert.deepEqual(days("last month", today), { first: "2026-02-01", last: "2026-02-28" });
  assert.deepEqual(days("12 months", today), { first: "2025-04-01", last: "2026-03-31" });
});

test("a choice says the days, or nothing", () => {
  const today = new Date(2026, 10, 20);
  const own = { first: "2026-10-01", last: "2026-10-31" };
  assert.deepEqual(chosenDays(periodOf(own), today), own);
  assert.deepEqual(chosenDays("today", today), { first: "2026-11-20", last: "2026-11-20" });
  for (const wrong of [
    "",
    "toString",
    "2026-10-31..2026-10-01",
    "2026-10-01",
    "2026-02-30..2026-03-01",
    "2026-01-01..2026-13-45",
    "0002-01-01..2026-01-01",
  ]) {
    assert.equal(chosenDays(wrong, today), null);
  }
});
