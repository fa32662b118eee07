// Decimal text: what the graph keeps exact stays exact here.
import type { Decimal } from "../graph/scalars";

const DECIMAL = /^-?\d+(\.\d+)?$/;

export function isDecimal(text: string): text is Decimal {
  return DECIMAL.test(text);
}

export function isZero(decimal: Decimal): boolean {
  return !/[1-9]/.test(decimal);
}

/** How many digits after the point mean something: 2 of "1.250". */
export function fractionDigits(decimal: Decimal): number {
  const [, fraction = ""] = decimal.split(".");
  return fraction.replace(/0+$/, "").length;
}

/** The exact sum. */
export function sum(decimals: readonly Decimal[]): Decimal {
  const scale = Math.max(0, ...decimals.map((each) => each.split(".")[1]?.length ?? 0));
  const total = decimals.map((each) => units(each, scale)).reduce((a, b) => a + b, 0n);
  const digits = (total < 0n ? -total : total).toString().padStart(scale + 1, "0");
  const point = digits.length - scale;
  const text = scale ? `${digits.slice(0, point)}.${digits.slice(point)}` : digits;
  return (total < 0n ? `-${text}` : text) as Decimal;
}

/** The number in units of its `scale`th digit after the point. */
function units(decimal: Decimal, scale: number): bigint {
  const [whole = "", fraction = ""] = decimal.split(".");
  return BigInt(whole + fraction.padEnd(scale, "0"));
}
