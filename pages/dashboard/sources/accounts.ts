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

let stopping = new AbortController();
let rest = 0; // until when the server wants not to be asked

/** Reads now and from then on, until the returned function is called; then all is forgotten. */
export function watch(): () => void {
  stopping = new AbortController();
  void refresh();
  const timer = setInterval(() => document.hidden || Date.now() < rest || void refresh(), EVERY);
  addEventListener("online", refresh);
  return () => {
    clearInterval(timer);
    removeEventListener("online", refresh);
    stopping.abort(); // whoever comes next must not see what this one may
    read.value = null;
    failure.value = null;
  };
}

/** What was read stays where it cannot be read again. */
export async function refresh(): Promise<void> {
  const until = stopping.signal;
  try {
    const { data } = await ask(SourcesDocument, bounds(days("today", new Date())), until);
    if (until.aborted) return;
    read.value = data;
    failure.value = null;
  } catch (error) {
    if (until.aborted) return;
    failure.value = explained(error);
    rest = Date.now() + (failure.value.retryAfter ?? 0) * 1_000;
  }
}
