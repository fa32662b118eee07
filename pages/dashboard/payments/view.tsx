// All payments, of every source, newest first.
import { type PaymentFilter, PaymentsDocument, PaymentStatus } from "../generated/graphql";
import { among, chosen } from "../listing/chosen";
import { AmountRange, Filters, OneOrMore, Period, Sources } from "../listing/filters";
import { List } from "../listing/list";
import { reader } from "../listing/listing";
import { address, type Choices } from "../shell/address";
import { holders } from "../sources/accounts";
import { COLUMNS } from "./columns";

export function Payments() {
  const { choices } = address.value;
  const filter = filterOf(choices);
  return (
    <>
      <Filters>
        <OneOrMore legend="Status" choice="status" values={Object.values(PaymentStatus)} />
        <Sources among={holders("payments")} />
        <Period />
        <AmountRange />
      </Filters>
      <List
        key={JSON.stringify(filter)}
        name="Payments"
        columns={COLUMNS}
        read={reader(PaymentsDocument, filter, ({ payments }) => payments)}
      />
    </>
  );
}

function filterOf(choices: Choices): PaymentFilter {
  const { sources, period, least, most } = chosen(choices);
  return {
    sources,
    statuses: among(PaymentStatus, choices.status),
    createdFrom: period?.from,
    createdTo: period?.to,
    grossFrom: least,
    grossTo: most,
  };
}
