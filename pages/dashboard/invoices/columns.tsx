// How an invoice looks in a list.
import type { InvoiceRowFragment } from "../generated/graphql";
import type { Column } from "../listing/list";
import { Amount, Moment, State } from "../shell/facts";

export const COLUMNS: readonly Column<InvoiceRowFragment>[] = [
  { name: "Invoice", kind: "main", cell: ({ number, providerId }) => number ?? providerId },
  { name: "Status", kind: "state", cell: ({ status }) => <State of={status} /> },
  { name: "What for", kind: "words", cell: ({ description }) => <bdi>{description}</bdi> },
  { name: "Source", kind: "source", cell: ({ source }) => source.name },
  { name: "Created", kind: "time", cell: ({ createdAt }) => <Moment at={createdAt} /> },
  { name: "Amount", kind: "amount", cell: ({ total }) => <Amount of={total} /> },
];
