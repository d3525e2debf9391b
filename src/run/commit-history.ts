/** How commits stand to one another: asked from the checkout, then from the forge, then from the remote's history. */

import { forgeFacts } from "../forge/github/forge-facts.ts";
import { commonAncestor } from "../git/common-ancestor.ts";
import type { ForgeHistory } from "../git/forge-history.ts";
import type { Git } from "../git/git.ts";
import { unlessGitFails } from "../git/git-command.ts";
import { limitCalls } from "../lib/limit.ts";
import { memoize } from "../lib/memoize.ts";
import type { Commit } from "../model/run-context.ts";
import type { CheckoutTrust } from "../model/trust.ts";
import type { History, Position } from "../publish/guard.ts";
import { type AttestingRun, openAttested } from "./attested.ts";

export interface HistoryRun extends AttestingRun {
  readonly git: Git;
  readonly trust: CheckoutTrust;
  /** What the event's own repository has. */
  readonly history: Pick<ForgeHistory, "commitOf">;
}

/** Each question is asked once. Never rejects: an error means unknown. */
export function openHistory(run: HistoryRun): Omit<History, "published"> {
  // One question after the other: each may deepen the clone, which others would see half-way.
  const ask = limitCalls(1, ([ancestor, descendant]: readonly [Commit, Commit]) =>
    askAncestor(run, ancestor, descendant),
  );
  const once = memoize(ask, (commits) => commits.join(" "));
  const attested = openAttested(run);
  const isAncestor = (ancestor: Commit, descendant: Commit) => once([ancestor, descendant]);
  return {
    async position(commit, to): Promise<Position> {
      if (commit === to) return "same";
      const descends = await isAncestor(to, commit);
      if (descends === true) return "descends";
      const before = await isAncestor(commit, to);
      if (before === true) return "before";
      return descends === undefined || before === undefined ? "unknown" : "apart";
    },
    // Asked anew each time: what was the head when the plan was made may not be it any more.
    isHeadNow: () => isHeadNow(run),
    ...(attested === undefined ? {} : { attested }),
  };
}

async function askAncestor(
  { git, context, inputs, outside }: HistoryRun,
  ancestor: Commit,
  descendant: Commit,
): Promise<boolean | undefined> {
  return unlessGitFails(async () => {
    const here = await git.isAncestor(ancestor, descendant);
    if (here !== "unknown") return here === "yes";
    const forge = forgeFacts({ ...outside, apiUrl: context.apiUrl, token: inputs.settings.token });
    const contained = await forge.contains(context.owner, context.repo, descendant, ancestor);
    if (contained !== undefined) return contained;
    const missing = await git.missing([ancestor, descendant]);
    if (missing.length > 0 && (await git.fetch(missing, "tip")).kind !== "fetched") return undefined;
    const found = await commonAncestor(git, ancestor, descendant);
    if (found.kind === "found") return found.commit === ancestor;
    return (await git.isShallow()) ? undefined : false;
  });
}

/** Of a pull request it is the head that people push; the merge of it is the forge's. */
async function isHeadNow({ git, context, trust, history }: HistoryRun): Promise<boolean | undefined> {
  const { trigger, ref } = context;
  if (trust.kind === "untrusted" && ref.kind === "pull") {
    return unlessGitFails(async () => (await history.commitOf(ref.full)) === trust.head);
  }
  const isPull = trigger.kind === "pull-request";
  // A git tag is always its own head, which says nothing of others.
  if (!isPull && ref.kind !== "branch") return undefined;
  const [asked, expected] = isPull
    ? [`refs/pull/${trigger.number}/head`, trigger.headCommit]
    : [ref.full, context.commit];
  return unlessGitFails(async () => {
    const now = await git.remoteCommit(asked);
    return now === undefined ? undefined : now === expected;
  });
}
