// How a payment looks in a list.
import type { PaymentRowFragment } from "../generated/graphql";
import type { Column } from "../listing/list";
import { Amount, Moment, State } from "../shell/facts";

export const COLUMNS: readonly Column<PaymentRowFragment>[] = [
  { name: "Payment", kind: "main", cell: ({ providerId }) => providerId },
  { name: "Status", kind: "state", cell: ({ status }) => <State of={status} /> },
  { name: "Invoice", kind: "words", cell: ({ invoiceNumber }) => invoiceNumber },
  { name: "Source", kind: "source", cell: ({ source }) => source.name },
  { name: "Created", kind: "time", cell: ({ createdAt }) => <Moment at={createdAt} /> },
  { name: "Amount", kind: "amount", cell: ({ gross }) => <Amount of={gross} /> },
];
