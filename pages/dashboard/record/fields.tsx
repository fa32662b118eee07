// Any provider's own fields: what is there, in the order that the operation asked for it.
import type { ComponentChildren } from "preact";

import { day } from "../format/moments";
import { title } from "../format/words";
import type { CalendarDate, DateTime, Money } from "../graph/scalars";
import { Amount, Moment } from "../shell/facts";

const MOMENT = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

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

export function Fields({ of }: { readonly of: object }) {
  const known = Object.entries(of).filter(([name, value]) => name !== "__typename" && says(value));
  return <Facts of={known.map(([name, value]) => [title(name), shown(value)])} />;
}

function says(value: unknown): boolean {
  return value != null && !(Array.isArray(value) && value.length === 0);
}

function shown(value: unknown): ComponentChildren {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return list(value);
  if (isMoney(value)) return <Amount of={value} />;
  if (typeof value === "object" && value !== null) return <Fields of={value} />;
  return String(value);
}

function text(value: string): ComponentChildren {
  if (MOMENT.test(value)) return <Moment at={value as DateTime} />;
  return DAY.test(value) ? day(value as CalendarDate) : value;
}

function list(values: readonly unknown[]): ComponentChildren {
  if (values.every((each) => typeof each === "string")) return values.join(", ");
  return (
    <ol>
      {values.map((each, place) => (
        <li key={place}>{shown(each)}</li>
      ))}
    </ol>
  );
}

function isMoney(value: unknown): value is Money {
  return typeof value === "object" && value !== null && "amount" in value && "currency" in value;
}
