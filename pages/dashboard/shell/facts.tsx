// Small pieces that every view shows: a state, an amount, a moment.
import { exactly, moment } from "../format/moments";
import { money } from "../format/money";
import { phrase } from "../format/words";
import type { DateTime, Money } from "../graph/scalars";

const TONES: Readonly<Record<string, string>> = {
  PAID: "good",
  COMPLETED: "good",
  HEALTHY: "good",
  PENDING: "waiting",
  PROCESSING: "waiting",
  AUTHORIZED: "waiting",
  QUEUED: "waiting",
  IN_PROGRESS: "waiting",
  WAITING_FOR_FEEDBACK: "warning",
  DEGRADED: "warning",
  REFUNDED: "warning",
  FAILED: "bad",
  EXPIRED: "bad",
  UNAVAILABLE: "bad",
};

/** A state in words, with a colour for those who see it. */
export function State({ of }: { readonly of: string }) {
  return <span class={`badge ${TONES[of] ?? "plain"}`}>{phrase(of)}</span>;
}

// The page is in English, but amounts and moments are written as the reader's language has it:
// `dir` keeps the signs of one that runs from right to left in their order.

export function Amount({ of }: { readonly of: Money | null | undefined }) {
  if (!of) return <Nothing />;
  return (
    <data value={of.amount} dir="auto">
      {money(of)}
    </data>
  );
}

export function Moment({ at }: { readonly at: DateTime | null | undefined }) {
  if (!at) return <Nothing />;
  return (
    <time dateTime={at} title={exactly(at)} dir="auto">
      {moment(at)}
    </time>
  );
}

export function Nothing() {
  return (
    <span class="nothing">
      <span aria-hidden="true">–</span>
      <span class="unseen">none</span>
    </span>
  );
}
