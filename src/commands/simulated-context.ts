/** The context of an event that didn't happen, on a laptop. */
import { basename } from "node:path";
import { readCheckoutFacts } from "../changes/checkout-facts.ts";
import { type Git, openGit } from "../changes/git.ts";
import { type Commit, isCommit, type RunContext } from "../context/run-context.ts";
import { simulateContext } from "../context/simulate-context.ts";
import { UserError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { checkRoot, checkWorktree, readingCheckout } from "./checked-out.ts";
import type { Outside } from "./outside.ts";

/** What a laptop says of the event to simulate; what it leaves out is taken from the checkout. */
export interface SimulatedEvent {
  readonly event: string | undefined;
  /** Anything that git takes for a commit: `HEAD~3`, `main`. */
  readonly base: string | undefined;
  /** A full ref, or the name of a branch or tag. */
  readonly ref: string | undefined;
  /** Whether images are to be built from the checkout, which must be the commit's then. */
  readonly builds: boolean;
  /** A folder outside the checkout. */
  readonly temp: string;
  /** The folder is to be the checkout's root, and not just somewhere in it. */
  readonly isRoot: boolean;
}

/** The context that the event would have in the checkout around `folder`. @throws UserError where there is none, or none to build. */
export async function simulatedContext(
  { event, base, ref, builds, temp, isRoot }: SimulatedEvent,
  folder: string,
  outside: Outside,
): Promise<RunContext> {
  const { processes, env, signal, clock, log } = outside;
  const git = openGit({ processes, workspace: folder, env, serverUrl: "https://github.com", token: undefined, signal });
  const asked = { git, workspace: folder, asker: "command-line" as const };
  const checkout = await readingCheckout(asked, outside, async () => {
    await (isRoot ? checkRoot(asked, outside) : checkWorktree(asked));
    return readCheckoutFacts(git);
  });
  if ((await git.uncommitted()).length > 0) {
    const hint = "commit them to have them count";
    if (builds)
      throw new UserError("there are changes that are not committed, and images would name the last commit", { hint });
    const what = "files are compared as they were committed, while Dockerfiles and settings are read as they lie";
    log.warning(`there are changes that are not committed: ${what}`, hint);
  }
  if (checkout.originUrl === undefined) {
    const message = `there is no remote called origin, so that images go by the name local/${basename(folder)}`;
    log.warning(message, "name the remote: git remote add origin URL; references to your own images are known by it");
  }
  const commit = base === undefined ? undefined : await git.resolve(base);
  if (base !== undefined && commit === undefined) throw await unknownBase(base, git);
  const meant = ref === undefined ? undefined : await fullRef(ref, checkout.head, git);
  const context = simulateContext({ event, base: commit, ref: meant, checkout, now: clock.now(), temp });
  if (base !== undefined && !comparing.has(context.trigger.kind)) {
    log.notice(`--base means nothing for ${context.eventName}: it takes every image`);
  }
  return context;
}

async function unknownBase(base: string, git: Git): Promise<UserError> {
  const what = `--base: there is no commit "${base}" here`;
  const [isShallow, names, parent] = await Promise.all([git.isShallow(), git.refNames(), git.resolve("HEAD~1")]);
  const [, name = "", above = ""] = /^([^~^:@]*)(.*)$/s.exec(base) ?? [];
  const like = nearest(name, [...names, "HEAD"]);
  if (like !== undefined && like !== name) return new UserError(what, { hint: `did you mean "${like}${above}"?` });
  if (isShallow) {
    const hint = "fetch its history first: git fetch --unshallow, or `fetch-depth: 0` at actions/checkout";
    return new UserError(`${what}, as this clone is shallow`, { hint });
  }
  if (above !== "") {
    return new UserError(what, { hint: "the history ends before it: name a commit that git log shows" });
  }
  const example = parent === undefined ? "" : ", such as HEAD~1";
  return new UserError(what, { hint: `name a branch, a tag or a commit that git knows${example}` });
}

/** Events that compare the checkout with another commit. */
const comparing: ReadonlySet<RunContext["trigger"]["kind"]> = new Set(["push", "pull-request", "merge-group"]);

/**
 * A bare name is a tag's where git knows a tag and no branch of it, or where it is a version that no branch has. A commit has no
 * ref but the branch that is checked out. @throws UserError for a commit that is not
 */
async function fullRef(ref: string, head: Commit, git: Git): Promise<string | undefined> {
  if (ref.startsWith("refs/")) return ref;
  const [branch, remoteBranch, tag] = await Promise.all(
    [`refs/heads/${ref}`, `refs/remotes/origin/${ref}`, `refs/tags/${ref}`].map((each) => git.resolve(each)),
  );
  if (branch !== undefined || remoteBranch !== undefined) return ref;
  if (tag !== undefined || /(?:^|[-/@])v?\d+\.\d/.test(ref)) return `refs/tags/${ref}`;
  const id = ref.toLowerCase();
  if (!isCommit(id)) return ref;
  if (id === head) return undefined;
  throw new UserError(`--ref names the commit ${id.slice(0, 7)}, and ${head.slice(0, 7)} is checked out`, {
    hint: `check it out first: git checkout ${id}`,
  });
}
