/**
 * Lets signals, timeouts and answers through while there is much to do without waiting: Node handles them only between two turns
 * of its event loop.
 */
/** In milliseconds: what a turn may take, with room below the 200 that anything may have to wait. */
const longestTurn = 40;

let turnBegan = performance.now();
let next: Promise<void> | undefined;

/** To be awaited between two pieces of work. Takes next to nothing, unless the turn has been long. */
export async function pause(): Promise<void> {
  if (isLong()) await nextTurn();
}

function isLong(): boolean {
  return performance.now() - turnBegan >= longestTurn;
}

function nextTurn(): Promise<void> {
  next ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
    turnBegan = performance.now();
    next = undefined;
  });
  return next;
}

/** Work that says where a pause may be made, with pauses. */
export async function inTurns<T>(work: Iterator<void, T>): Promise<T> {
  for (;;) {
    if (isLong()) await nextTurn();
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** The same work without. */
export function atOnce<T>(work: Iterator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** `Array.filter` with pauses. */
export async function filtered<T>(items: readonly T[], isKept: (item: T) => boolean): Promise<readonly T[]> {
  const kept: T[] = [];
  for (const item of items) {
    if (isLong()) await nextTurn();
    if (isKept(item)) kept.push(item);
  }
  return kept;
}

/** `Array.map` with pauses, a few calls at a time where they wait for something. */
export async function mapped<T, R>(
  items: readonly T[],
  call: (item: T) => R | Promise<R>,
  together = 1,
): Promise<readonly R[]> {
  const results: R[] = new Array(items.length);
  let at = 0;
  const work = async (): Promise<void> => {
    while (at < items.length) {
      // Those that waited together look again, one by one, and nothing comes between a look and the call.
      if (isLong()) {
        await nextTurn();
        continue;
      }
      const own = at++;
      results[own] = await call(items[own] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(together, items.length) }, work));
  return results;
}

const comparedAtOnce = 1_000;

/**
 * Of very many the highest, at most so many and the highest first, with pauses: the beginning of what sorting them gives.
 * @param compare as `Array.sort` has it, the lower one first
 */
export async function highest<T>(
  items: readonly T[],
  most: number,
  compare: (one: T, other: T) => number,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (const [index, item] of items.entries()) {
    // A comparison takes next to nothing.
    if (index % comparedAtOnce === comparedAtOnce - 1) await pause();
    const lowest = found.at(-1);
    if (found.length === most && (lowest === undefined || compare(item, lowest) <= 0)) continue;
    const below = found.findIndex((each) => compare(item, each) > 0);
    found.splice(below < 0 ? found.length : below, 0, item);
    if (found.length > most) found.pop();
  }
  return found;
}
