// Money in the reader's own way of writing it, with every digit that it has.
import type { Decimal, Money } from "../graph/scalars";
import { fractionDigits } from "./decimals";

type Style = Intl.NumberFormatOptions;
const formats = new Map<string, Intl.NumberFormat>();
const CURRENCY = /^[A-Z]{3}$/i;

/** "1 234,50 €": as many digits as the currency has, and more where the amount has more. */
export function money({ amount, currency }: Money, locale?: string): string {
  if (!CURRENCY.test(currency)) return `${decimal(amount, {}, locale)} ${currency}`;
  return decimal(amount, { style: "currency", currency }, locale);
}

export function count(value: number, locale?: string): string {
  return format({}, locale).format(value);
}

/** A rough amount for the axis of a chart: "120K". */
export function rough(value: number, locale?: string): string {
  return format({ notation: "compact" }, locale).format(value);
}

function decimal(amount: Decimal, style: Style, locale?: string): string {
  const usual = format(style, locale);
  const { maximumFractionDigits = 0 } = usual.resolvedOptions();
  const needed = fractionDigits(amount);
  if (needed <= maximumFractionDigits) return usual.format(amount);
  return format({ ...style, maximumFractionDigits: needed }, locale).format(amount);
}

/** Making a format takes longer than using it. */
function format(style: Style, locale?: string): Intl.NumberFormat {
  const key = JSON.stringify([locale, style]);
  const known = formats.get(key) ?? new Intl.NumberFormat(locale, style);
  formats.set(key, known);
  return known;
}
