// Something the reader should know, said aloud to those who do not see it.
import type { ComponentChildren, TargetedEvent } from "preact";

import { listed } from "../format/words";
import type { GraphError } from "../graph/ask";

interface NoticeProps {
  readonly tone: "warning" | "error";
  readonly children: ComponentChildren;
  /** Whether it is in a part of the page that is read aloud when it changes; what comes into
      the page together with its text often is not. */
  readonly isTold?: boolean;
}

export function Notice({ tone, children, isTold = false }: NoticeProps) {
  const role = tone === "error" ? "alert" : "status";
  return (
    <div class={`notice ${tone}`} role={isTold ? undefined : role}>
      <p>{children}</p>
    </div>
  );
}

/** For a button that goes when it is pressed: the focus stays in the part of the page it was in. */
export function keepFocus(button: HTMLElement): void {
  button.closest<HTMLElement>('[tabindex="-1"]')?.focus({ preventScroll: true });
}

interface FailureProps {
  readonly of: GraphError;
  readonly again: () => void;
}

/** There is nothing to show, and why. */
export function Failure({ of: { message, code, sources }, again }: FailureProps) {
  const retry = ({ currentTarget }: TargetedEvent<HTMLElement>): void => {
    keepFocus(currentTarget);
    again();
  };
  return (
    <div class="notice error" role="alert">
      <p>
        {sources.length > 0 && <strong>{listed(sources)} did not answer. </strong>}
        {message} <code>{code}</code>
      </p>
      <button type="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}
