/** What one run has read of a tag and pushed to it, and what follows from that for the next answer of the registry. Pure. */
import type { Digest } from "../../model/digest.ts";

/** What a tag names; `undefined`: there is no such tag. */
export type Named = Digest | undefined;

export interface TagHistory {
  /** What was read or pushed last. */
  readonly last: Named;
  /** All that was read or pushed. */
  readonly seen: ReadonlySet<Named>;
  /** The run's own last push. */
  readonly push: OwnPush | undefined;
  /** How late the registry has shown a push of it so far, in milliseconds; 0: at once. */
  readonly lateness: number;
  /** Since when lists lack it though it is there, in milliseconds. */
  readonly unlistedSince: number | undefined;
}

export interface OwnPush {
  readonly digest: Digest;
  /** What was read or pushed before it. */
  readonly before: ReadonlySet<Named>;
  /** When it ended, in milliseconds. */
  readonly at: number;
  /** How often the same digest was pushed in a row without being shown. */
  readonly times: number;
  /** An answer after it didn't show it. */
  readonly isMissed: boolean;
}

export const untouched: TagHistory = {
  last: undefined,
  seen: new Set(),
  push: undefined,
  lateness: 0,
  unlistedSince: undefined,
};

/** Whether an answer shows nothing newer than the state before the own push: nothing, or what was seen before it. */
export function isFromBefore({ push }: TagHistory, named: Named): boolean {
  return push !== undefined && named !== push.digest && (named === undefined || push.before.has(named));
}

/** How often the digest was pushed in a row without being shown, if it is pushed once more. */
export function timesPushed(history: TagHistory, digest: Digest): number {
  const { push, last } = history;
  return push?.digest === digest && isFromBefore(history, last) ? push.times + 1 : 1;
}

/** After any answer, also one that is asked for again. */
export function afterAnyRead(history: TagHistory, named: Named, now: number): TagHistory {
  const { push } = history;
  if (push === undefined) return history;
  if (named === push.digest) return noLongerMissed(history, now);
  return { ...history, push: { ...push, isMissed: true } };
}

/** After an answer that is what the tag names. */
export function afterRead(history: TagHistory, named: Named): TagHistory {
  return { ...history, last: named, seen: new Set([...history.seen, named]) };
}

/** A push that was missed is at least so late, as it is replaced before it was shown. */
export function beforePush(history: TagHistory, now: number): TagHistory {
  return noLongerMissed(history, now);
}

/** @param now when the push ended, in milliseconds */
export function afterPush(history: TagHistory, digest: Digest, now: number): TagHistory {
  const before = new Set([...history.seen].filter((each) => each !== digest));
  const push: OwnPush = { digest, before, at: now, times: timesPushed(history, digest), isMissed: false };
  return { ...afterRead(history, digest), push };
}

/** @param isLacking whether the list lacks the tag, though it is there */
export function afterList(history: TagHistory, isLacking: boolean, now: number): TagHistory {
  return { ...history, unlistedSince: isLacking ? (history.unlistedSince ?? now) : undefined };
}

function noLongerMissed(history: TagHistory, now: number): TagHistory {
  const { push, lateness } = history;
  if (push?.isMissed !== true) return history;
  return { ...history, push: { ...push, isMissed: false }, lateness: Math.max(lateness, now - push.at) };
}
