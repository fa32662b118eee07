// An open payment: what it is in the graph's words, its invoice, and its provider's own fields.
import { PaymentDocument, type PaymentQuery } from "../generated/graphql";
import { InvoiceLink } from "../invoices/link";
import { Facts, Fields } from "../record/fields";
import { Record } from "../record/record";
import { Amount, Moment, State } from "../shell/facts";

type Payment = NonNullable<PaymentQuery["payment"]>;

export function PaymentRecord({ id }: { readonly id: string }) {
  return (
    <Record kind="Payment" id={id} document={PaymentDocument} row={({ payment }) => payment}>
      {(payment) => (
        <>
          <p class="figure">
            <Amount of={payment.gross} /> <State of={payment.status} />
          </p>
          <Summary of={payment} />
          <h3>Invoice</h3>
          {payment.invoice ? (
            <p class="links">
              <InvoiceLink to={payment.invoice} />
            </p>
          ) : (
            <p>None that any source knows.</p>
          )}
          <h3>From the provider</h3>
          <Fields of={payment.details} />
        </>
      )}
    </Record>
  );
}

function Summary({ of: payment }: { readonly of: Payment }) {
  return (
    <Facts
      of={[
        ["Provider's id", payment.providerId],
        ["Provider's status", payment.providerStatus],
        ["Invoice number", payment.invoiceNumber],
        ["Order number", payment.orderNumber],
        ["Source", payment.source.name],
        ["Net", <Amount of={payment.net} />],
        ["VAT", <Amount of={payment.vat} />],
        ["Created", <Moment at={payment.createdAt} />],
        ["Paid", <Moment at={payment.paidAt} />],
        ["Cancelled", <Moment at={payment.cancelledAt} />],
        ["Expired", <Moment at={payment.expiredAt} />],
        ["Failed", <Moment at={payment.failedAt} />],
        ["Read", <Moment at={payment.fetchedAt} />],
      ]}
    />
  );
}
