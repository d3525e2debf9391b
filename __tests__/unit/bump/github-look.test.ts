import { expect, test } from "@jest/globals";
import { noPinCommits } from "../../../src/bump/pull-request/branch-history.ts";
import { branchStateOf, nextStep } from "../../../src/bump/pull-request/next-step.ts";
import { githubBumps } from "../../../src/forge/github/github.ts";
import { commit } from "../../../src/model/run-context.ts";
import { limited } from "../lib/http/limited.ts";
import { stillClock } from "../oci/still-clock.ts";

const oid = "a".repeat(40);

/** What is thought of a branch whose commits GitHub does not tell: it took too long, or the histories have nothing in common. */
const ours = { ...noPinCommits, first: new Set([commit("c".repeat(40))]) };
test.each([
  ["a branch that GitHub can't compare may be a person's work, and stays", { target: { oid } }, noPinCommits, "none"],
  ["if it began with a commit of ours, its files are looked at", { target: { oid } }, ours, "read"],
  ["there is nothing to compare where no branch is", null, noPinCommits, "write"],
] as const)("%s", async (_, branch, line, step) => {
  const repository = { id: "R", branch, base: { compare: null }, pullRequests: { nodes: [] } };
  const body = new TextEncoder().encode(JSON.stringify({ data: { repository }, errors: [{ message: "timeout" }] }));
  const http = { send: async () => ({ status: 200, headers: {}, body }) };
  const access = limited({
    http,
    clock: stillClock(),
    random: () => 0.5,
    apiUrl: "https://api.example",
    owner: "o",
    repo: "r",
  });
  const state = await githubBumps({ ...access, token: "t" }).look({ branch: "image-publish/bump-app", base: "main" });
  const marker = { version: "1".repeat(16), edit: "2".repeat(16) };
  expect(nextStep(branchStateOf(state, line), { at: commit("b".repeat(40)), files: [], marker }).kind).toBe(step);
});
