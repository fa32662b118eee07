// An open export task: how far it is, what became of it, and what was asked for.
import { ExportDocument, type ExportQuery } from "../generated/graphql";
import { phrase } from "../format/words";
import { Facts, Fields } from "../record/fields";
import { Record } from "../record/record";
import { Progress } from "./progress";

type Task = NonNullable<ExportQuery["exportTask"]>;

export function ExportRecord({ id }: { readonly id: string }) {
  return (
    <Record
      kind="Export task"
      id={id}
      document={ExportDocument}
      row={({ exportTask }) => exportTask}
    >
      {(task) => (
        <>
          <p class="figure">
            <Progress of={task} />
          </p>
          <Summary of={task} />
          {task.resolutions.length > 0 && (
            <Facts of={task.resolutions.map(({ type, message }) => [phrase(type), message])} />
          )}
          <h3>What was asked for</h3>
          <Fields of={task.parameters ?? {}} type="ExportParameters" />
        </>
      )}
    </Record>
  );
}

function Summary({ of }: { readonly of: Task }) {
  const { reportType, mimeType, providerId, providerStatus, organizationId, source } = of;
  const { createdAt, updatedAt, deletedAt, meta, metadata } = of;
  const facts = { reportType, mimeType, providerId, providerStatus, organizationId };
  return (
    <Fields
      type="ExportTask"
      of={{ ...facts, source: source.name, createdAt, updatedAt, deletedAt, meta, metadata }}
    />
  );
}
