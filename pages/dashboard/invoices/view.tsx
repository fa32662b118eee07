// All invoices, of every source, newest first.
import { type InvoiceFilter, InvoicesDocument, InvoiceStatus } from "../generated/graphql";
import { among, chosen } from "../listing/chosen";
import { AmountRange, Filters, OneOrMore, Period, Sources } from "../listing/filters";
import { List } from "../listing/list";
import { reader } from "../listing/listing";
import { address, type Choices } from "../shell/address";
import { holders } from "../sources/accounts";
import { COLUMNS } from "./columns";

export function Invoices() {
  const { choices } = address.value;
  const filter = filterOf(choices);
  return (
    <>
      <Filters>
        <OneOrMore legend="Status" choice="status" values={Object.values(InvoiceStatus)} />
        <Sources among={holders("invoices")} />
        <Period />
        <AmountRange />
      </Filters>
      <List
        key={JSON.stringify(filter)}
        name="Invoices"
        columns={COLUMNS}
        read={reader(InvoicesDocument, filter, ({ invoices }) => invoices)}
      />
    </>
  );
}

function filterOf(choices: Choices): InvoiceFilter {
  const { sources, period, least, most } = chosen(choices);
  return {
    sources,
    statuses: among(InvoiceStatus, choices.status),
    createdFrom: period?.from,
    createdTo: period?.to,
    totalFrom: least,
    totalTo: most,
  };
}
