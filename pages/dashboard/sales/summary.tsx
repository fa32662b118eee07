// The whole period in one currency: what came in, what went back, by which kind of payment.
import { span } from "../format/moments";
import { count } from "../format/money";
import type { ComponentChildren } from "preact";
import { Amount, Nothing } from "../shell/facts";
import { KIND_NAMES, KINDS, type Summary } from "./figures";

export function SalesSummary({ of }: { readonly of: Summary }) {
  const { income, incomeReturn, checks, checksIncome, incomeAverage, dateFrom, dateTo } = of;
  return (
    <>
      <ul class="cards">
        <Card name="Income">
          <Amount of={income?.total} />
        </Card>
        <Card name="Returned">
          <Amount of={incomeReturn?.total} />
        </Card>
        <Card name="Receipts">{checks === null ? <Nothing /> : count(checks)}</Card>
        <Card name="Average receipt">
          <Amount of={incomeAverage} />
          {checksIncome !== null && <small>over {count(checksIncome)} receipts of income</small>}
        </Card>
      </ul>
      {dateFrom && dateTo && (
        <p class="quiet">
          The figures cover <bdi>{span(dateFrom, dateTo)}</bdi>.
        </p>
      )}
    </>
  );
}

function Card({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <li class="card">
      <span class="label">{name}</span>
      <strong>{children}</strong>
    </li>
  );
}

/** The totals by kind of payment; also the legend of the chart. */
export function ByKind({ of: { income, incomeReturn } }: { readonly of: Summary }) {
  return (
    <div>
      <h3 class="label">By kind of payment</h3>
      <div class="wide kinds" role="region" aria-label="By kind of payment" tabIndex={0}>
        <table aria-label="By kind of payment">
          <thead>
            <tr>
              <th scope="col">Kind</th>
              <th scope="col" class="amount">
                Income
              </th>
              <th scope="col" class="amount">
                <span class="swatch returned" aria-hidden="true" /> Returned
              </th>
            </tr>
          </thead>
          <tbody>
            {KINDS.map((kind) => (
              <tr key={kind}>
                <th scope="row">
                  <span class={`swatch ${kind}`} aria-hidden="true" /> {KIND_NAMES[kind]}
                </th>
                <td class="amount">
                  <Amount of={income?.[kind]} />
                </td>
                <td class="amount">
                  <Amount of={incomeReturn?.[kind]} />
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">Total</th>
              <td class="amount">
                <Amount of={income?.total} />
              </td>
              <td class="amount">
                <Amount of={incomeReturn?.total} />
              </td>
            </tr>
          </tfoot>
        </table>
      </div>
    </div>
  );
}
