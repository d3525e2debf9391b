/** Makes a function that runs at most `limit` calls at a time; the others wait their turn. */
export function bounded<A, R>(limit: number, call: (argument: A) => Promise<R>): (argument: A) => Promise<R> {
  // Those before `first` have had their turn: taking them out one by one would move the rest each time.
  let waiting: (() => void)[] = [];
  let first = 0;
  let running = 0;
  const handOn = (): void => {
    const next = waiting[first];
    if (next === undefined) {
      waiting = [];
      first = 0;
      running -= 1;
      return;
    }
    first += 1;
    next();
  };
  return async (argument) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await call(argument);
    } finally {
      // A turn is handed on, so that nobody slips in between.
      handOn();
    }
  };
}
