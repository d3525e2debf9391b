/** Makes a function that runs at most `most` of the tasks it is given at a time; the others wait their turn. */
export function limit(most: number): <T>(task: () => Promise<T>) => Promise<T> {
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
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      // A turn is handed on, so that no other caller takes it in between.
      handOn();
    }
  };
}

/** The same for calls of one function. */
export function limitCalls<A, R>(most: number, call: (argument: A) => Promise<R>): (argument: A) => Promise<R> {
  const limited = limit(most);
  return (argument) => limited(() => call(argument));
}
