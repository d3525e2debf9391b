/** Finds out whether a commit is of the ref that an event is about, so that it may move the tags of that ref. */

import type { ForgeFacts } from "../../forge/github/forge-facts.ts";
import type { ForgeHistory } from "../../git/forge-history.ts";
import type { Git } from "../../git/git.ts";
import { GitFailure } from "../../git/git-command.ts";
import type { Commit, GitRef, RunContext } from "../../model/run-context.ts";

export interface RefQuestions {
  readonly git: Pick<Git, "resolve" | "isAncestor">;
  /** What the event's own repository has: the refs of the checkout may be a fork's. */
  readonly history: Pick<ForgeHistory, "commitOf" | "isOn">;
  readonly forge: Pick<ForgeFacts, "contains">;
}

export type OfRef =
  | { readonly kind: "contained" }
  | { readonly kind: "not-contained" }
  | { readonly kind: "unknown"; readonly because: GitFailure };

export interface RefOfEvent extends Pick<RunContext, "ref" | "owner" | "repo"> {
  /** What the event vouches for; `undefined` where it says nothing of this ref. */
  readonly commit: Commit | undefined;
}

/** A branch has all of its history, any other ref the one commit that it is at. */
export async function isOfRef(
  commit: Commit,
  { ref, commit: event, owner, repo }: RefOfEvent,
  { git, history, forge }: RefQuestions,
): Promise<OfRef> {
  try {
    if (event !== undefined) {
      // A tag's event may name the tag's own object.
      const own = (await git.resolve(event)) ?? event;
      if (commit === own || (ref.kind === "branch" && (await git.isAncestor(commit, own)) === "yes")) return contained;
    }
    const tip = await history.commitOf(ref.full);
    if (tip === undefined || tip === commit || ref.kind !== "branch") return answered(tip === commit);
    const here = await git.isAncestor(commit, tip);
    if (here !== "unknown") return answered(here === "yes");
    return answered((await forge.contains(owner, repo, tip, commit)) ?? (await history.isOn(ref.full, commit)));
  } catch (error) {
    if (error instanceof GitFailure) return { kind: "unknown", because: error };
    throw error;
  }
}

/**
 * The same on a user's own machine, where nobody is asked: by the clone's branch and what it last fetched of it. A branch that it
 * doesn't know is taken to be at the commit.
 */
export async function isOfRefHere(
  commit: Commit,
  { full, name, kind }: GitRef,
  git: RefQuestions["git"],
): Promise<OfRef> {
  if (kind !== "branch") return contained;
  const tips = await Promise.all([full, `refs/remotes/origin/${name}`].map((each) => git.resolve(each)));
  const known = tips.filter((tip) => tip !== undefined);
  const answers = await Promise.all(known.map((tip) => git.isAncestor(commit, tip)));
  if (answers.length === 0 || answers.includes("yes")) return contained;
  if (!answers.includes("unknown")) return notContained;
  const hint = "fetch its history: git fetch --unshallow";
  return { kind: "unknown", because: new GitFailure("this clone is shallow", { hint }) };
}

const contained: OfRef = { kind: "contained" };
const notContained: OfRef = { kind: "not-contained" };

function answered(isContained: boolean): OfRef {
  return isContained ? contained : notContained;
}
