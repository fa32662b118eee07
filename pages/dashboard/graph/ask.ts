// Operations over HTTP: a typed document in, a typed answer out.
import type { TypedDocumentString } from "../generated/graphql";
import { parsed } from "./json";
import { authorization, refused } from "./session";

export const ENDPOINT = new URL("graphql", location.href);
const ACCEPT = "application/graphql-response+json, application/json";

/** An error of an answer, as the graph words it. */
export interface FieldError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: {
    readonly code?: string;
    readonly source?: string;
    readonly sources?: readonly { readonly source: string; readonly code: string }[];
  };
}

/** What was read; a field that could not be had is null, and an error has its path. */
export interface Answer<Result> {
  readonly data: Result;
  readonly errors: readonly FieldError[];
}

/** An answer, or a part of it, that there is nothing to show of. */
export class GraphError extends Error {
  readonly code: string;
  /** Who failed, where sources did. */
  readonly sources: readonly string[];

  constructor({ message, extensions }: FieldError) {
    super(message);
    this.code = extensions?.code ?? "UNKNOWN";
    this.sources = extensions?.sources?.map(({ source }) => source) ?? [];
  }
}

/** Runs an operation. Throws a GraphError where nothing was executed. */
export async function ask<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  signal: AbortSignal | null = null,
): Promise<Answer<Result>> {
  const body = JSON.stringify({ query: document, variables });
  const { data, errors = [] } = await answer<Result>(body, signal);
  if (data == null) throw failure(errors);
  return { data, errors };
}

/** The error that explains why there is nothing. */
export function failure([first]: readonly FieldError[]): GraphError {
  return new GraphError(first ?? { message: "The answer was empty." });
}

/** What went wrong, whatever was thrown. */
export function explained(error: unknown): GraphError {
  if (error instanceof GraphError) return error;
  const message = "The server cannot be reached.";
  return new GraphError({ message, extensions: { code: "UNREACHABLE" } });
}

interface Told<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly FieldError[];
}

async function answer<Result>(
  body: string,
  signal: AbortSignal | null,
): Promise<Told<Result>> {
  const headers = { Accept: ACCEPT, "Content-Type": "application/json", ...authorization() };
  const response = await fetch(ENDPOINT, { method: "POST", headers, body, signal });
  const json = parsed(await response.text()) as Told<Result>;
  if (response.status === 401) refused(failure(json.errors ?? []).message);
  return json;
}
