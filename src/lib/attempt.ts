/** Continues after a user's problem, so that all problems are reported at once. */
import { problemsIn, UserError } from "../errors.ts";

export type Attempt<T> = { readonly value: T } | { readonly problem: UserError };

/** What an action gives, or what is wrong. Rethrows any other error. */
export function attempt<T>(action: () => T): Attempt<T> {
  try {
    return { value: action() };
  } catch (error) {
    return failed(error);
  }
}

/** As `attempt`, for what takes time. */
export async function attemptLater<T>(action: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await action() };
  } catch (error) {
    return failed(error);
  }
}

/** What came of several attempts: all values, and all problems, one by one. */
export function outcomes<T>(attempts: readonly Attempt<T>[]): {
  readonly values: readonly T[];
  readonly problems: readonly UserError[];
} {
  return {
    values: attempts.flatMap((each) => ("value" in each ? [each.value] : [])),
    problems: attempts.flatMap((each) => ("problem" in each ? each.problem : [])).flatMap((each) => problemsIn(each)),
  };
}

function failed(error: unknown): { readonly problem: UserError } {
  if (error instanceof UserError) return { problem: error };
  throw error;
}
