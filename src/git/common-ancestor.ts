import type { Commit } from "../model/run-context.ts";
import type { FetchDepth, Git } from "./git.ts";

export type CommonAncestor =
  | { readonly kind: "found"; readonly commit: Commit }
  /** `why` is a clause. */
  | { readonly kind: "none"; readonly why: string };

/** Few commits first: most branches are short, and a whole history may be gigabytes. */
const steps: readonly FetchDepth[] = [50, 500, 5_000, "everything"];

/**
 * The merge base of two commits that are here. A shallow clone is deepened until the answer is certain: with history missing,
 * git may find none, or an older one, which would make changes that were since reverted look like none.
 */
export async function commonAncestor(git: Git, one: Commit, other: Commit): Promise<CommonAncestor> {
  let found = await git.mergeBase(one, other);
  for (const step of steps) {
    if (found?.isCertain) return { kind: "found", commit: found.commit };
    if (!(await git.isShallow())) break;
    const fetched = await git.fetch([one, other], step);
    if (fetched.kind === "failed") return { kind: "none", why: fetched.failure.message };
    if (fetched.kind === "gone") return { kind: "none", why: "the remote has lost one of the commits" };
    found = await git.mergeBase(one, other);
  }
  // All there is has been looked at; a clone may stay shallow elsewhere.
  if (found !== undefined) return { kind: "found", commit: found.commit };
  return { kind: "none", why: "the histories are unrelated" };
}
