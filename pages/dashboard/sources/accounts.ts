// The accounts behind the graph and how they do, read again and again while the page is seen.
import { computed, signal } from "@preact/signals";

import { days, bounds } from "../format/periods";
import { SourcesDocument, type SourcesQuery } from "../generated/graphql";
import { ask, explained, type GraphError } from "../graph/ask";
import type { View } from "../shell/address";

const EVERY = 5_000; // it costs the providers nothing

export type Account = SourcesQuery["sources"][number];

const read = signal<SourcesQuery | null>(null);
export const failure = signal<GraphError | null>(null);
export const accounts = computed(() => read.value?.sources ?? null);
export const unwell = computed(
  () => accounts.value?.filter(({ state }) => state !== "HEALTHY") ?? [],
);

/** The names of those that have the rows of a view. */
export function holders(view: Exclude<View, "sources">): readonly string[] {
  return read.value?.[view]?.sources.map(({ source }) => source.name) ?? [];
}

/** Reads now and from then on, until the returned function is called. */
export function watch(): () => void {
  void refresh();
  const timer = setInterval(() => document.hidden || void refresh(), EVERY);
  return () => clearInterval(timer);
}

export async function refresh(): Promise<void> {
  try {
    const { data } = await ask(SourcesDocument, bounds(days("today", new Date())));
    read.value = data;
    failure.value = null;
  } catch (error) {
    failure.value = explained(error);
  }
}
