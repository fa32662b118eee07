// What the filters of a list mean to the graph.
import { signal } from "@preact/signals";

import { isDecimal } from "../format/decimals";
import { type Bounds, bounds, chosenDays } from "../format/periods";
import type { Decimal } from "../graph/scalars";
import { type Choices, several } from "../shell/address";

/** The day of "today": that on which the reader asked last, for all pages of a list. */
export const today = signal(new Date());

export interface Chosen {
  readonly sources: string[] | null;
  readonly period: Bounds | null;
  readonly least: Decimal | null;
  readonly most: Decimal | null;
}

export function chosen({ source, period = "", least = "", most = "" }: Choices): Chosen {
  const days = chosenDays(period, today.value);
  return {
    sources: source ? several(source) : null,
    period: days && bounds(days),
    least: isDecimal(least) ? least : null,
    most: isDecimal(most) ? most : null,
  };
}

/** The chosen values of those that there are; null if none are chosen: all. */
export function among<Value extends string>(
  known: Readonly<Record<string, Value>>,
  choice: string | undefined,
): Value[] | null {
  const values = several(choice);
  return values.length ? Object.values(known).filter((each) => values.includes(each)) : null;
}
