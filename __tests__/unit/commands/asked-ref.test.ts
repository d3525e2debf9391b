import { describe, expect, test } from "@jest/globals";
import { GitFailure } from "../../../src/changes/git-command.ts";
import { contextFor } from "../../../src/commands/asked-ref.ts";
import { commit } from "../../../src/context/run-context.ts";
import { context, dispatch, mergeGroup, pullRequest, release, schedule } from "../tags/facts.ts";

const [main, tagged, other] = [commit("1".repeat(40)), commit("2".repeat(40)), commit("3".repeat(40))];
const refs = new Map([
  ["refs/heads/main", main],
  ["refs/heads/feature/x", other],
  ["refs/tags/v1.2.3", tagged],
  ["refs/heads/both", main],
  ["refs/tags/both", tagged],
]);

interface World {
  /** The remote doesn't answer. */
  readonly isAlone?: boolean;
  /** What git knows of here. */
  readonly here?: Readonly<Record<string, string>>;
}

function git({ isAlone = false, here = {} }: World) {
  return {
    async remoteRefs(names: readonly string[]) {
      if (isAlone) throw new GitFailure("no network", { hint: "wait" });
      return new Map([...refs].filter(([name]) => names.includes(name)));
    },
    resolve: async (revision: string) => (here[revision] === undefined ? undefined : commit(here[revision])),
  };
}

const event = context({ ref: "refs/heads/main", trigger: dispatch });
const meaning = async (asked: string, world: World = {}) => {
  const { ref, commit: at, trigger } = await contextFor(asked, event, git(world));
  return [ref.kind, ref.name, at, trigger.kind];
};

describe("a run is about the ref that is asked for", () => {
  test.each([
    ["a release to publish again", "refs/tags/v1.2.3", ["tag", "v1.2.3", tagged]],
    ["its name alone", "v1.2.3", ["tag", "v1.2.3", tagged]],
    ["a branch, at the commit that it has now", "feature/x", ["branch", "feature/x", other]],
    ["a full commit, which need not be known", other, ["other", other, other]],
    ["one of a name that is both", "refs/heads/both", ["branch", "both", main]],
  ])("%s", async (_, asked, expected) => {
    expect(await meaning(asked)).toEqual([...expected, "dispatch"]);
  });

  test("a commit may be short, where the checkout knows it", async () => {
    expect(await meaning("3333333", { here: { "3333333": other } })).toEqual(["other", other, other, "dispatch"]);
  });

  test("what was fetched counts where the remote doesn't answer", async () => {
    const here = { "refs/remotes/origin/feature/x": other, "refs/tags/v1.2.3": tagged };
    expect(await meaning("feature/x", { isAlone: true, here })).toEqual(["branch", "feature/x", other, "dispatch"]);
    expect(await meaning("v1.2.3", { isAlone: true, here })).toEqual(["tag", "v1.2.3", tagged, "dispatch"]);
  });

  test("the event's own changes nothing, so that a push is still compared", async () => {
    expect(await contextFor("refs/heads/main", event, git({}))).toBe(event);
  });

  test("a scheduled rebuild may be of another branch; a release's flag is not that of another tag", async () => {
    const scheduled = context({ ref: "refs/heads/main", trigger: schedule });
    expect(await contextFor("feature/x", scheduled, git({}))).toMatchObject({
      trigger: schedule,
      ref: { name: "feature/x" },
    });
    const released = context({ ref: "refs/tags/v2.0.0", trigger: release });
    expect(await contextFor("v1.2.3", released, git({}))).toMatchObject({ trigger: { kind: "dispatch" } });
  });
});

describe("but not", () => {
  test.each([
    ["one that isn't there", "refs/tags/v9", /no such branch, tag or commit/],
    ["of a name that is both", "both", /both a branch and a tag/],
    ["a pull request's", "refs/pull/7/merge", /no such branch/],
    ["an option", "--upload-pack=x", /no such branch/],
    ["a pattern", "refs/heads/*", /no such branch/],
    ["an expression of git's", "main~1", /no such branch/],
  ])("%s", async (_, asked, message) => {
    await expect(meaning(asked)).rejects.toThrow(message);
  });

  test.each([
    ["a pull request", pullRequest(7)],
    ["a merge group", mergeGroup],
  ])("in %s", async (_, trigger) => {
    const given = context({ ref: "refs/pull/7/merge", trigger });
    await expect(contextFor("refs/heads/main", given, git({}))).rejects.toMatchObject({
      message: expect.stringContaining("nothing but its own"),
      hint: expect.stringContaining("leave it empty"),
    });
  });
});
