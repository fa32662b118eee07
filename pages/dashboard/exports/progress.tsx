// How far an export task is, told by the server as it changes.
import { useEffect, useState } from "preact/hooks";

import {
  ExportTaskStatus,
  WatchExportDocument,
  type WatchExportSubscription,
} from "../generated/graphql";
import { isDeaf, subscribe } from "../graph/live";
import { State } from "../shell/facts";

type Task = WatchExportSubscription["exportTask"];

const OVER: readonly ExportTaskStatus[] = [ExportTaskStatus.Completed, ExportTaskStatus.Cancelled];

interface Live {
  readonly task: Task;
  /** Why it may be otherwise by now. */
  readonly why: string | null;
}

/** The task as it is now; it is watched for as long as it may change and is shown. */
function useLive(read: Task): Live {
  const [heard, setHeard] = useState<Task | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  useEffect(() => {
    if (OVER.includes(read.status)) return undefined;
    const hear = ({ exportTask }: WatchExportSubscription): void => {
      setHeard(exportTask);
      setFailed(null);
    };
    return subscribe(WatchExportDocument, { id: read.id }, { hear, fail: setFailed });
  }, [read]);
  const task = heard ?? read;
  if (OVER.includes(task.status)) return { task, why: null };
  return { task, why: failed ?? (isDeaf.value ? "The server cannot be reached." : null) };
}

export function Progress({ of }: { readonly of: Task }) {
  const { task, why } = useLive(of);
  const { status, progress } = task;
  return (
    <span class="progress">
      <State of={status} />
      {progress !== null && (
        <>
          <progress value={progress} max={100} aria-label="Progress" /> <span>{progress} %</span>
        </>
      )}
      {why !== null && <small title={why}>may be old</small>}
    </span>
  );
}
