// Periods as people choose them: whole days of the reader's own calendar.
import type { DateTime } from "../graph/scalars";

/** From the first day to the last, both included: "2026-11-01". */
export interface Days {
  readonly first: string;
  readonly last: string;
}

/** What the graph takes: from a moment, and before another. */
export interface Bounds {
  readonly from: DateTime;
  readonly to: DateTime;
}

type Choice = (year: number, month: number, day: number) => readonly [Date, Date];

/** The periods that have a name, of a day: its year, month and day. */
const CHOICES = {
  today: (y, m, d) => [new Date(y, m, d), new Date(y, m, d)],
  "7 days": (y, m, d) => [new Date(y, m, d - 6), new Date(y, m, d)],
  "30 days": (y, m, d) => [new Date(y, m, d - 29), new Date(y, m, d)],
  "this month": (y, m) => [new Date(y, m, 1), new Date(y, m + 1, 0)],
  "last month": (y, m) => [new Date(y, m - 1, 1), new Date(y, m, 0)],
  "12 months": (y, m) => [new Date(y, m - 11, 1), new Date(y, m + 1, 0)],
} satisfies Record<string, Choice>;

const OWN = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/;

export type PeriodName = keyof typeof CHOICES;
export const PERIODS = Object.keys(CHOICES) as PeriodName[];

export function isPeriod(name: string): name is PeriodName {
  return Object.hasOwn(CHOICES, name);
}

export function days(name: PeriodName, today: Date): Days {
  const choice: Choice = CHOICES[name];
  const [first, last] = choice(today.getFullYear(), today.getMonth(), today.getDate());
  return { first: written(first), last: written(last) };
}

/** The days of a choice: a name, or "2026-10-01..2026-10-31"; null if it says neither. */
export function chosenDays(choice: string, today: Date): Days | null {
  if (isPeriod(choice)) return days(choice, today);
  const [, first, last] = OWN.exec(choice) ?? [];
  return first && last && first <= last && isDay(first) && isDay(last) ? { first, last } : null;
}

/** The first and last days that can be chosen: `Date` takes the year 2 for 1902. */
export const FIRST_DAY = "1970-01-01";
export const LAST_DAY = "2999-12-31";

/** Whether a calendar has the day: "2026-02-30" is none. */
function isDay(date: string): boolean {
  const at = Date.parse(`${date}T00:00:00Z`);
  const isReal = !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
  return isReal && FIRST_DAY <= date && date <= LAST_DAY;
}

/** The choice that means these days. */
export function periodOf({ first, last }: Days): string {
  return `${first}..${last}`;
}

/** From the first moment of the first day to the first moment after the last. */
export function bounds({ first, last }: Days): Bounds {
  return { from: midnight(first, 0), to: midnight(last, 1) };
}

function midnight(date: string, later: number): DateTime {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return new Date(year, month - 1, day + later).toISOString() as DateTime;
}

function written(date: Date): string {
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}
