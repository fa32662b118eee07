// Sales by period for one currency: exact sums over the sources.
import { sum } from "../format/decimals";
import type { SalesQuery, TotalsFragment } from "../generated/graphql";
import type { CalendarDate, Decimal, Money } from "../graph/scalars";

export type SalesPage = NonNullable<SalesQuery["salesAggregates"]>;
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
