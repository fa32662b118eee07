// Any provider's own fields: what is there, in the order that the operation asked for it.
import type { ComponentChildren } from "preact";

import { day } from "../format/moments";
import { title } from "../format/words";
import { TYPES } from "../generated/types";
import { written } from "../graph/json";
import type { CalendarDate, DateTime, Money } from "../graph/scalars";
import { Amount, Moment } from "../shell/facts";

/** A name and what it says; what says nothing is left out. */
export type Fact = readonly [name: string, value: ComponentChildren];

export function Facts({ of }: { readonly of: readonly Fact[] }) {
  return (
    <dl class="facts">
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface FieldsProps {
  readonly of: object;
  /** The type of the graph that has these fields: it says how they are shown. */
  readonly type: string;
}

export function Fields({ of, type }: FieldsProps) {
  const known = Object.entries(of).filter(([name, value]) => name !== "__typename" && says(value));
  return (
    <Facts of={known.map(([name, value]) => [title(name), shown(value, TYPES[type]?.[name])])} />
  );
}

function says(value: unknown): boolean {
  return value != null && !(Array.isArray(value) && value.length === 0);
}

/** By its type, never by its looks: a provider's text may look like anything. */
const SHOWN: Readonly<Record<string, (value: never) => ComponentChildren>> = {
  DateTime: (at: DateTime) => <Moment at={at} />,
  Date: (date: CalendarDate) => day(date),
  Money: (money: Money) => <Amount of={money} />,
  JSON: (value: unknown) => <pre tabIndex={0}>{written(value)}</pre>,
  Boolean: (value: boolean) => (value ? "yes" : "no"),
};

function shown(value: unknown, type = "String"): ComponentChildren {
  if (Array.isArray(value) && type !== "JSON") return list(value, type);
  const show = SHOWN[type];
  if (show) return show(value as never);
  if (typeof value === "object" && value !== null) return <Fields of={value} type={type} />;
  return String(value);
}

function list(values: readonly unknown[], type: string): ComponentChildren {
  if (!SHOWN[type] && values.every((each) => typeof each === "string")) return values.join(", ");
  return (
    <ol>
      {values.map((each, place) => (
        <li key={place}>{shown(each, type)}</li>
      ))}
    </ol>
  );
}
