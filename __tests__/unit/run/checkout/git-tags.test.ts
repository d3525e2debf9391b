import { expect, test } from "@jest/globals";
import { GitFailure } from "../../../../src/git/git-command.ts";
import { knownGitTags } from "../../../../src/run/checkout/git-tags.ts";
import { context, dispatch, mergeGroup, pullRequest, release, type Situation, schedule } from "../../tags/facts.ts";

/** What is known, and where it was looked for. */
async function known(situation: Situation | undefined, { offline = false, isDown = false } = {}) {
  const asked: string[] = [];
  const told: string[] = [];
  const git = {
    async tags(where: "here" | "remote") {
      asked.push(where);
      if (isDown && where === "remote") throw new GitFailure("git ls-remote failed: no route", { hint: "x" });
      return where === "here" ? ["stable"] : ["stable", "demo/x"];
    },
  };
  const log = { debug: (text: string) => void told.push(text) };
  const tags = await knownGitTags(situation && context(situation), git, { log }, offline);
  return { tags: [...tags], asked, told };
}

const main = { ref: "refs/heads/main" };

test.each([
  { when: "a branch is pushed", situation: main, asked: ["here", "remote"] },
  { when: "a schedule", situation: { ...main, trigger: schedule }, asked: ["here", "remote"] },
  { when: "a dispatch", situation: { ...main, trigger: dispatch }, asked: ["here", "remote"] },
  {
    when: "a pull request, which gets no branch's tag by itself",
    situation: { ...main, trigger: pullRequest(5) },
    asked: ["here"],
  },
  { when: "a git tag", situation: { ref: "refs/tags/v1" }, asked: [] },
  { when: "a release", situation: { ref: "refs/tags/v1", trigger: release }, asked: [] },
  { when: "a merge group, which gives no tags", situation: { ...main, trigger: mergeGroup }, asked: [] },
  { when: "a checkout that is elsewhere", situation: undefined, asked: [] },
])("$when: asked are $asked", async ({ situation, asked }) => {
  const found = await known(situation);
  expect(found.asked).toEqual(asked);
  expect(found.tags).toEqual(asked.length === 2 ? ["stable", "demo-x"] : asked.length === 1 ? ["stable"] : []);
});

test("without a network what the checkout knows counts", async () => {
  expect(await known(main, { offline: true })).toEqual({ tags: ["stable"], asked: ["here"], told: [] });
  expect(await known(main, { isDown: true })).toMatchObject({
    tags: ["stable"],
    told: [expect.stringContaining("no route")],
  });
});
