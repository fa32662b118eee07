// A list that failed reads on by itself where waiting was all that it took.
import { useEffect } from "preact/hooks";

import type { Listing, Page } from "./listing";

/** Asks again once the network is back, or when the server said that it may. */
export function useResuming(listing: Listing<Page<unknown>>): void {
  const failed = listing.failure.value;
  useEffect(() => {
    if (failed === null) return undefined;
    const again = (): void => void listing.more();
    const wait = failed.retryAfter;
    const timer = wait === null ? undefined : setTimeout(again, wait * 1_000);
    if (failed.code === "UNREACHABLE") addEventListener("online", again);
    return () => {
      clearTimeout(timer);
      removeEventListener("online", again);
    };
  }, [failed]);
}
