// How long to wait before a connection is tried again.
const FIRST = 1_000;
const LONGEST = 10_000;

/** Doubles up to ten seconds, somewhat by chance so that not all come at once; online, at once. */
export function reconnecting(retries: number): Promise<void> {
  const wait = Math.min(FIRST * 2 ** retries, LONGEST) * (0.5 + Math.random() / 2);
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, wait);
    addEventListener("online", done);
  });
}
