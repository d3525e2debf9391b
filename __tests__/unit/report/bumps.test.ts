import { describe, expect, test } from "@jest/globals";
import type { ProposalResult } from "../../../src/bump/pull-request/proposal.ts";
import { bumpLines, bumpOutput, bumpSection } from "../../../src/report/bumps.ts";

const bump = (given: Partial<ProposalResult>): ProposalResult => ({
  branch: "image-publish/bump-app",
  base: "main",
  outcome: "opened",
  pullRequest: { number: 7, url: "https://github.com/o/r/pull/7" },
  warnings: [],
  newPullRequestUrl: undefined,
  ...given,
});
const rowOf = (result: ProposalResult): string => {
  const section = bumpSection([result]);
  return "pieces" in section ? section.pieces.join("\n") : "";
};

describe("a row of the summary", () => {
  test.each<[string, Partial<ProposalResult>, RegExp]>([
    [
      "links the pull request",
      {},
      /\| \[#7\]\(https:\/\/github\.com\/o\/r\/pull\/7\) `image-publish\/bump-app` \| `main` \| opened \|/,
    ],
    [
      "of a forge without TLS too",
      { pullRequest: { number: 7, url: "http://forge.lan:3000/o/r/pulls/7" } },
      /\[#7\]\(http:/,
    ],
    ["says that it was updated", { outcome: "updated" }, /updated in place/],
    ["says that somebody closed it", { outcome: "declined", pullRequest: undefined }, /not opened again/],
    [
      "links the page that opens what was refused",
      {
        outcome: "refused",
        pullRequest: undefined,
        newPullRequestUrl: "https://github.com/o/r/compare/main...b?title=a%20%28b%29",
      },
      /\[open it\]\(https:\/\/github\.com\/o\/r\/compare\/main\.\.\.b\?title=a%20%28b%29\)/,
    ],
    ["makes no link of what could end one", { pullRequest: { number: 7, url: "https://x/)<img>" } }, /^\| #7 /],
  ])("%s", (_, given, expected) => {
    expect(rowOf(bump(given))).toMatch(expected);
  });

  test("there is none where nothing was wanted and nothing is open", () => {
    expect(rowOf(bump({ outcome: "unchanged", pullRequest: undefined }))).toBe("");
  });
});

test("the log has a line for each, that nothing obeys", () => {
  const hostile = bump({ branch: "::error::\u001b[31m", outcome: "closed", pullRequest: undefined });
  const [first, second, ...others] = bumpLines([
    bump({}),
    hostile,
    bump({ outcome: "unchanged", pullRequest: undefined }),
  ]);
  expect(first).toBe("image-publish/bump-app: opened, https://github.com/o/r/pull/7");
  expect(second).not.toMatch(/^::/);
  expect(second).not.toContain("\u001b");
  expect(others).toEqual([]);
});

test("the output is JSON, with null where there is no pull request", () => {
  expect(JSON.parse(bumpOutput([bump({}), bump({ outcome: "refused", pullRequest: undefined })]))).toEqual([
    {
      branch: "image-publish/bump-app",
      base: "main",
      outcome: "opened",
      number: 7,
      url: "https://github.com/o/r/pull/7",
    },
    { branch: "image-publish/bump-app", base: "main", outcome: "refused", number: null, url: null },
  ]);
});
