// Moments in the reader's zone and way of writing them; calendar days as they are.
import type { CalendarDate, DateTime } from "../graph/scalars";

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const SHORT = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});
const MONTH = new Intl.DateTimeFormat(undefined, {
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});
const AGO = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

export function moment(at: DateTime): string {
  return MOMENT.format(new Date(at));
}

/** The moment with its seconds and zone, for whoever wants to know. */
export function exactly(at: DateTime): string {
  return EXACT.format(new Date(at));
}

export function span(from: DateTime, to: DateTime): string {
  return MOMENT.formatRange(new Date(from), new Date(to));
}

/** How long ago: "5 min. ago". */
export function ago(at: DateTime, now: number): string {
  const seconds = Math.min(0, (Date.parse(at) - now) / 1_000); // clocks differ a little
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS[3];
  return AGO.format(Math.trunc(seconds / size), unit);
}

export function day(date: CalendarDate): string {
  return DAY.format(new Date(date));
}

/** A day where there is little room: under the bar of a chart. */
export function tick(date: CalendarDate, interval: "DAY" | "WEEK" | "MONTH"): string {
  return (interval === "MONTH" ? MONTH : SHORT).format(new Date(date));
}
