// What the figures lack, and the way to read all of them again.
import { Flaws } from "../listing/flaws";
import { Outcomes } from "../listing/outcomes";
import { Notice } from "../shell/notice";
import type { Walk } from "./figures";

interface LacksProps {
  readonly of: Walk;
  readonly again: () => void;
}

/** Totals and rows are of one walk, so what is missing is asked for from the start. */
export function Lacks({ of: { lacks, stale, errors }, again }: LacksProps) {
  return (
    <>
      {lacks.map(({ of: { source, error }, words }) => (
        <Notice key={source.name} tone="warning">
          <strong>{source.name}</strong> {words}{" "}
          {error && (
            <small>
              {error.message} <code>{error.code}</code>
            </small>
          )}
        </Notice>
      ))}
      <Outcomes of={stale} hint="" />
      <Flaws of={errors} />
      {errors.length > 0 && (
        <Notice tone="warning">The chart draws as nothing what could not be read.</Notice>
      )}
      {lacks.length > 0 && (
        <button type="button" onClick={again}>
          Ask again for what is missing
        </button>
      )}
    </>
  );
}
