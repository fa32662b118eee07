// JSON as it was written: a number that a float would change keeps its digits.
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const MARK = `exact ${Math.random()} `; // begins no text that a provider sends
const MARKED = new RegExp(`"${MARK.replaceAll(".", "\\.")}([^"]*)"`, "g");

/** A number that a float has not: 9007199254740993, or 0.10 with its last digit. */
export class ExactNumber {
  readonly #digits: string;

  constructor(digits: string) {
    this.#digits = digits;
  }

  toString(): string {
    return this.#digits;
  }

  toJSON(): string {
    return MARK + this.#digits;
  }
}

export function parsed(text: string): unknown {
  let isExact = true;
  const marked = text.replaceAll(TOKEN, (token) => {
    if (token.startsWith('"') || String(Number(token)) === token) return token;
    isExact = false;
    return JSON.stringify(MARK + token);
  });
  return isExact ? JSON.parse(text) : JSON.parse(marked, revived);
}

/** The JSON in lines, every number as it came. */
export function written(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(MARKED, "$1");
}

function revived(_: string, value: unknown): unknown {
  if (typeof value !== "string" || !value.startsWith(MARK)) return value;
  return new ExactNumber(value.slice(MARK.length));
}
