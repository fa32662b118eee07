// Sales by period for one currency: exact sums over the sources.
import { sum } from "../format/decimals";
import type { OutcomeFragment, SalesQuery, TotalsFragment } from "../generated/graphql";
import type { FieldError } from "../graph/ask";
import type { CalendarDate, Decimal, Money } from "../graph/scalars";

export type SalesPage = NonNullable<SalesQuery["salesAggregates"]> & {
  readonly errors?: readonly FieldError[];
};
export type SalesRow = SalesPage["nodes"][number];
export type Summary = NonNullable<SalesPage["summary"]>[number];

/** The kinds of payment, as the graph has them. */
export const KINDS = ["cash", "ecash", "prepaid", "credit", "provision"] as const;
export type Kind = (typeof KINDS)[number];
export const KIND_NAMES: Readonly<Record<Kind, string>> = {
  cash: "Cash",
  ecash: "Card and online",
  prepaid: "Prepaid",
  credit: "On credit",
  provision: "In kind",
};

/** One bar of the chart: a period, what came in by each kind, and what went back. */
export interface Bar extends Readonly<Record<Kind, Decimal>> {
  readonly start: CalendarDate;
  readonly returned: Decimal;
}

/** Everything that was read page by page, in order of time, and what it lacks. */
export interface Walk {
  readonly rows: readonly SalesRow[];
  readonly summary: readonly Summary[];
  readonly lacks: readonly Lack[];
  /** Whose rows are shown as they were. */
  readonly stale: readonly OutcomeFragment[];
  /** Why figures are missing that the answering sources should have. */
  readonly errors: readonly FieldError[];
}

/** A source that failed, and which of the figures are without it. */
export interface Lack {
  readonly of: OutcomeFragment;
  readonly words: string;
}

const NOWHERE = "does not answer: its sales are missing. Totals are those of the others.";
const ABOVE =
  "does not answer any more: the totals have its sales, the chart and the rows only a part of them.";
const BELOW =
  "did not answer at first: the chart and the rows have its sales, the totals have them not.";

/** The totals come with the first page; a source that failed there may have rows on a later one. */
export function walked(pages: readonly SalesPage[]): Walk {
  const rows = pages.flatMap(({ nodes }) => nodes);
  const [first, last] = [pages[0]?.sources ?? [], pages.at(-1)?.sources ?? []];
  const failed = byName([...first, ...last].filter(isFailed));
  const words = (name: string): string => {
    if (!first.some((of) => of.source.name === name && isFailed(of))) return ABOVE;
    const isBack = !last.some((of) => of.source.name === name && isFailed(of));
    return isBack || rows.some(({ source }) => source.name === name) ? BELOW : NOWHERE;
  };
  return {
    rows: rows.toSorted((a, b) => (a.start < b.start ? -1 : Number(a.start > b.start))),
    summary: pages[0]?.summary ?? [],
    lacks: [...failed].map(([name, of]) => ({ of, words: words(name) })),
    errors: pages.flatMap(({ errors = [] }) => errors),
    stale: [...byName([...first, ...last].filter(isStale)).values()],
  };
}

/** The latest of each source. */
function byName(outcomes: readonly OutcomeFragment[]): ReadonlyMap<string, OutcomeFragment> {
  return new Map(outcomes.map((of) => [of.source.name, of]));
}

function isStale({ status }: OutcomeFragment): boolean {
  return status === "STALE";
}

function isFailed({ status }: OutcomeFragment): boolean {
  return status === "FAILED";
}

export function bars(rows: readonly SalesRow[], currency: string): Bar[] {
  const inCurrency = rows.filter((row) => currencyOf(row) === currency);
  const starts = new Set(inCurrency.map(({ start }) => start));
  return [...starts].map((start) => {
    const those = inCurrency.filter((row) => row.start === start);
    const income = those.map((row) => row.income);
    const of = (kind: Kind): Decimal => total(income.map((totals) => totals?.[kind]));
    return {
      start,
      cash: of("cash"),
      ecash: of("ecash"),
      prepaid: of("prepaid"),
      credit: of("credit"),
      provision: of("provision"),
      returned: total(those.map(({ incomeReturn }) => incomeReturn?.total)),
    };
  });
}

function currencyOf({ income, incomeReturn }: SalesRow): string | undefined {
  return currencyIn(income) ?? currencyIn(incomeReturn);
}

function currencyIn(totals: TotalsFragment | null): string | undefined {
  return totals?.total?.currency;
}

function total(money: readonly (Money | null | undefined)[]): Decimal {
  return sum(money.flatMap((each) => (each ? [each.amount] : [])));
}
