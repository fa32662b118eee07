import type { NewestInvoicesQuery } from "./graph";

export function total(answer: NewestInvoicesQuery): number {
  return answer.invoices.nodes[0].total.amount * 2;
}
