import { readCheckoutFacts } from "../changes/checkout-facts.ts";
import { openGit } from "../changes/git.ts";
import type { RunContext } from "../context/run-context.ts";
import { simulateContext } from "../context/simulate-context.ts";
import { UserError } from "../errors.ts";
import type { Outside } from "./outside.ts";

/** What a laptop says of the event to simulate; what it leaves out is taken from the checkout. */
export interface SimulatedEvent {
  readonly event: string | undefined;
  /** Anything that git takes for a commit: `HEAD~3`, `main`. */
  readonly base: string | undefined;
  readonly ref: string | undefined;
  /** A folder outside the checkout. */
  readonly temp: string;
}

/** The context that the event would have in the checkout around `folder`. @throws UserError where there is none. */
export async function simulatedContext(
  { event, base, ref, temp }: SimulatedEvent,
  folder: string,
  { processes, env, signal, clock }: Outside,
): Promise<RunContext> {
  const git = openGit({ processes, workspace: folder, env, serverUrl: "https://github.com", token: undefined, signal });
  const checkout = await readCheckoutFacts(git);
  const commit = base === undefined ? undefined : await git.resolve(base);
  if (base !== undefined && commit === undefined) {
    throw new UserError(`--base: there is no commit "${base}" here`, {
      hint: "name one that git knows, such as HEAD~1",
    });
  }
  return simulateContext({ event, base: commit, ref, checkout, now: clock.now(), temp });
}
