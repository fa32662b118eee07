// How an export task looks in a list.
import { title } from "../format/words";
import type { ExportRowFragment } from "../generated/graphql";
import type { Column } from "../listing/list";
import { Moment } from "../shell/facts";
import { Progress } from "./progress";

export const COLUMNS: readonly Column<ExportRowFragment>[] = [
  {
    name: "Report",
    kind: "main",
    cell: ({ reportType, providerId }) => title(reportType ?? providerId),
  },
  { name: "Progress", kind: "live", cell: (task) => <Progress of={task} /> },
  { name: "Source", kind: "source", cell: ({ source }) => source.name },
  { name: "Created", kind: "time", cell: ({ createdAt }) => <Moment at={createdAt} /> },
];
