// What the graph's own scalars are in TypeScript: texts, so that nothing is rounded or shifted.
declare const kind: unique symbol;
type Text<Kind> = string & { readonly [kind]: Kind };

/** An exact decimal number as text, which Intl formats digit by digit. */
export type Decimal = `${number}`;
/** A moment: RFC 3339 with an offset. */
export type DateTime = Text<"DateTime">;
/** A day of a calendar, in no zone. */
export type CalendarDate = Text<"CalendarDate">;

export interface Money {
  readonly amount: Decimal;
  readonly currency: string;
}
