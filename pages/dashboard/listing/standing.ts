// How the sources of a list stand now, whatever they told on pages before.
import type { OutcomeFragment } from "../generated/graphql";
import type { Page } from "./listing";

type Pages = readonly Page<unknown>[];

export interface Standing {
  /** Those whose rows are missing or not fresh, as they told last. */
  readonly unwell: readonly OutcomeFragment[];
  /** Those that failed and answer again: their rows come further down than their age says. */
  readonly late: readonly string[];
}

export function standing(pages: Pages): Standing {
  const told = pages.flatMap(({ sources }) => sources);
  const last = new Map(told.map((outcome) => [outcome.source.name, outcome]));
  const old = told.filter(({ status }) => status === "STALE");
  const stale = new Map(old.map((outcome) => [outcome.source.name, outcome]));
  const failed = new Set(failedIn(told).map(({ source }) => source.name));
  const isFailed = (name: string): boolean => last.get(name)?.status === "FAILED";
  return {
    unwell: [
      ...failedIn([...last.values()]),
      ...[...stale.values()].filter(({ source }) => !isFailed(source.name)),
    ],
    late: [...failed].filter((name) => !isFailed(name)),
  };
}

/** Those that fail from this page on, so that it is said once and not on each page. */
export function failing(pages: Pages, place: number): readonly string[] {
  const before = failedIn(pages[place - 1]?.sources ?? []).map(({ source }) => source.name);
  const here = failedIn(pages[place]?.sources ?? []).map(({ source }) => source.name);
  return here.filter((name) => !before.includes(name));
}

function failedIn(outcomes: readonly OutcomeFragment[]): OutcomeFragment[] {
  return outcomes.filter(({ status }) => status === "FAILED");
}
