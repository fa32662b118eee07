// The tabs that GraphiQL opens with: each an operation, with variables and headers where it has any.
import explain from "./explain.graphql";
import failedPayments from "./failed-payments.graphql";
import newestInvoices from "./newest-invoices.graphql";
import nextPage from "./next-page.graphql";
import runningExports from "./running-exports.graphql";
import salesOfAMonth from "./sales-of-a-month.graphql";
import watchExport from "./watch-export.graphql";
import whoIsDown from "./who-is-down.graphql";

const json = (value) => JSON.stringify(value, null, 2);

// The last whole month, as the shops in Moscow count it.
function lastMonth(now = new Date()) {
  const first = (shift) =>
    new Date(Date.UTC(now.getFullYear(), now.getMonth() + shift, 1)).toISOString().slice(0, 10);
  return { from: `${first(-1)}T00:00:00+03:00`, to: `${first(0)}T00:00:00+03:00` };
}

export const examples = [
  { query: newestInvoices },
  { query: nextPage, variables: json({ after: null }) },
  { query: failedPayments },
  { query: salesOfAMonth, variables: json(lastMonth()) },
  { query: runningExports },
  { query: watchExport, variables: json({ id: "" }) },
  { query: whoIsDown },
  { query: explain, headers: json({ "X-Pacioli-Explain": "1" }) },
];
