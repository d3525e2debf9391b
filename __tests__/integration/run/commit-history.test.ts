import { afterAll, expect, test } from "@jest/globals";
import { commit, gitRef, isPullRequestRef } from "../../../src/model/run-context.ts";
import { openHistory } from "../../../src/run/commit-history.ts";
import type { Session } from "../../../src/run/session.ts";
import { open, Workplace } from "../changes/repository.ts";

const place = new Workplace();
afterAll(() => place.remove());

/** A checkout of depth 1 of a forge that says nothing but what git asks it. */
function shallow(commits: number) {
  const forge = place.forge();
  const work = place.clone(forge);
  const made = Array.from({ length: commits }, (_, at) => work.commit({ file: `${at}\n` }));
  work.git("push", "--quiet", "origin", "HEAD:main");
  const checkout = place.checkout(forge, "main");
  const session = {
    trust: { kind: "trusted" },
    git: open(checkout),
    context: { ref: { full: "refs/heads/main", kind: "branch" }, commit: made.at(-1), trigger: { kind: "push" } },
    inputs: { settings: { token: undefined } },
    outside: {},
  } as unknown as Session;
  return { history: openHistory(session), made };
}

test("many questions at once about a shallow clone have the answers of the whole history", async () => {
  const { history, made } = shallow(6);
  const head = made.at(-1) ?? commit("0".repeat(40));
  const asked = made.slice(0, -1);
  expect(await Promise.all(asked.map((each) => history.position(head, each)))).toEqual(asked.map(() => "descends"));
  expect(await history.position(asked[1] ?? head, asked[3] ?? head)).toBe("before");
  expect(await history.isHeadNow()).toBe(true);
});

test("a commit that nobody has is unknown", async () => {
  const { history, made } = shallow(2);
  expect(await history.position(made[1] ?? commit("0".repeat(40)), commit("1".repeat(40)))).toBe("unknown");
});

test("a preview's commit is the newest where the event's own repository has it as its pull request's head", async () => {
  const head = commit("f".repeat(40));
  const asked: string[] = [];
  const session = (now: string | undefined) =>
    ({
      trust: { kind: "untrusted", why: "", head, pullRequest: 7 },
      // The checkout's remote may be the fork.
      git: { remoteCommit: async () => head },
      history: {
        commitOf: async (ref: string) => {
          asked.push(ref);
          return now;
        },
      },
      context: { ref: gitRef("refs/pull/7/head"), commit: head, trigger: { kind: "dispatch", eventName: "x" } },
      inputs: { settings: { token: undefined } },
      outside: {},
    }) as unknown as Session;
  expect(await openHistory(session(head)).isHeadNow()).toBe(true);
  expect(await openHistory(session("e".repeat(40))).isHeadNow()).toBe(false);
  expect(await openHistory(session(undefined)).isHeadNow()).toBe(false);
  expect(new Set(asked)).toEqual(new Set(["refs/pull/7/head"]));
});

test.each(["refs/untrusted/x", "refs/pull/7/head", "refs/pull/7/merge"])(
  "what was made for %s is never found again",
  (ref) => {
    expect(isPullRequestRef(ref)).toBe(true);
  },
);
