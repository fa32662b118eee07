// One operation for one place of the page, read again when its variables change.
import { useEffect, useState } from "preact/hooks";

import type { TypedDocumentString } from "../generated/graphql";
import { type Answer, ask, explained, type GraphError } from "../graph/ask";

export interface Reading<Result> {
  readonly answer: Answer<Result> | null;
  readonly failure: GraphError | null;
  readonly again: () => void;
}

export function useAnswer<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Reading<Result> {
  const [turn, setTurn] = useState(0);
  const [read, setRead] = useState<Omit<Reading<Result>, "again">>({ answer: null, failure: null });
  useEffect(() => {
    const stopping = new AbortController();
    setRead({ answer: null, failure: null });
    ask(document, variables, stopping.signal).then(
      (answer) => setRead({ answer, failure: null }),
      (error: unknown) => {
        if (!stopping.signal.aborted) setRead({ answer: null, failure: explained(error) });
      },
    );
    return () => stopping.abort();
  }, [JSON.stringify(variables), turn]);
  return { ...read, again: () => setTurn(turn + 1) };
}
