// How far an export task is, told by the server as it changes.
import { useEffect, useState } from "preact/hooks";

import {
  ExportTaskStatus,
  WatchExportDocument,
  type WatchExportSubscription,
} from "../generated/graphql";
import { subscribe } from "../graph/live";
import { State } from "../shell/facts";

type Task = WatchExportSubscription["exportTask"];

const OVER: readonly ExportTaskStatus[] = [ExportTaskStatus.Completed, ExportTaskStatus.Cancelled];

/** The task as it is now; it is watched for as long as it may change and is shown. */
function useLive(read: Task): Task {
  const [heard, setHeard] = useState<Task | null>(null);
  useEffect(() => {
    if (OVER.includes(read.status)) return undefined;
    return subscribe(WatchExportDocument, { id: read.id }, ({ exportTask }) =>
      setHeard(exportTask),
    );
  }, [read]);
  return heard ?? read;
}

export function Progress({ of }: { readonly of: Task }) {
  const { status, progress } = useLive(of);
  return (
    <span class="progress">
      <State of={status} />
      {progress !== null && (
        <>
          <progress value={progress} max={100} aria-label="Progress" /> <span>{progress} %</span>
        </>
      )}
    </span>
  );
}
