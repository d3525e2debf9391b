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
  /** Whether images are to be built from the checkout, which must be the commit's then. */
  readonly builds: boolean;
  /** A folder outside the checkout. */
  readonly temp: string;
}

/** The context that the event would have in the checkout around `folder`. @throws UserError where there is none, or none to build. */
export async function simulatedContext(
  { event, base, ref, builds, temp }: SimulatedEvent,
  folder: string,
  { processes, env, signal, clock, log }: Outside,
): Promise<RunContext> {
  const git = openGit({ processes, workspace: folder, env, serverUrl: "https://github.com", token: undefined, signal });
  const checkout = await readCheckoutFacts(git);
  if ((await git.uncommitted()).length > 0) {
    const hint = "commit them to have them count";
    if (builds)
      throw new UserError("there are changes that are not committed, and images would name the last commit", { hint });
    log.warning("there are changes that are not committed; what is said here is about the last commit", hint);
  }
  const commit = base === undefined ? undefined : await git.resolve(base);
  if (base !== undefined && commit === undefined) {
    throw new UserError(`--base: there is no commit "${base}" here`, {
      hint: "name one that git knows, such as HEAD~1",
    });
  }
  return simulateContext({ event, base: commit, ref, checkout, now: clock.now(), temp });
}
