// Values of rows that could not be read: they are dashes, and here is why.
import { listed, title } from "../format/words";
import type { FieldError } from "../graph/ask";
import { Notice } from "../shell/notice";

export interface Flaw {
  readonly field: string;
  readonly message: string;
  readonly rows: number;
}

/** The errors of a page by field and message: one row may have them, or all. */
export function flaws(errors: readonly FieldError[]): Flaw[] {
  const found = new Map<string, { field: string; message: string; rows: Set<unknown> }>();
  for (const { path = [], message } of errors) {
    const field = String(path.findLast((step) => typeof step === "string") ?? "answer");
    const key = JSON.stringify([field, message]);
    const flaw = found.get(key) ?? { field, message, rows: new Set() };
    const row = path.find((step) => typeof step === "number");
    if (row !== undefined) flaw.rows.add(row);
    found.set(key, flaw);
  }
  return [...found.values()].map(({ field, message, rows }) => ({
    field,
    message,
    rows: rows.size,
  }));
}

export function Flaws({ of }: { readonly of: readonly FieldError[] }) {
  const found = flaws(of);
  if (found.length === 0) return null;
  const names = [...new Set(found.map(({ field }) => title(field)))];
  return (
    <Notice tone="warning">
      <strong>Not all could be read</strong>: {listed(names)}.{" "}
      {found.map(({ field, message, rows }) => (
        <small key={field + message}>
          {title(field)}
          {rows > 0 && ` of ${rows === 1 ? "1 row" : `${rows} rows`}`}: {message}{" "}
        </small>
      ))}
    </Notice>
  );
}
