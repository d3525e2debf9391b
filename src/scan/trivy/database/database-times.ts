/** The age of a database, from its `metadata.json`. */
import type { DatabaseKind } from "./database-kind.ts";

/** Milliseconds; `undefined` for what isn't said. */
export interface DatabaseTimes {
  /** When the next edition comes. */
  readonly next: number;
  readonly updated: number | undefined;
  readonly downloaded: number | undefined;
}

/** @returns `undefined` where it can't be read, or doesn't say when the next edition comes */
export function readTimes(bytes: Uint8Array | undefined): DatabaseTimes | undefined {
  try {
    const metadata: unknown = bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
    const next = timeIn(metadata, "NextUpdate");
    if (next === undefined) return undefined;
    return { next, updated: timeIn(metadata, "UpdatedAt"), downloaded: timeIn(metadata, "DownloadedAt") };
  } catch {
    return undefined;
  }
}

/** Why a database that others may have put into the cache is not to be used now, though its digest is right. */
export interface TimesProblem {
  readonly why: string;
  /** Nobody has to have done anything for it. */
  readonly isMereAge: boolean;
}

/**
 * A database that calls itself new for ever would hide what is found from now on. @param now in milliseconds.
 * @returns `undefined` for one that may be used
 */
export function problemOfTimes(times: DatabaseTimes, { days }: DatabaseKind, now: number): TimesProblem | undefined {
  const { next, updated, downloaded } = times;
  const wrong = (why: string): TimesProblem => ({ why, isMereAge: false });
  if (updated === undefined) return wrong("it doesn't say when it was made");
  if (updated > now + skew) return wrong(`it was made in the future, on ${day(updated)}`);
  if (downloaded !== undefined && downloaded > now + skew)
    return wrong(`it was fetched in the future, on ${day(downloaded)}`);
  if (next > now + days.next * aDay) {
    return wrong(`its next edition would come on ${day(next)}, in more than ${days.next} days`);
  }
  if (updated < now - days.age * aDay) {
    return { why: `it was made on ${day(updated)}, more than ${days.age} days ago`, isMereAge: true };
  }
  return undefined;
}

export function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

const aDay = 86_400_000;
/** By which two clocks may differ. */
const skew = 5 * 60_000;

function timeIn(metadata: unknown, name: string): number | undefined {
  if (typeof metadata !== "object" || metadata === null) return undefined;
  const written: unknown = Reflect.get(metadata, name);
  const time = typeof written === "string" ? Date.parse(written) : Number.NaN;
  // JavaScript's dates end where years have six digits; Go's zero time stands for nothing said.
  return Number.isNaN(time) || (time < 0 && name === "DownloadedAt") ? undefined : time;
}
