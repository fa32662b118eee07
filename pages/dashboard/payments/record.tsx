// An open payment: what it is in the graph's words, its invoice, and its provider's own fields.
import { PaymentDocument, type PaymentQuery } from "../generated/graphql";
import type { FieldError } from "../graph/ask";
import { InvoiceLink } from "../invoices/link";
import { Fields } from "../record/fields";
import { Record } from "../record/record";
import { Amount, State } from "../shell/facts";

type Payment = NonNullable<PaymentQuery["payment"]>;

export function PaymentRecord({ id }: { readonly id: string }) {
  return (
    <Record kind="Payment" id={id} document={PaymentDocument} row={({ payment }) => payment}>
      {(payment, errors) => (
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
            <p>{isUnread(errors) ? "It could not be read." : "None that any source knows."}</p>
          )}
          <h3>From the provider</h3>
          <Details of={payment.details} />
        </>
      )}
    </Record>
  );
}

function isUnread(errors: readonly FieldError[]): boolean {
  return errors.some(({ path = [] }) => path[1] === "invoice");
}

function Details({ of }: { readonly of: Payment["details"] }) {
  if ("info" in of) return <Fields of={of.info} type="SmartpayPaymentInfo" />;
  return <Fields of={of} type={of.__typename} />;
}

function Summary({ of }: { readonly of: Payment }) {
  const { providerId, providerStatus, invoiceNumber, orderNumber, source, net, vat } = of;
  const { createdAt, paidAt, cancelledAt, expiredAt, failedAt } = of;
  const facts = { providerId, providerStatus, invoiceNumber, orderNumber, source: source.name };
  return (
    <Fields
      type="Payment"
      of={{ ...facts, net, vat, createdAt, paidAt, cancelledAt, expiredAt, failedAt }}
    />
  );
}
