// Where a list ends for now: it reads on before the reader gets here.
import type { TargetedEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { Failure, keepFocus } from "../shell/notice";
import type { Listing, Page } from "./listing";
import { useResuming } from "./resuming";

const AHEAD = "800px"; // how near the window may come before the next page is read

interface EndProps {
  readonly listing: Listing<Page<unknown>>;
}

export function End({ listing }: EndProps) {
  const { isReading, isWhole, failure, last, goesOn } = listing;
  const end = useRef<HTMLDivElement>(null);
  useResuming(listing);
  useEffect(() => {
    if (!goesOn.value || end.current === null) return undefined;
    const observer = new IntersectionObserver(
      (seen) => {
        // A browser that is busy tells of several moments at once.
        if (seen.at(-1)?.isIntersecting) void listing.more();
      },
      { rootMargin: AHEAD },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [listing, goesOn.value, last.value]);
  const again = ({ currentTarget }: TargetedEvent<HTMLElement>): void => {
    keepFocus(currentTarget);
    void listing.more();
  };
  return (
    <div ref={end} class="end" tabIndex={-1}>
      {failure.value && <Failure of={failure.value} again={() => void listing.more()} />}
      <p role="status">{isReading.value ? "Reading…" : isWhole.value && said(listing)}</p>
      {isWhole.value && lacks(listing) && (
        <button type="button" onClick={again}>
          Ask again for what is missing
        </button>
      )}
    </div>
  );
}

function said(listing: Listing<Page<unknown>>): string {
  if (lacks(listing)) return "That is all that the others have.";
  const isEmpty = listing.pages.value.every(({ nodes }) => nodes.length === 0);
  return isEmpty ? "Nothing matches these filters." : "That is all.";
}

function lacks({ last }: Listing<Page<unknown>>): boolean {
  return last.value?.sources.some(({ status }) => status === "FAILED") ?? false;
}
