// Sales by day, week or month: totals, a chart, and the rows.
import { useEffect, useMemo, useState } from "preact/hooks";

import { bounds, chosenDays, days } from "../format/periods";
import { SalesDocument, type SalesFilter, SalesInterval } from "../generated/graphql";
import { renew, today } from "../listing/chosen";
import { Filters, Interval, Period, Sources } from "../listing/filters";
import { Listing, reader } from "../listing/listing";
import { useResuming } from "../listing/resuming";
import { address, type Choices, several } from "../shell/address";
import { Failure } from "../shell/notice";
import { holders } from "../sources/accounts";
import { SalesChart } from "./chart";
import { bars, walked } from "./figures";
import { Lacks } from "./lacks";
import { ByKind, SalesSummary } from "./summary";
import { SalesTable } from "./table";

const USUAL = "30 days";

export function Sales() {
  const filter = filterOf(address.value.choices);
  return (
    <>
      <Filters>
        <Interval />
        <Period usual={USUAL} />
        <Sources among={holders("sales")} />
      </Filters>
      <Figures key={JSON.stringify(filter)} filter={filter} />
    </>
  );
}

function filterOf({
  period = USUAL,
  by = "",
  source,
}: Choices): SalesFilter & { interval: SalesInterval } {
  const day = today.value;
  return {
    ...bounds(chosenDays(period, day) ?? days(USUAL, day)),
    interval: Object.values(SalesInterval).find((each) => each === by) ?? SalesInterval.Day,
    sources: source ? several(source) : null,
  };
}

interface FiguresProps {
  readonly filter: ReturnType<typeof filterOf>;
}

function Figures({ filter }: FiguresProps) {
  const [turn, setTurn] = useState(0);
  const anew = (): void => {
    renew();
    setTurn(turn + 1);
  };
  return (
    <>
      <div class="over">
        <span />
        <button type="button" class="quiet" onClick={anew}>
          Refresh
        </button>
      </div>
      <Read key={turn} filter={filter} anew={anew} />
    </>
  );
}

function Read({ filter, anew }: FiguresProps & { readonly anew: () => void }) {
  const listing = useMemo(
    () => new Listing(reader(SalesDocument, filter, ({ salesAggregates }) => salesAggregates)),
    [],
  );
  useEffect(() => () => listing.stop(), [listing]);
  useResuming(listing);
  const { goesOn, isWhole, failure, pages } = listing;
  useEffect(() => {
    if (goesOn.value) void listing.more(); // a chart needs all pages
  }, [goesOn.value]);
  const walk = useMemo(() => walked(pages.value), [pages.value]);
  const { rows, summary } = walk;
  if (failure.value) return <Failure of={failure.value} again={() => void listing.more()} />;
  if (!isWhole.value) return <p role="status">Reading…</p>;
  return (
    <>
      <Lacks of={walk} again={anew} />
      {rows.length === 0 && <p role="status">No sales in this period.</p>}
      {(rows.length > 0 ? summary : []).map((each) => (
        <section class="sales" key={each.currency} aria-label={`Sales in ${each.currency}`}>
          <h2 class={summary.length > 1 ? undefined : "unseen"}>In {each.currency}</h2>
          <SalesSummary of={each} />
          <Drawn rows={rows} currency={each.currency} interval={filter.interval} />
          <ByKind of={each} />
        </section>
      ))}
      {rows.length > 0 && <SalesTable rows={rows} interval={filter.interval} />}
    </>
  );
}

function Drawn(props: Parameters<typeof SalesTable>[0] & { readonly currency: string }) {
  const { rows, currency, interval } = props;
  const made = useMemo(() => bars(rows, currency), [rows, currency]);
  return <SalesChart bars={made} currency={currency} interval={interval} />;
}
