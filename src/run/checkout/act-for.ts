/** What a run acts for: the ref of its event, or that of the input `ref`, if what is checked out is of it. */

import { UserError } from "../../errors.ts";
import type { Git } from "../../git/git.ts";
import { GitFailure } from "../../git/git-command.ts";
import { type Commit, gitRef, isCommit, type RunContext, refText } from "../../model/run-context.ts";
import { isOfRef, isOfRefHere, type OfRef, type RefQuestions } from "./commit-of-ref.ts";

export interface Meant {
  /** With the ref that is meant. Its commit is the one that is checked out, unless that is elsewhere. */
  readonly context: RunContext;
  /** What is checked out is not of the ref; `undefined` where it is. */
  readonly elsewhere: CheckoutElsewhere | undefined;
}

export interface CheckoutElsewhere {
  /** A clause about what is checked out: "which the branch main doesn't contain". */
  readonly why: string;
  readonly hint: string;
}

/**
 * The input `ref`: a full ref, the name of a tag or branch (a tag first), or a commit, which keeps the event's ref if it is of it.
 * It must be what is checked out. @throws UserError where it isn't, where there is no such ref, and where the event's own repository can't be asked
 */
export async function actFor(
  wanted: string,
  context: RunContext,
  head: Commit,
  questions: RefQuestions,
): Promise<Meant> {
  if (!takesRef(context)) {
    throw new UserError(`the input "ref" is only for manual runs, and this is a ${context.eventName}`, {
      hint: "leave it empty on other events, where the inputs of a manual run are empty, too",
      input,
    });
  }
  const id = wanted.toLowerCase();
  if (isCommit(id)) return actForCommit(id, context, head, questions);
  const found = await find(wanted, questions.history);
  if (found === undefined) {
    throw new UserError(`the input "ref" names "${wanted}", and there is no such tag, branch or commit`, {
      hint: `write a tag (v1.2.3), a branch, a full ref (refs/tags/v1.2.3) or a whole commit id${meantId(id, head)}`,
      input,
    });
  }
  const { full, commit } = found;
  if (commit !== head) {
    const what = refText(gitRef(full));
    throw notCheckedOut(wanted, commit, head, `; that commit is then published with the tags of ${what}`);
  }
  return { context: { ...context, commit: head, ref: gitRef(full) }, elsewhere: undefined };
}

/** Without the input: the event's ref. */
export async function actForEvent(
  context: RunContext,
  head: Commit,
  git: Pick<Git, "resolve" | "parents">,
): Promise<Meant> {
  if (await holdsEvent(context, head, git)) return { context, elsewhere: undefined };
  const more = takesRef(context) ? ", or give the input `ref` the branch, git tag or commit that is checked out" : "";
  const hint = `check out the event's own commit${more}`;
  return { context, elsewhere: { why: "which is not the event's commit", hint } };
}

/**
 * A command line's event, which didn't happen. On a user's own machine a push brings its commit to the branch, and another event
 * finds it there. In a job the branch is what the event's own repository has. @param happened the event of the job
 */
export async function actForSimulated(
  context: RunContext,
  head: Commit,
  happened: RunContext | undefined,
  questions: RefQuestions,
): Promise<Meant> {
  const { ref } = context;
  if (ref.kind !== "branch") return { context, elsewhere: undefined };
  if (happened !== undefined) {
    const commit = happened.ref.full === ref.full ? happened.commit : undefined;
    return meantIf(await isOfRef(head, { ...context, commit }, questions), context, head);
  }
  const answer: OfRef = takesRef(context) ? await isOfRefHere(head, ref, questions.git) : { kind: "contained" };
  return meantIf(answer, context, head);
}

/** An event that changes no ref, and may be about any. */
function takesRef({ trigger: { kind } }: RunContext): boolean {
  return kind === "dispatch" || kind === "schedule";
}

async function actForCommit(
  wanted: Commit,
  context: RunContext,
  head: Commit,
  questions: RefQuestions,
): Promise<Meant> {
  const answer = await isOfRef(wanted, context, questions);
  if (wanted !== head) throw notCheckedOut(wanted, wanted, head, whatFollows(answer, refText(context.ref)));
  return meantIf(answer, context, head);
}

/** What checking out the commit leads to. */
function whatFollows(answer: OfRef, what: string): string {
  switch (answer.kind) {
    case "contained":
      return `; it is then published with the tags of ${what}`;
    case "not-contained":
      return `; it is then published with the tags of the commit alone. To publish ${what}, remove \`ref\``;
    case "unknown":
      return `; whether ${what} contains it is unknown (${answer.because.message})`;
  }
}

function meantIf(answer: OfRef, context: RunContext, head: Commit): Meant {
  if (answer.kind === "contained") return { context: { ...context, commit: head }, elsewhere: undefined };
  const what = refText(context.ref);
  if (answer.kind === "unknown") {
    const why = `and whether ${what} contains it is unknown (${answer.because.message})`;
    return { context, elsewhere: { why, hint: answer.because.hint } };
  }
  if (context.ref.kind !== "branch") {
    const hint = `check out ${what} itself; to publish another ref, give the input \`ref\` its name`;
    return { context, elsewhere: { why: `which is not the commit of ${what}`, hint } };
  }
  const hint = `merge it into ${what} first, or name in \`ref\` the branch whose tags it is to update`;
  return { context, elsewhere: { why: `which ${what} doesn't contain`, hint } };
}

function notCheckedOut(wanted: string, commit: Commit, head: Commit, then: string): UserError {
  const [named, here] = [commit, head].map((each) => each.slice(0, 7));
  return new UserError(`the input "ref" names ${wanted} (${named}), and ${here} is checked out`, {
    hint: `give actions/checkout the same \`ref\`${then}`,
    input,
  });
}

const input = { name: "ref", line: 1 } as const;

interface Found {
  readonly full: string;
  readonly commit: Commit;
}

async function find(wanted: string, history: RefQuestions["history"]): Promise<Found | undefined> {
  const names = wanted.startsWith("refs/") ? [wanted] : [`refs/tags/${wanted}`, `refs/heads/${wanted}`];
  try {
    for (const full of names) {
      const commit = await history.commitOf(full);
      if (commit !== undefined) return { full, commit };
    }
    return undefined;
  } catch (cause) {
    if (!(cause instanceof GitFailure)) throw cause;
    throw new UserError(
      `the input "ref" names "${wanted}", and which commit that is can't be read from the repository`,
      {
        hint: "give `token` the right to read the repository, and run again",
        cause,
      },
    );
  }
}

/** Few digits may be of several commits, also of a fork's. */
function meantId(text: string, head: Commit): string {
  return /^[0-9a-f]{4,}$/.test(text) && head.startsWith(text) ? `: ${head}` : "";
}

/**
 * A tag's event may name the tag's own object; a pull request's checkout may be its head or the merge of it, and is neither where
 * `pull_request_target` runs on the base branch.
 */
async function holdsEvent(
  { trigger, commit }: RunContext,
  head: Commit,
  git: Pick<Git, "resolve" | "parents">,
): Promise<boolean> {
  if (trigger.kind === "gone") return true;
  if (trigger.kind === "pull-request") {
    return head === trigger.headCommit || (await git.parents(head)).includes(trigger.headCommit);
  }
  return head === commit || (await git.resolve(commit)) === head;
}
