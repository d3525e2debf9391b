/**
 * Lets signals, timeouts and answers through while there is much to do without waiting: Node handles them only between two turns
 * of its event loop.
 */
import { setImmediate } from "node:timers/promises";

/** In milliseconds: what a turn may take, with room below the 200 that anything may have to wait. */
const longestTurn = 40;

let turnBegan = performance.now();
let next: Promise<void> | undefined;

/** To be awaited between two pieces of work. Takes next to nothing, unless the turn has been long. */
export function pause(): Promise<void> | undefined {
  if (next === undefined && performance.now() - turnBegan < longestTurn) return undefined;
  // What else awaits its turn meanwhile awaits this one.
  next ??= setImmediate().then(() => {
    turnBegan = performance.now();
    next = undefined;
  });
  return next;
}

/** `Array.map`, with pauses; each call may be asynchronous. */
export async function mapped<T, R>(
  items: Iterable<T>,
  call: (item: T, index: number) => R | Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let index = 0;
  for (const item of items) {
    await pause();
    results.push(await call(item, index));
    index += 1;
  }
  return results;
}
