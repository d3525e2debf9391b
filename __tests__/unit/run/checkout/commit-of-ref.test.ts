import { describe, expect, test } from "@jest/globals";
import { GitFailure } from "../../../../src/git/git-command.ts";
import { type Commit, gitRef } from "../../../../src/model/run-context.ts";
import { isOfRef, type OfRef, type RefQuestions } from "../../../../src/run/checkout/commit-of-ref.ts";
import { at } from "../../publish/commits.ts";

type Answer = "yes" | "no" | "unknown";

interface World {
  readonly ref?: string;
  /** What the checkout knows: whether the event's commit, and the branch's head, descend from the commit. */
  readonly event?: Answer;
  readonly head?: Answer;
  readonly api?: boolean;
  readonly fetched?: boolean;
  readonly isGone?: boolean;
}

/** The answer, and who was asked. */
async function asked({ ref = "refs/heads/main", event = "unknown", head = "unknown", api, fetched, isGone }: World) {
  const seen: string[] = [];
  const questions: RefQuestions = {
    git: {
      resolve: async () => undefined,
      isAncestor: async (_, descendant: Commit) => (descendant === at("event") ? event : head),
    },
    history: {
      commitOf: async () => {
        seen.push("refs");
        return isGone === true ? undefined : at("head");
      },
      isOn: async () => {
        seen.push("history");
        if (fetched === undefined) throw new GitFailure("no route", { hint: "x" });
        return fetched;
      },
    },
    forge: {
      contains: async (...args) => {
        seen.push("API");
        expect(args).toEqual(["o", "r", at("head"), at("commit")]);
        return api;
      },
    },
  };
  const of = { ref: gitRef(ref), commit: at("event"), owner: "o", repo: "r" };
  return { answer: await isOfRef(at("commit"), of, questions), seen };
}

describe("whether a branch contains a commit is asked the cheapest way", () => {
  test.each<World & { readonly when: string; readonly answer: OfRef["kind"]; readonly seen: readonly string[] }>([
    { when: "the event vouches for it", event: "yes", answer: "contained", seen: [] },
    { when: "a whole clone shows that it does", event: "no", head: "yes", answer: "contained", seen: ["refs"] },
    { when: "a whole clone shows that it doesn't", event: "no", head: "no", answer: "not-contained", seen: ["refs"] },
    { when: "the API tells yes", api: true, answer: "contained", seen: ["refs", "API"] },
    { when: "the API tells no", api: false, answer: "not-contained", seen: ["refs", "API"] },
    { when: "there is no API", fetched: true, answer: "contained", seen: ["refs", "API", "history"] },
    {
      when: "there is no API, and it isn't there",
      fetched: false,
      answer: "not-contained",
      seen: ["refs", "API", "history"],
    },
    { when: "the branch is gone", isGone: true, answer: "not-contained", seen: ["refs"] },
    {
      when: "it is a git tag of another commit",
      ref: "refs/tags/v1",
      event: "yes",
      answer: "not-contained",
      seen: ["refs"],
    },
  ])("$when: $answer", async ({ when: _, answer, seen, ...world }) => {
    expect(await asked(world)).toEqual({ answer: { kind: answer }, seen });
  });

  test("a repository that doesn't answer is unknown", async () => {
    expect((await asked({})).answer).toEqual({ kind: "unknown", because: expect.any(GitFailure) });
  });
});
