/** The merge base of two commits in a clone that may lack history: deepened until the answer is certain. */
import { expect, test } from "@jest/globals";
import { commonAncestor } from "../../../src/git/common-ancestor.ts";
import type { FetchDepth, Git } from "../../../src/git/git.ts";
import { GitFailure } from "../../../src/git/git-command.ts";
import { at } from "../publish/commits.ts";

const [one, other, old, best] = [at("a-1"), at("b-1"), at("main-1"), at("main-2")];
const certain = { commit: best, isCertain: true };
const doubtful = { commit: old, isCertain: false };

type MergeBase = NonNullable<Awaited<ReturnType<Git["mergeBase"]>>>;

interface Clone {
  /** What git finds, before and after each fetch; the last one stays. */
  readonly finds: readonly (MergeBase | undefined)[];
  /** After so many fetches it is whole; absent: it never is. */
  readonly wholeAfter?: number;
  readonly fetched?: Awaited<ReturnType<Git["fetch"]>>;
}

async function asked({ finds, wholeAfter = Number.POSITIVE_INFINITY, fetched = { kind: "fetched" } }: Clone) {
  const depths: FetchDepth[] = [];
  const git = {
    mergeBase: async () => finds[Math.min(depths.length, finds.length - 1)],
    isShallow: async () => depths.length < wholeAfter,
    fetch: async (commits: readonly string[], depth: FetchDepth) => {
      expect(commits).toEqual([one, other]);
      depths.push(depth);
      return fetched;
    },
  } as unknown as Git;
  return { found: await commonAncestor(git, one, other), depths };
}

test.each<Clone & { readonly when: string; readonly found: object; readonly depths: readonly FetchDepth[] }>([
  { when: "it is certain at once", finds: [certain], found: { kind: "found", commit: best }, depths: [] },
  {
    when: "an older one is found first, and then the best",
    finds: [doubtful, doubtful, certain],
    found: { kind: "found", commit: best },
    depths: [50, 500],
  },
  {
    when: "none is found until all history is here",
    finds: [undefined, undefined, undefined, undefined, certain],
    found: { kind: "found", commit: best },
    depths: [50, 500, 5_000, "everything"],
  },
  {
    when: "all there is has been fetched, and the clone stays shallow elsewhere",
    finds: [doubtful],
    found: { kind: "found", commit: old },
    depths: [50, 500, 5_000, "everything"],
  },
  {
    when: "the clone is whole, and what is found is the answer",
    finds: [doubtful],
    wholeAfter: 1,
    found: { kind: "found", commit: old },
    depths: [50],
  },
  {
    when: "the histories share nothing",
    finds: [undefined],
    wholeAfter: 0,
    found: { kind: "none", why: "the histories are unrelated" },
    depths: [],
  },
  {
    when: "the remote has lost a commit: what was found before is not it",
    finds: [doubtful],
    fetched: { kind: "gone" },
    found: { kind: "none", why: "the remote has lost one of the commits" },
    depths: [50],
  },
  {
    when: "history can't be fetched: what was found before is not it",
    finds: [doubtful],
    fetched: { kind: "failed", failure: new GitFailure("git fetch failed", { hint: "run again" }) },
    found: { kind: "none", why: "git fetch failed" },
    depths: [50],
  },
])("$when", async ({ found, depths, ...clone }) => {
  expect(await asked(clone)).toEqual({ found, depths });
});
