import type { Clock } from "../../../src/ports.ts";

/** A clock that stands still but for sleeping, which takes no time and is written down. */
export function stillClock(): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date(slept.reduce((sum, each) => sum + each, 0)),
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      slept.push(milliseconds);
    },
  };
}
