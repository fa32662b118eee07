// What a list lacks, and whose rows they are.
import { moment } from "../format/moments";
import type { OutcomeFragment } from "../generated/graphql";
import { Notice } from "../shell/notice";

interface OutcomesProps {
  readonly of: readonly OutcomeFragment[];
  /** What becomes of the rows that are missing. */
  readonly hint: string;
  /** Whether they are in a part of the page that is read aloud when it changes. */
  readonly isTold?: boolean;
}

export function Outcomes({ of, hint, isTold = false }: OutcomesProps) {
  const unwell = of.filter(({ status }) => status !== "OK");
  return unwell.map(({ source, status, fetchedAt, error }) => {
    const why = error && (
      <small>
        {error.message} <code>{error.code}</code>
      </small>
    );
    return (
      <Notice key={source.name} tone="warning" isTold={isTold}>
        <strong>{source.name}</strong>{" "}
        {status === "FAILED" ? `does not answer: its rows are missing. ${hint}` : stale(fetchedAt)}{" "}
        {why}
      </Notice>
    );
  });
}

function stale(at: OutcomeFragment["fetchedAt"]): string {
  return `does not answer: its rows are shown as they were${at === null ? "" : `, ${moment(at)}`}.`;
}
