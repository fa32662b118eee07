// Who asks. A token is kept in memory only: it ends with the page, and no storage has it.
import { computed, signal } from "@preact/signals";

const token = signal<string | null>(null);
const refusal = signal<string | null>(null);

/** Why the server wants credentials; null while it wants none. */
export const wanted = computed(() => refusal.value);
export const isSignedIn = computed(() => token.value !== null);

export function signIn(given: string): void {
  token.value = given;
  refusal.value = null;
}

export function signOut(): void {
  token.value = null;
  refusal.value = "You signed out.";
}

/** Remembers that the server did not accept this header, unless another is in use by now. */
export function refused(message: string, given = authorization()): void {
  if (given.Authorization === authorization().Authorization) refusal.value = message;
}

/** The token of what was pasted, which may be the whole header. */
export function plainToken(pasted: string): string {
  return pasted.trim().replace(/^(?:authorization:\s*)?bearer\s+/i, "");
}

/** Whether a header may have it. */
export function isSendable(token: string): boolean {
  return /^[\x20-\x7e]+$/.test(token);
}

/** The header, for HTTP and for the start of a WebSocket alike. */
export function authorization(): Record<string, string> {
  return token.value === null ? {} : { Authorization: `Bearer ${token.value}` };
}
