// Moments are the reader's, calendar days nobody's.
import assert from "node:assert/strict";
import { test } from "node:test";

import type { CalendarDate, DateTime } from "../../../pages/dashboard/graph/scalars";

process.env.TZ = "Pacific/Kiritimati"; // 14 hours ahead: a day that shifts would show
const { ago, day, moment, tick } = await import("../../../pages/dashboard/format/moments");

const NOON = "2026-11-20T12:00:00+03:00" as DateTime;

test("a moment is shown in the reader's zone", () => {
  assert.match(moment(NOON), /20.*23:00|20.*11:00/);
});

test("a calendar day stays that day", () => {
  const date = "2026-11-20" as CalendarDate;
  assert.match(day(date), /20/);
  assert.match(tick(date, "DAY"), /20/);
  assert.match(tick(date, "MONTH"), /2026/);
});

test("an age is in the largest unit that fits", () => {
  const later = (seconds: number): string => ago(NOON, Date.parse(NOON) + seconds * 1_000);
  assert.match(later(0), /now/);
  assert.match(later(59), /59 sec/);
  assert.match(later(119), /1 min/);
  assert.match(later(7_200), /2 hr/);
  assert.match(later(3 * 86_400), /3 days/);
});
