/** A registry may show for a while what was there before a push: what it shows late is asked for again. */
import type { UntilPolicy } from "../../lib/retry.ts";

/** So long a registry may be late, in milliseconds. */
export const longestLateness = 60_000;

/** Waits grow to five seconds; after some three seconds a line in the log says what is waited for. */
export const whileLate: UntilPolicy = {
  total: longestLateness,
  slowAfter: 7,
  wait: (answers) => Math.min(5_000, 25 * 2 ** answers),
};
