// The row that is open over a view. One that is linked opens over the same view and its list.
import { ExportRecord } from "../exports/record";
import { InvoiceRecord } from "../invoices/record";
import { PaymentRecord } from "../payments/record";
import { address } from "./address";

type RecordOf = (props: { readonly id: string }) => preact.JSX.Element;

const RECORDS: Readonly<Partial<Record<string, RecordOf>>> = {
  invoices: InvoiceRecord,
  payments: PaymentRecord,
  exports: ExportRecord,
};

export function OpenRow() {
  const { view, choices } = address.value;
  const Opened = RECORDS[choices.record ?? view];
  return Opened && choices.open ? <Opened key={choices.open} id={choices.open} /> : null;
}
