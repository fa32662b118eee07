// A list of rows as a table that reads on while it is scrolled. Its pages are drawn only while they
// are near the window (`content-visibility`), so thousands of rows stay smooth.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";

import { count } from "../format/money";
import { listed } from "../format/words";
import { linkToRow } from "../shell/address";
import { Notice } from "../shell/notice";
import { renew } from "./chosen";
import { End } from "./end";
import { Flaws } from "./flaws";
import { Listing, type Page, type Reader } from "./listing";
import { Outcomes } from "./outcomes";
import { failing, standing } from "./standing";

const LATER = "They come further down once it answers again.";
const OUT_OF_ORDER = "the rows that were missing are further down. Refresh puts all in order.";

export interface Column<Row> {
  readonly name: string;
  readonly kind: "main" | "state" | "words" | "live" | "source" | "time" | "amount";
  readonly cell: (row: Row) => ComponentChildren;
}

interface TableProps<Row> {
  readonly name: string;
  /** The cell of the first is the link that opens the row. */
  readonly columns: readonly Column<Row>[];
}

interface ListProps<Row> extends TableProps<Row> {
  readonly read: Reader<Page<Row>>;
}

/** Another `read` needs another `key`. */
export function List<Row extends { id: string }>({ name, columns, read }: ListProps<Row>) {
  const [turn, setTurn] = useState(0);
  const anew = (): void => {
    renew();
    setTurn(turn + 1);
  };
  const listing = useMemo(() => new Listing(read), [turn]);
  useEffect(() => () => listing.stop(), [listing]);
  const pages = listing.pages.value;
  const total = pages[0]?.totalCount;
  const { unwell, late } = standing(pages);
  return (
    <section aria-label={name}>
      <div class="over">
        <p>{total == null ? "Newest first" : `${count(total)}, newest first`}</p>
        <button type="button" class="quiet" onClick={anew}>
          Refresh
        </button>
      </div>
      <div role="status">
        <Outcomes of={unwell} hint={LATER} isTold />
        {late.length > 0 && (
          <Notice tone="warning" isTold>
            <strong>{listed(late)}</strong> did not answer for a while: {OUT_OF_ORDER}
          </Notice>
        )}
      </div>
      <div
        role="table"
        aria-label={name}
        aria-busy={pages.length === 0 && listing.isReading.value}
        class="list"
      >
        <Heads columns={columns} />
        {pages.map((page, place) => (
          <Rows
            key={page.nodes[0]?.id ?? "none"}
            page={page}
            columns={columns}
            without={place === 0 ? "" : listed(failing(pages, place))}
          />
        ))}
      </div>
      <End listing={listing} />
    </section>
  );
}

function Heads<Row>({ columns }: { readonly columns: readonly Column<Row>[] }) {
  return (
    <div role="rowgroup" class="heads">
      <div role="row" class="row">
        {columns.map(({ name, kind }) => (
          <span role="columnheader" class={kind} key={name}>
            {name}
          </span>
        ))}
      </div>
    </div>
  );
}

interface RowsProps<Row> {
  readonly page: Page<Row>;
  readonly columns: readonly Column<Row>[];
  /** Whose rows are missing from here on. */
  readonly without: string;
}

/** The rows of a page never change, so they are made once. */
function Rows<Row extends { id: string }>({ page, columns, without }: RowsProps<Row>) {
  const rows = useMemo(
    () => page.nodes.map((row) => <Cells row={row} columns={columns} />),
    [page],
  );
  return (
    <div role="rowgroup" class="page">
      {without && (
        <div role="row">
          <div role="cell" class="lacks">
            From here on {without} did not answer.
          </div>
        </div>
      )}
      {page.errors && page.errors.length > 0 && (
        <div role="row">
          <div role="cell" class="lacks">
            <Flaws of={page.errors} />
          </div>
        </div>
      )}
      {rows}
    </div>
  );
}

interface CellsProps<Row> {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
}

function Cells<Row extends { id: string }>({ row, columns }: CellsProps<Row>) {
  const [first, ...others] = columns;
  return (
    <div role="row" class="row" data-row={row.id}>
      <span role="cell" class={first?.kind}>
        <a href={linkToRow(row.id)}>{first?.cell(row)}</a>
      </span>
      {others.map(({ name, kind, cell }) => (
        <span role="cell" class={kind} key={name}>
          {cell(row)}
        </span>
      ))}
    </div>
  );
}
