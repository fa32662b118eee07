// An open invoice: what it is in the graph's words, its payments, and its provider's own fields.
import { InvoiceDocument, type InvoiceQuery } from "../generated/graphql";
import { Outcomes } from "../listing/outcomes";
import { PaymentLink } from "../payments/link";
import { Fields } from "../record/fields";
import { Record } from "../record/record";
import { Amount, State } from "../shell/facts";

type Invoice = NonNullable<InvoiceQuery["invoice"]>;

export function InvoiceRecord({ id }: { readonly id: string }) {
  return (
    <Record kind="Invoice" id={id} document={InvoiceDocument} row={({ invoice }) => invoice}>
      {(invoice) => (
        <>
          <p class="figure">
            <Amount of={invoice.total} /> <State of={invoice.status} />
          </p>
          <Summary of={invoice} />
          <Payments of={invoice} />
          <h3>From the provider</h3>
          <Fields of={invoice.details} type={invoice.details.__typename} />
        </>
      )}
    </Record>
  );
}

function Summary({ of }: { readonly of: Invoice }) {
  const { number, providerId, providerStatus, description, source, createdAt, captured, refunded } =
    of;
  const { name } = source;
  return (
    <Fields
      type="Invoice"
      of={{
        number,
        providerId,
        providerStatus,
        description,
        source: name,
        createdAt,
        captured,
        refunded,
      }}
    />
  );
}

function Payments({ of: { payments } }: { readonly of: Invoice }) {
  return (
    <>
      <h3>Payments</h3>
      {payments && <Outcomes of={payments.sources} hint="Open the invoice again later." />}
      {payments?.nodes.length ? (
        <ul class="links">
          {payments.nodes.map((payment) => (
            <li key={payment.id}>
              <PaymentLink to={payment} />
            </li>
          ))}
        </ul>
      ) : (
        <p>{payments ? "None that any source knows." : "They could not be read."}</p>
      )}
    </>
  );
}
