// The sales row by row, as the sources gave them: what the chart shows, to the last digit.
import { day, tick } from "../format/moments";
import { count } from "../format/money";
import type { SalesInterval } from "../generated/graphql";
import { Amount, Nothing } from "../shell/facts";
import { KIND_NAMES, KINDS, type SalesRow } from "./figures";

interface SalesTableProps {
  readonly rows: readonly SalesRow[];
  readonly interval: SalesInterval;
}

export function SalesTable({ rows, interval }: SalesTableProps) {
  const isOfSeveral = new Set(rows.map(({ source }) => source.name)).size > 1;
  const name = `Sales by ${interval.toLowerCase()}`;
  return (
    <div>
      <h2>{name}</h2>
      <div class="wide" role="region" aria-label="Sales by period" tabIndex={0}>
        <table aria-label={name}>
          <thead>
            <tr>
              <th scope="col">Period</th>
              {isOfSeveral && <th scope="col">Source</th>}
              {KINDS.map((kind) => (
                <th scope="col" class="amount" key={kind}>
                  {KIND_NAMES[kind]}
                </th>
              ))}
              <th scope="col" class="amount">
                Income
              </th>
              <th scope="col" class="amount">
                Returned
              </th>
              <th scope="col" class="amount">
                Receipts
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.id} row={row} interval={interval} withSource={isOfSeveral} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

interface RowProps {
  readonly row: SalesRow;
  readonly interval: SalesInterval;
  readonly withSource: boolean;
}

function Row({ row, interval, withSource }: RowProps) {
  return (
    <tr>
      <th scope="row">
        <bdi>{period(row, interval)}</bdi>
      </th>
      {withSource && <td>{row.source.name}</td>}
      {KINDS.map((kind) => (
        <td class="amount" key={kind}>
          <Amount of={row.income?.[kind]} />
        </td>
      ))}
      <td class="amount">
        <Amount of={row.income?.total} />
      </td>
      <td class="amount">
        <Amount of={row.incomeReturn?.total} />
      </td>
      <td class="amount">{row.checks === null ? <Nothing /> : count(row.checks)}</td>
    </tr>
  );
}

function period({ start, end }: SalesRow, interval: SalesInterval): string {
  if (interval === "MONTH") return tick(start, interval);
  return interval === "DAY" ? day(start) : `${day(start)} – ${day(end)}`;
}
