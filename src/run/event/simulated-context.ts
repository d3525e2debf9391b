/** The context of an event that didn't happen, on a laptop. */
import { basename } from "node:path";
import { simulateContext } from "../../context/simulate-context.ts";
import { UserError } from "../../errors.ts";
import { readCheckoutFacts } from "../../git/checkout/checkout-facts.ts";
import { type Git, openGit } from "../../git/git.ts";
import { didYouMean } from "../../lib/did-you-mean.ts";
import { plainLine } from "../../lib/plain-text.ts";
import { type Commit, isCommit, type RunContext } from "../../model/run-context.ts";
import { readsAsRelease } from "../../tags/versions/reads-as-release.ts";
import { checkRoot, checkWorktree, readingCheckout } from "../checkout/checked-out.ts";
import type { Outside } from "../outside.ts";

/** The event to simulate on a laptop, as its options describe it; the checkout fills in what they leave out. */
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
  /** Where `workdir` starts, if it names the folder: that is to be the checkout's root then, and not just somewhere in it. */
  readonly start: string | undefined;
}

/** The context that the event would have in the checkout around `folder`. @throws UserError where there is none, or none to build. */
export async function simulatedContext(
  { event, base, ref, builds, temp, start }: SimulatedEvent,
  folder: string,
  outside: Outside,
): Promise<RunContext> {
  const { processes, env, signal, clock, log } = outside;
  const git = openGit({ processes, workspace: folder, env, serverUrl: "https://github.com", token: undefined, signal });
  const asked = { git, workspace: folder, asker: "command-line" as const, ...(start !== undefined && { start }) };
  const checkout = await readingCheckout(asked, outside, async () => {
    await (start !== undefined ? checkRoot(asked, outside) : checkWorktree(asked));
    return readCheckoutFacts(git);
  });
  if ((await git.uncommitted()).length > 0) {
    const hint = "commit them to have them count";
    if (builds)
      throw new UserError("there are changes that are not committed, and images would name the last commit", { hint });
    const what = "files are compared as committed, while Dockerfiles and settings are read as they are in the checkout";
    log.warning(`there are changes that are not committed: ${what}`, hint);
  }
  if (checkout.originUrl === undefined) {
    const message = `there is no remote called origin, so images are named local/${basename(folder)}`;
    log.warning(message, "name the remote: git remote add origin URL; references to your own images are known by it");
  }
  const commit = base === undefined ? undefined : await git.resolve(base);
  if (base !== undefined && commit === undefined) throw await unknownBase(base, git);
  const meant = ref === undefined ? undefined : await fullRef(ref, checkout.head, git);
  const context = simulateContext({ event, base: commit, ref: meant?.ref, checkout, now: clock.now(), temp });
  if (ref !== undefined && meant?.isGuess === true && meant.ref !== undefined && isGuessed(context))
    log.notice(plainLine(guessed(ref, context.ref.full)));
  await checkCompared(context, git);
  if (base !== undefined && !comparing.has(context.trigger.kind)) {
    log.notice(`--base has no effect for ${context.eventName}, which affects every image`);
  }
  return context;
}

/** Of a release the ref is always a git tag; pull requests and merge groups have refs of their own. */
function isGuessed({ trigger: { kind } }: RunContext): boolean {
  return kind === "push" || kind === "schedule" || kind === "dispatch";
}

/** @throws UserError for a pull request or merge group that would bring nothing. */
async function checkCompared({ trigger, eventName, commit }: RunContext, git: Git): Promise<void> {
  if (trigger.kind !== "pull-request" && trigger.kind !== "merge-group") return;
  const { baseCommit } = trigger;
  const isItself = baseCommit === commit;
  if (!isItself && (await git.isAncestor(commit, baseCommit)) !== "yes") return;
  const [at, base] = [commit.slice(0, 7), baseCommit.slice(0, 7)];
  const what = isItself ? `${at} would be compared with itself` : `${base}, the base, has all of ${at} already`;
  throw new UserError(`a ${eventName} event would publish nothing: ${what}`, {
    hint: "name the base with --base, such as --base HEAD~1, or check out the branch that it is about",
  });
}

async function unknownBase(base: string, git: Git): Promise<UserError> {
  const what = `--base: there is no commit "${base}" here`;
  const [isShallow, names, parent] = await Promise.all([git.isShallow(), git.refNames(), git.resolve("HEAD~1")]);
  const [, name = "", above = ""] = /^([^~^:@]*)(.*)$/s.exec(base) ?? [];
  const like = didYouMean(name, [...names, "HEAD"]);
  if (like !== undefined && like !== name) return new UserError(what, { hint: `did you mean "${like}${above}"?` });
  if (isShallow) {
    const hint = "fetch its history first: git fetch --unshallow, or `fetch-depth: 0` at actions/checkout";
    return new UserError(`${what}, as this clone is shallow`, { hint });
  }
  if (above !== "") {
    return new UserError(what, { hint: "the history ends before it: name a commit that git log shows" });
  }
  const example = parent === undefined ? "" : ", such as HEAD~1";
  return new UserError(what, { hint: `name a branch, a tag or a commit of this repository${example}` });
}

/** Events that compare the checkout with another commit. */
const comparing: ReadonlySet<RunContext["trigger"]["kind"]> = new Set(["push", "pull-request", "merge-group"]);

interface MeantRef {
  /** As `simulateContext` takes it; `undefined`: that of the checkout. */
  readonly ref: string | undefined;
  /** Nothing of that name is here, so that its form decided. */
  readonly isGuess: boolean;
}

/**
 * A bare name is a tag's where git knows a tag and no branch of it, or where neither is there and it reads as a release. A commit
 * has no ref but the branch that is checked out. @throws UserError for a commit that is not, and for a short id
 */
async function fullRef(ref: string, head: Commit, git: Git): Promise<MeantRef> {
  if (ref.startsWith("refs/")) return { ref, isGuess: false };
  if (noRefName.test(ref)) throw shortId(ref, "");
  const [branch, remoteBranch, tag] = await Promise.all(
    [`refs/heads/${ref}`, `refs/remotes/origin/${ref}`, `refs/tags/${ref}`].map((each) => git.resolve(each)),
  );
  if (branch !== undefined || remoteBranch !== undefined) return { ref, isGuess: false };
  const asTag = `refs/tags/${ref}`;
  if (tag !== undefined) return { ref: asTag, isGuess: false };
  const id = ref.toLowerCase();
  if (id === head || ref === "HEAD") return { ref: undefined, isGuess: false };
  if (isCommit(id)) throw notCheckedOut(id, head);
  const named = shortIdForm.test(ref) ? await git.resolve(ref) : undefined;
  if (named !== undefined) throw shortId(ref, named === head ? ", or leave --ref out: it is checked out" : "");
  if (readsAsRelease(ref)) return { ref: asTag, isGuess: !wholeVersion.test(ref) };
  if (likeShortId.test(ref)) throw shortId(ref, "");
  return { ref, isGuess: true };
}

/** In no name of a ref, and in git's ways to name a commit: `HEAD~1`, `main@{1}`. */
const noRefName = /[~^:?*[\\\s]|\.\.|@\{/;

/** `v1.2.3` is the name of a git tag to everybody. */
const wholeVersion = /^v?\d+\.\d+\.\d+(?:[-+].*)?$/;

const shortIdForm = /^[\da-f]{4,63}$/i;

/** As git writes them without being asked for a length. */
const likeShortId = /^[\da-f]{7,63}$/i;

function notCheckedOut(id: Commit, head: Commit): UserError {
  return new UserError(`--ref names the commit ${id.slice(0, 7)}, and ${head.slice(0, 7)} is checked out`, {
    hint: `check it out first: git checkout ${id}`,
  });
}

function shortId(ref: string, more: string): UserError {
  return new UserError(`--ref names "${ref}", which isn't a branch, a git tag or a full commit id here`, {
    hint: `write a branch, a git tag, or all digits of the commit that is checked out${more}; for a branch or git tag that isn't here, write refs/heads/${ref} or refs/tags/${ref}`,
  });
}

/** A plan must not leave it open what a name was taken for that nothing here has. */
function guessed(name: string, ref: string): string {
  const [is, other, full] = ref.startsWith("refs/tags/")
    ? ["git tag", "branch", `refs/heads/${name}`]
    : ["branch", "git tag", `refs/tags/${name}`];
  return `--ref: no branch and no git tag here is called ${name}, so that it is taken for a ${is}; for the ${other}, write --ref ${full}`;
}
