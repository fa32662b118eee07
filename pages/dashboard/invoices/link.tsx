// An invoice where another row speaks of it.
import type { InvoiceRowFragment } from "../generated/graphql";
import { linkWith } from "../shell/address";
import { Amount, Moment, State } from "../shell/facts";

export function InvoiceLink({ to }: { readonly to: InvoiceRowFragment }) {
  return (
    <a href={linkWith({ open: to.id, record: "invoices" })}>
      <strong>{to.number ?? to.providerId}</strong> <Amount of={to.total} />{" "}
      <State of={to.status} /> <Moment at={to.createdAt} /> {to.source.name}
    </a>
  );
}
