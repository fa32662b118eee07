// A payment where another row speaks of it.
import type { PaymentRowFragment } from "../generated/graphql";
import { linkWith } from "../shell/address";
import { Amount, Moment, State } from "../shell/facts";

export function PaymentLink({ to }: { readonly to: PaymentRowFragment }) {
  return (
    <a href={linkWith({ open: to.id, record: "payments" })}>
      <strong>{to.providerId}</strong> <Amount of={to.gross} /> <State of={to.status} />{" "}
      <Moment at={to.createdAt} /> {to.source.name}
    </a>
  );
}
