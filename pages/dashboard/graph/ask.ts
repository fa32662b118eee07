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
  /** After how many seconds asking again may help, where the server says so. */
  readonly retryAfter: number | null;

  constructor({ message, extensions }: FieldError, retryAfter: number | null = null) {
    super(message);
    this.code = extensions?.code ?? "UNKNOWN";
    this.sources = extensions?.sources?.map(({ source }) => source) ?? [];
    this.retryAfter = retryAfter;
  }
}

/** Runs an operation. Throws a GraphError where nothing was executed. */
export async function ask<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  signal: AbortSignal | null = null,
): Promise<Answer<Result>> {
  const body = JSON.stringify({ query: document, variables });
  const { data, errors = [], retryAfter = null } = await answer<Result>(body, signal);
  if (data == null) throw failure(errors, retryAfter);
  return { data, errors };
}

/** The error that explains why there is nothing. */
export function failure(
  [first]: readonly FieldError[],
  retryAfter: number | null = null,
): GraphError {
  return new GraphError(first ?? { message: "The answer was empty." }, retryAfter);
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
  readonly retryAfter?: number | null;
}

async function answer<Result>(body: string, signal: AbortSignal | null): Promise<Told<Result>> {
  const given = authorization();
  const headers = { Accept: ACCEPT, "Content-Type": "application/json", ...given };
  const response = await fetch(ENDPOINT, { method: "POST", headers, body, signal });
  const text = await response.text();
  if (response.status === 401) refused(refusal(text), given);
  const wait = Number(response.headers.get("Retry-After") ?? Number.NaN); // it may be a date
  const retryAfter = wait >= 0 ? wait : null;
  if (response.status === 429 && !isJson(response)) {
    const [message, code] = ["The server wants to be asked less often.", "RATE_LIMITED"];
    return { errors: [{ message, extensions: { code } }], retryAfter };
  }
  return { ...(parsed(text) as Told<Result>), retryAfter };
}

function isJson({ headers }: Response): boolean {
  return headers.get("Content-Type")?.includes("json") ?? false;
}

/** Why who asks was refused; what stands before the server may say it in no words of the graph. */
function refusal(text: string): string {
  try {
    const { errors = [] } = parsed(text) as Told<never>;
    return failure(errors).message;
  } catch {
    return "What you gave was not accepted.";
  }
}
