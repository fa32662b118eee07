// The filters of a view: each is a choice of the address, so links and the way back keep them.
import type { ComponentChildren, TargetedEvent } from "preact";

import { days, isPeriod, PERIODS, type PeriodName, chosenDays, periodOf } from "../format/periods";
import { phrase } from "../format/words";
import { typedDecimal } from "../format/decimals";
import { SalesInterval } from "../generated/graphql";
import { address, choose, several } from "../shell/address";

const WIDE = matchMedia("(min-width: 48rem)").matches;

export function Filters({ children }: { readonly children: ComponentChildren }) {
  return (
    <details class="filters" open={WIDE}>
      <summary>Filters</summary>
      <form onSubmit={(event) => event.preventDefault()}>{children}</form>
    </details>
  );
}

interface OneOrMoreProps {
  readonly legend: string;
  readonly choice: string;
  readonly values: readonly string[];
  readonly label?: (value: string) => string;
}

/** Any of several values; none chosen is all. */
export function OneOrMore({ legend, choice, values, label = phrase }: OneOrMoreProps) {
  const present = several(address.value.choices[choice]);
  const toggled = (value: string): string =>
    (present.includes(value) ? present.filter((each) => each !== value) : [...present, value]).join(
      ",",
    );
  return (
    <fieldset class="pills">
      <legend>{legend}</legend>
      {values.map((value) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={present.includes(value)}
            onChange={() => choose({ [choice]: toggled(value) })}
          />
          <span>{label(value)}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Which accounts; where there is but one, nothing is to be chosen. */
export function Sources({ among }: { readonly among: readonly string[] }) {
  if (among.length < 2) return null;
  return <OneOrMore legend="Source" choice="source" values={among} label={String} />;
}

/** The length of the periods that are summed up. */
export function Interval() {
  const present = address.value.choices.by ?? SalesInterval.Day;
  return (
    <fieldset class="pills">
      <legend>By</legend>
      {Object.values(SalesInterval).map((interval) => (
        <label key={interval}>
          <input
            type="radio"
            name="interval"
            checked={interval === present}
            onChange={() => choose({ by: interval })}
          />
          <span>{phrase(interval)}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface PeriodProps {
  /** The period without a choice; without it, all of time. */
  readonly usual?: PeriodName;
}

export function Period({ usual }: PeriodProps) {
  const chosen = address.value.choices.period ?? usual ?? "";
  const span = chosenDays(chosen, new Date());
  const isOwn = span !== null && !isPeriod(chosen);
  const name = (event: TargetedEvent<HTMLSelectElement>): void => {
    const { value } = event.currentTarget;
    choose({ period: value === "own" ? periodOf(span ?? days("30 days", new Date())) : value });
  };
  return (
    <>
      <label class="field">
        Period
        <select value={isOwn ? "own" : chosen} onChange={name}>
          {usual === undefined && <option value="">all</option>}
          {PERIODS.map((period) => (
            <option key={period}>{period}</option>
          ))}
          <option value="own">from … to …</option>
        </select>
      </label>
      {isOwn && <OwnPeriod {...span} />}
    </>
  );
}

function OwnPeriod({ first, last }: { readonly first: string; readonly last: string }) {
  return (
    <>
      <Day
        label="From"
        value={first}
        change={(day) => ({ first: day, last: day > last ? day : last })}
      />
      <Day
        label="To"
        value={last}
        change={(day) => ({ first: day < first ? day : first, last: day })}
      />
    </>
  );
}

interface DayProps {
  readonly label: string;
  readonly value: string;
  readonly change: (day: string) => { readonly first: string; readonly last: string };
}

function Day({ label, value, change }: DayProps) {
  return (
    <label class="field">
      {label}
      <input
        type="date"
        value={value}
        required
        onChange={({ currentTarget: { value: day } }) =>
          day && choose({ period: periodOf(change(day)) })
        }
      />
    </label>
  );
}

export function AmountRange() {
  return (
    <fieldset class="range">
      <legend>Amount</legend>
      <AmountLimit label="Amount from" choice="least" />
      <span aria-hidden="true">–</span>
      <AmountLimit label="Amount to" choice="most" />
    </fieldset>
  );
}

interface AmountLimitProps {
  readonly label: string;
  readonly choice: "least" | "most";
}

/** Any way to write a number that is understood, and nothing else. */
function AmountLimit({ label, choice }: AmountLimitProps) {
  const check = ({ currentTarget }: TargetedEvent<HTMLInputElement>): void => {
    const { value } = currentTarget;
    const isGood = value === "" || typedDecimal(value) !== null;
    currentTarget.setCustomValidity(isGood ? "" : "An amount, such as 1250.50");
    if (currentTarget.reportValidity()) choose({ [choice]: value });
  };
  return (
    <input
      aria-label={label}
      inputMode="decimal"
      autocomplete="off"
      size={8}
      value={address.value.choices[choice] ?? ""}
      onChange={check}
    />
  );
}
