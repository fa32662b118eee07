// The graph's names, in words.

const ABBREVIATIONS = /\b(?:csv|fn|id|inn|kkt|kpp|ofd|pdf|url|vat|xml)\b/gi;

/** An enum value: "IN_PROGRESS" is "In progress". */
export function phrase(value: string): string {
  return capitalised(value.toLowerCase().replaceAll("_", " "));
}

/** A field's name: "paymentWayCode" is "Payment way code". */
export function title(name: string): string {
  return capitalised(name.replaceAll(/[A-Z]+/g, (letters) => ` ${letters.toLowerCase()}`).trim());
}

/** "1 field", "2 fields". */
export function counted(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? "" : "s"}`;
}

/** "a", "a and b", "a, b and c" as the page's language has it. */
export function listed(names: readonly string[]): string {
  return new Intl.ListFormat("en").format(names);
}

function capitalised(text: string): string {
  const named = text.replaceAll(ABBREVIATIONS, (short) => short.toUpperCase());
  return named.charAt(0).toUpperCase() + named.slice(1);
}
