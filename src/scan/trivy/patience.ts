import type { Clock } from "../../ports.ts";

export interface Patience {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** Seconds between attempts: what holds back for longer than this is better known than waited for. */
const waits = [2, 10, 30];

/** What may well succeed later. */
export class Transient extends Error {
  override readonly name = "Transient";
}

/** Does it again while it throws `Transient`. @throws what the last attempt threw, or else its cause */
export async function patiently<T>(action: () => Promise<T>, { clock, random, signal }: Patience): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      const wait = waits[attempt];
      if (!(error instanceof Transient)) throw error;
      if (wait === undefined) throw error.cause ?? error;
      // The jitter keeps the jobs of one workflow apart.
      await clock.sleep(Math.round(wait * 1000 * (1 + random() / 2)), signal);
    }
  }
}
