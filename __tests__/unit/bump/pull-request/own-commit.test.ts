import { describe, expect, test } from "@jest/globals";
import { isOwnCommit } from "../../../../src/bump/pull-request/own-commit.ts";
import type { BranchCommit } from "../../../../src/forge/bump-forge.ts";
import { commit } from "../../../../src/model/run-context.ts";

const bot = { email: "bot@example.org", date: "2026-06-10T10:00:00Z" };
const ours: BranchCommit = {
  id: commit("a".repeat(40)),
  message: "Bump base\n\nImage-Publish-Bump: 0123456789abcdef 0123456789abcdef",
  parents: 1,
  author: bot,
  committer: bot,
};

describe("a commit is ours to replace", () => {
  test.each<[string, Partial<BranchCommit>, boolean]>([
    ["as we made it", {}, true],
    ["as the forge made it for us", { committer: { ...bot, email: "noreply@github.com" } }, true],
    ["with a newline that the forge added", { message: `${ours.message}\n` }, true],
    ["not a person's", { message: "Mend the build" }, false],
    ["not one that speaks of ours", { message: `Revert "Bump base"\n\n${ours.message}\n\nIt broke.` }, false],
    ["not one whose first line is ours", { message: "Image-Publish-Bump: 0123456789abcdef 0123456789abcdef" }, false],
    ["not a merge", { parents: 2 }, false],
    ["not one that somebody amended", { committer: { email: "ann@example.org", date: "2026-06-11T10:00:00Z" } }, false],
    ["not one that its author amended", { committer: { ...bot, date: "2026-06-11T10:00:00Z" } }, false],
  ])("%s", (_, change, expected) => {
    expect(isOwnCommit({ ...ours, ...change })).toBe(expected);
  });
});
