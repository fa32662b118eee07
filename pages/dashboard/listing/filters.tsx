// The filters of a view: each is a choice of the address, so links and the way back keep them.
import type { ComponentChildren, TargetedEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import {
  chosenDays,
  type Days,
  days,
  FIRST_DAY,
  isPeriod,
  LAST_DAY,
  PERIODS,
  type PeriodName,
  periodOf,
} from "../format/periods";
import { listed, phrase } from "../format/words";
import { isDecimal } from "../format/decimals";
import { retyped, typed } from "../format/typed";
import { SalesInterval } from "../generated/graphql";
import { address, choose, link, several } from "../shell/address";
import { Notice } from "../shell/notice";

const WIDE = matchMedia("(min-width: 48rem)").matches;

export function Filters({ children }: { readonly children: ComponentChildren }) {
  return (
    <details class="filters" open={WIDE}>
      <summary>Filters</summary>
      <form onSubmit={(event) => event.preventDefault()}>
        {children}
        <Clear />
      </form>
    </details>
  );
}

/** The way out of a link that leads nowhere, too. */
function Clear() {
  const { view, choices } = address.value;
  if (Object.keys(choices).every((name) => name === "open")) return null;
  return <a href={link(view)}>Clear filters</a>;
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
  const gone = present.filter((each) => !values.includes(each)); // a link may be old
  const toggled = (value: string): string =>
    (present.includes(value) ? present.filter((each) => each !== value) : [...present, value]).join(
      ",",
    );
  return (
    <fieldset class="pills">
      <legend>{legend}</legend>
      {[...values, ...gone].map((value) => (
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
  const isChosen = address.value.choices.source !== undefined;
  if (among.length < 2 && !isChosen) return null;
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
  const isUnclear = span === null && chosen !== "";
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
          {isUnclear && <option>{chosen}</option>}
        </select>
      </label>
      {isUnclear && <Notice tone="warning">There is no period “{chosen}”: it is left out.</Notice>}
      {isOwn && <OwnPeriod {...span} />}
    </>
  );
}

/** Both days are kept while they are typed, and chosen once they are a period. */
function OwnPeriod(chosen: Days) {
  const [typed, setTyped] = useState(chosen);
  useEffect(() => setTyped(chosen), [chosen.first, chosen.last]);
  const change = (made: Partial<Days>): void => {
    const next = { ...typed, ...made };
    setTyped(next);
    const choice = periodOf(next);
    const isNew = choice !== periodOf(chosen);
    if (isNew && chosenDays(choice, new Date())) choose({ period: choice });
  };
  return (
    <>
      <Day label="From" value={typed.first} change={(first) => change({ first })} />
      <Day label="To" value={typed.last} change={(last) => change({ last })} />
      {typed.first > typed.last && (
        <Notice tone="warning">The period ends before it begins.</Notice>
      )}
    </>
  );
}

interface DayProps {
  readonly label: string;
  readonly value: string;
  readonly change: (day: string) => void;
}

/** A day is taken once it is typed to its end: browsers tell of each digit of a year. */
function Day({ label, value, change }: DayProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current) input.current.value = value;
  }, [value]);
  const done = ({ currentTarget }: TargetedEvent<HTMLInputElement>): void => {
    if (currentTarget.checkValidity()) change(currentTarget.value);
  };
  return (
    <label class="field">
      {label}
      <input
        ref={input}
        type="date"
        min={FIRST_DAY}
        max={LAST_DAY}
        required
        onBlur={done}
        onKeyDown={(event) => event.key === "Enter" && done(event)}
      />
    </label>
  );
}

export function AmountRange() {
  const { least = "", most = "" } = address.value.choices;
  const unclear = [least, most].filter((each) => each !== "" && !isDecimal(each));
  return (
    <fieldset class="range">
      <legend>Amount</legend>
      <AmountLimit label="Amount from" choice="least" />
      <span aria-hidden="true">–</span>
      <AmountLimit label="Amount to" choice="most" />
      {unclear.length > 0 && (
        <Notice tone="warning">No amount, and left out: {listed(unclear)}.</Notice>
      )}
    </fieldset>
  );
}

interface AmountLimitProps {
  readonly label: string;
  readonly choice: "least" | "most";
}

/** Typed as the reader's language has it; in the address it is a plain decimal for all readers. */
function AmountLimit({ label, choice }: AmountLimitProps) {
  const check = ({ currentTarget }: TargetedEvent<HTMLInputElement>): void => {
    const { value } = currentTarget;
    const told = value.trim() === "" ? { amount: "" } : typed(value);
    currentTarget.setCustomValidity("why" in told ? told.why : "");
    if ("amount" in told) choose({ [choice]: told.amount });
    else currentTarget.reportValidity();
  };
  const present = address.value.choices[choice] ?? "";
  return (
    <input
      aria-label={label}
      inputMode="decimal"
      autocomplete="off"
      size={8}
      value={isDecimal(present) ? retyped(present) : present}
      onChange={check}
    />
  );
}
