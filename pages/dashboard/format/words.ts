// The graph's names, in words.

/** An enum value: "IN_PROGRESS" is "In progress". */
export function phrase(value: string): string {
  return capitalised(value.toLowerCase().replaceAll("_", " "));
}

/** A field's name: "paymentWayCode" is "Payment way code". */
export function title(name: string): string {
  return capitalised(name.replaceAll(/[A-Z]+/g, (letters) => ` ${letters.toLowerCase()}`).trim());
}

/** "a", "a and b", "a, b and c" as the page's language has it. */
export function listed(names: readonly string[]): string {
  return new Intl.ListFormat("en").format(names);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
