// Where the reader is: a view, its filters and the open row, all behind the # of the address.
// Links, back and forward work by themselves, and no server is told what was filtered.
import { signal } from "@preact/signals";

export const VIEWS = ["sales", "invoices", "payments", "exports", "sources"] as const;
export type View = (typeof VIEWS)[number];

/** What is chosen in a view, by name. */
export type Choices = Readonly<Record<string, string>>;

export interface Address {
  readonly view: View;
  readonly choices: Choices;
}

const START: View = "sales";

export const address = signal(parsed(location.hash));
/** How many steps back the list under the open row is; 0 if the page began with the row. */
let steps = history.state?.steps ?? 0;
addEventListener("hashchange", () => {
  const next = parsed(location.hash);
  steps = history.state?.steps ?? stepsTo(next, address.value);
  history.replaceState({ steps }, "");
  address.value = next;
});

function stepsTo(next: Address, last: Address): number {
  if (!next.choices.open || next.view !== last.view) return 0;
  return last.choices.open ? steps && steps + 1 : 1;
}

/** Reads "#/invoices?status=PAID"; what is no view is the first. */
export function parsed(hash: string): Address {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const view = VIEWS.find((each) => each === path) ?? START;
  return { view, choices: Object.fromEntries(new URLSearchParams(query)) };
}

/** The link to a view; an empty choice is none. */
export function link(view: View, choices: Choices = {}): string {
  const made = Object.entries(choices).filter(([, chosen]) => chosen !== "");
  const query = new URLSearchParams(made).toString();
  return `#/${view}${query && `?${query}`}`;
}

/** The link to where the reader is, with these choices made otherwise. */
export function linkWith(choices: Choices): string {
  const { view, choices: present } = address.value;
  return link(view, { ...present, ...choices });
}

/** The link that opens a row. It does not follow the address: a list has thousands of them. */
export function linkToRow(id: string): string {
  const { view, choices } = address.peek();
  return link(view, { ...choices, open: id, record: "" });
}

export function choose(choices: Choices): void {
  location.hash = linkWith(choices);
}

/** Back to where the list was; where there was none, it takes the place of the row. */
export function closeRow(): void {
  if (steps > 0) return history.go(-steps);
  const list = linkWith({ open: "", record: "" });
  history.replaceState({ steps }, "", list);
  address.value = parsed(list);
}

/** The values of a choice that may have several. */
export function several(chosen: string | undefined): string[] {
  return chosen ? chosen.split(",") : [];
}
