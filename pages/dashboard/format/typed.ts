// Amounts as people type them, in the reader's own way of writing numbers.
import type { Decimal } from "../graph/scalars";
import { isDecimal } from "./decimals";

export type Typed = { readonly amount: Decimal } | { readonly why: string };

interface Marks {
  readonly decimal: string;
  readonly group: string;
  readonly digits: readonly string[];
}

const SPACES = /[\s'’]/g; // between thousands in some languages, and nothing else in any
const SPACED = /^-?\d{1,3}(?:[\s'’]\d{2,3})*[\s'’]\d{3}(?:[.,]\d+)?$/;
const GROUPED = /^-?\d{1,3}(?:\D\d{2,3})*\D\d{3}$/;
const UNCLEAR = /^-?[1-9]\d{0,2}[.,]\d{3}$/;
const WRONG = { why: "An amount, such as 1250.50" };

/** The amount that was meant. What may mean two amounts is refused in words, not guessed. */
export function typed(text: string, locale?: string): Typed {
  const marks = marksOf(locale);
  const ascii = plain(text.trim(), marks);
  const given = ascii.replaceAll(SPACES, "");
  if (given !== ascii) return SPACED.test(ascii) ? amount(given.replace(",", ".")) : WRONG;
  const signs = given.replaceAll(/[^.,]/g, "");
  if (signs === "") return amount(given);
  if (signs.length === 1) return single(given, marks);
  return several(given, signs);
}

/** The amount in the reader's own way, without a mark between thousands: it can be typed again. */
export function retyped(decimal: Decimal, locale?: string): string {
  return new Intl.NumberFormat(locale, { useGrouping: false, maximumFractionDigits: 20 }).format(
    decimal,
  );
}

/** One point or comma: after it are cents, but thousands where the reader's language has it so. */
function single(given: string, { decimal, group }: Marks): Typed {
  const [sign = ""] = given.match(/[.,]/) ?? [];
  if (!UNCLEAR.test(given)) return amount(given.replace(sign, "."));
  if (sign === group) return amount(given.replace(sign, ""));
  const [whole, fraction] = [given.replace(sign, ""), given.replace(sign, decimal)];
  return { why: `This may be ${whole} or ${fraction}: write ${whole} or ${fraction}0.` };
}

/** The last sign stands before the cents where it stands once; all others part thousands. */
function several(given: string, signs: string): Typed {
  const last = signs.at(-1) ?? "";
  const isOne = signs.indexOf(last) === signs.length - 1;
  const [whole = "", fraction = ""] = isOne ? given.split(last) : [given];
  const isSame = new Set(whole.replaceAll(/[^.,]/g, "")).size === 1;
  if (!isSame || !GROUPED.test(whole)) return WRONG;
  return amount(whole.replaceAll(/[.,]/g, "") + (isOne ? `.${fraction}` : ""));
}

function amount(text: string): Typed {
  return isDecimal(text) ? { amount: text } : WRONG;
}

/** The text with the digits and marks that English has. */
function plain(text: string, { digits }: Marks): string {
  const ascii = [...text].map((sign) => {
    const value = digits.indexOf(sign);
    return value < 0 ? sign : String(value % 10);
  });
  return ascii.join("").replaceAll("٫", ".").replaceAll("٬", "").replaceAll("−", "-");
}

function marksOf(locale?: string): Marks {
  const format = new Intl.NumberFormat(locale);
  const parts = format.formatToParts(-12345.6);
  const of = (kind: string): string => parts.find(({ type }) => type === kind)?.value ?? "";
  return { decimal: of("decimal"), group: of("group"), digits: [...digitsOf(locale)] };
}

/** The reader's own digits, and those of Arabic, Persian, Hindi and Bengali. */
function digitsOf(locale?: string): string {
  const system = new Intl.NumberFormat(locale, { useGrouping: false });
  const own = system.format(1234567890).slice(-1) + system.format(123456789);
  return `${own}٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯`;
}
