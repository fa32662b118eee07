// What the filters of a list mean to the graph.
import { computed, signal } from "@preact/signals";

import { isDecimal } from "../format/decimals";
import { type Bounds, bounds, chosenDays } from "../format/periods";
import type { Decimal } from "../graph/scalars";
import { address, type Choices, link, several } from "../shell/address";

/** What is filtered: an open row is not. */
const filtered = computed(() => {
  const { view, choices } = address.value;
  return link(view, { ...choices, open: "" });
});
const turn = signal(0);

/** The day of "today": that on which the reader filtered or refreshed last, for all pages. */
export const today = computed(() => {
  void [filtered.value, turn.value];
  return new Date();
});

/** It may be another day by now. */
export function renew(): void {
  turn.value += 1;
}

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
