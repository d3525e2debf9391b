/** What a registry shows late is asked for again, for up to a minute. */
import type { Clock } from "../../ports.ts";

/** So long may a registry show what was there before, in milliseconds. */
export const longestLateness = 60_000;

/** After so many rounds, some three seconds, whoever waits is worth a line. */
export const roundsInSilence = 6;

/** Milliseconds until it is worth asking again; `undefined`: the minute is over. */
export function pauseWithin(since: number, now: number, round: number): number | undefined {
  const left = since + longestLateness - now;
  return left <= 0 ? undefined : Math.min(left, 5_000, 50 * 2 ** round);
}

/**
 * @param ask whether what it got is what there is to know.
 * @param onWait called once where it takes longer.
 * @param since when it was asked for first, in milliseconds. @returns what came last.
 */
export async function withinAMinute<T>(
  clock: Clock,
  ask: () => Promise<{ readonly isFinal: boolean; readonly found: T }>,
  onWait: (found: T) => void,
  since = clock.now().getTime(),
): Promise<T> {
  for (let round = 0; ; round++) {
    const { isFinal, found } = await ask();
    const pause = isFinal ? undefined : pauseWithin(since, clock.now().getTime(), round);
    if (pause === undefined) return found;
    if (round === roundsInSilence) onWait(found);
    await clock.sleep(pause);
  }
}
