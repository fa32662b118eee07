import type { NewestInvoicesQuery, WatchExportSubscription } from "./graph";

// Money is decimal text: a number would lose digits.
export function total(answer: NewestInvoicesQuery): string[] {
  const nodes = answer.invoices?.nodes ?? [];
  return nodes.flatMap(({ total }) => (total ? [`${total.amount} ${total.currency}`] : []));
}

export function isOver({ exportTask }: WatchExportSubscription): boolean {
  return exportTask.status === "COMPLETED" || exportTask.status === "CANCELLED";
}
