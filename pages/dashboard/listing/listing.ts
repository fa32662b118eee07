// A list that grows page by page, by cursors: every row once, whatever happens meanwhile.
import { computed, signal } from "@preact/signals";

import type { OutcomeFragment, TypedDocumentString } from "../generated/graphql";
import { ask, explained, failure, type FieldError, type GraphError } from "../graph/ask";

const ROWS = 100; // a page; the server's usual `max_page_size`

/** A page of any of the graph's connections. */
export interface Page<Row> {
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly totalCount?: number | null;
  readonly sources: readonly OutcomeFragment[];
  /** Why values of these rows are null. */
  readonly errors?: readonly FieldError[];
}

/** Reads the page after a cursor; the first without one. */
export type Reader<Read> = (after: string | null, signal: AbortSignal) => Promise<Read>;

interface Variables<Filter> {
  first: number;
  after: string | null;
  filter: Filter;
  counted: boolean;
}

/** Reads a connection. It throws what the graph says where there is none: all sources failed. */
export function reader<Result, Filter, Read>(
  document: TypedDocumentString<Result, Variables<Filter>>,
  filter: Filter,
  connection: (result: Result) => Read | null,
): Reader<Read & { readonly errors: readonly FieldError[] }> {
  return async (after, signal) => {
    const variables = { first: ROWS, after, filter, counted: after === null };
    const { data, errors } = await ask(document, variables, signal);
    const page = connection(data);
    if (page === null) throw failure(errors);
    return { ...page, errors };
  };
}

export class Listing<Read extends Page<unknown>> {
  readonly pages = signal<readonly Read[]>([]);
  readonly isReading = signal(false);
  readonly failure = signal<GraphError | null>(null);
  readonly last = computed(() => this.pages.value.at(-1));
  /** Whether the sources that answered have no more. */
  readonly isWhole = computed(() => this.last.value?.pageInfo.hasNextPage === false);
  /** Whether a page is worth asking for without being told to. */
  readonly goesOn = computed(
    () => !this.isReading.value && !this.isWhole.value && this.failure.value === null,
  );

  readonly #read: Reader<Read>;
  readonly #stopping = new AbortController();

  constructor(read: Reader<Read>) {
    this.#read = read;
  }

  /** Reads the page after the last; what a failed source kept back comes with it. */
  async more(): Promise<void> {
    if (this.isReading.value) return;
    this.isReading.value = true;
    this.failure.value = null;
    try {
      const after = this.last.value?.pageInfo.endCursor ?? null;
      const page = await this.#read(after, this.#stopping.signal);
      this.pages.value = [...this.pages.value.filter(hasRows), page];
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.failure.value = explained(error);
    } finally {
      this.isReading.value = false;
    }
  }

  stop(): void {
    this.#stopping.abort();
  }
}

/** A page that only told of failures goes when the next one comes. */
function hasRows({ nodes }: Page<unknown>): boolean {
  return nodes.length > 0;
}
