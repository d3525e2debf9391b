import { describe, expect, test } from "@jest/globals";
import { type Commit, gitRef } from "../../../../../src/model/run-context.ts";
import { type RunFacts, runFactRemarks, withoutRunFacts } from "../../../../../src/stages/analyze/details/run-facts.ts";
import { catalogOf } from "../../../changes/catalog-of.ts";

const commit = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d" as Commit;
const head = "9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c" as Commit;
const facts = {
  commit,
  trigger: { kind: "push", before: undefined, forced: false },
  ref: gitRef("refs/heads/main"),
  actor: "octocat",
  runUrl: "https://github.com/o/r/actions/runs/12345678901",
  runId: "12345678901",
  runNumber: "42",
  startedAt: new Date("2026-06-14T23:00:00Z"),
} as const;
const pull: RunFacts = {
  ...facts,
  trigger: {
    kind: "pull-request",
    number: 7,
    baseRef: "main",
    baseCommit: commit,
    headCommit: head,
    fromFork: false,
    target: false,
  },
};

describe("what is hashed of a value", () => {
  test.each([
    ["the commit", commit, "{{sha}}"],
    ["the commit in upper case", commit.toUpperCase(), "{{sha}}"],
    ["seven digits of it", commit.slice(0, 7), "{{sha}}"],
    ["twelve digits in a text", `build-${commit.slice(0, 12)}-x`, "build-{{sha}}-x"],
    ["six digits, which may be anything", commit.slice(0, 6), commit.slice(0, 6)],
    ["another commit", head, head],
    ["digits that go on otherwise", `${commit.slice(0, 8)}0`, `${commit.slice(0, 8)}0`],
    ["a part of a longer word", `x${commit.slice(0, 7)}`, `x${commit.slice(0, 7)}`],
    ["the run", "12345678901", "{{run_id}}"],
    ["a longer number", "123456789012", "123456789012"],
    ["the run's page", facts.runUrl, "{{run_url}}"],
    ["an attempt's page", `${facts.runUrl}/attempts/2`, "{{run_url}}/attempts/2"],
    ["git describe", `v1.2.3-4-g${commit.slice(0, 7)}`, "v1.2.3-{{count}}-g{{sha}}"],
    ["git describe --long at a git tag", `v1.2.3-0-g${commit.slice(0, 10)}`, "v1.2.3-{{count}}-g{{sha}}"],
    ["git describe --dirty", `v1.2.3-4-g${commit.slice(0, 7)}-dirty`, "v1.2.3-{{count}}-g{{sha}}-dirty"],
    ["git describe --all", `heads/main-12-g${commit.slice(0, 7)}`, "heads/main-{{count}}-g{{sha}}"],
    ["git describe of a git tag with dashes", `app-1-2-3-g${commit}`, "app-1-2-{{count}}-g{{sha}}"],
    ["git describe in a text", `x:v1-4-g${commit.slice(0, 7)},y`, "x:v1-{{count}}-g{{sha}},y"],
    ["setuptools-scm", `1.2.4.dev4+g${commit.slice(0, 9)}`, "1.2.4.dev{{count}}+g{{sha}}"],
    ["its post-releases", `1.2.3.post4+g${commit.slice(0, 9)}`, "1.2.3.post{{count}}+g{{sha}}"],
    ["versioneer", `1.2.3+4.g${commit.slice(0, 7)}`, "1.2.3+{{count}}.g{{sha}}"],
    ["Arch Linux", `1.2.3.r4.g${commit.slice(0, 7)}`, "1.2.3.r{{count}}.g{{sha}}"],
    ["the commit with git's g", `g${commit.slice(0, 7)}`, "g{{sha}}"],
    ["a version with the commit", `1.2.3+g${commit.slice(0, 7)}`, "1.2.3+g{{sha}}"],
    ["a number before the commit", `build-4-${commit.slice(0, 7)}`, "build-4-{{sha}}"],
    ["git describe of another commit", "v1.2.3-4-g9f8e7d6", "v1.2.3-4-g9f8e7d6"],
    ["another letter before it", `v1.2.3-4-h${commit.slice(0, 7)}`, `v1.2.3-4-h${commit.slice(0, 7)}`],
    ["a g that ends a word", `tag${commit.slice(0, 7)}`, `tag${commit.slice(0, 7)}`],
    ["the branch", "main", "main"],
    ["the number of the run", "42", "42"],
    ["the actor", "octocat", "octocat"],
    ["a day", "2026-06-14", "2026-06-14"],
    ["nothing", "", ""],
  ])("%s", (_, value, expected) => {
    expect(withoutRunFacts(value, facts)).toBe(expected);
  });

  test("a pull request's head is its commit, too", () => {
    expect([head, commit].map((each) => withoutRunFacts(each, pull))).toEqual(["{{sha}}", "{{sha}}"]);
  });

  test("a run's number on a forge that counts from 1 is a number like any other", () => {
    expect(withoutRunFacts("7", { ...facts, runId: "7", runUrl: "https://git.example/o/r/actions/runs/7" })).toBe("7");
  });
});

describe("one remark gives the expression", () => {
  const remarks = (value: string, { text = "FROM debian\nARG A\n", of = facts as RunFacts, fromFile = false } = {}) => {
    const said = { text, buildArgs: { A: value }, ...(fromFile && { inputArguments: [] }) };
    const { images } = catalogOf({ name: "app", ...said }, { name: "web", ...said });
    return runFactRemarks(images, of);
  };

  test.each([
    ["main", "{{ref_name}} ({{branch}} is empty on git tags)"],
    ["refs/heads/main", "{{ref}}"],
    ["42", "{{run_number}}"],
    ["octocat", "{{actor}}"],
    ["2026-06-14", "{{commit_date 'YYYY-MM-DD'}}"],
    ["20260614", "{{commit_date 'YYYYMMDD'}}"],
    ["2026.06.14", "{{commit_date 'YYYY.MM.DD'}}"],
    ["2026/06/14", "{{commit_date 'YYYY/MM/DD'}}"],
    ["2026-06-14T23:00:01Z", "{{commit_date 'YYYY-MM-DDTHH:mm:ss'}}"],
    ["2026-06-14T23:00:01.123+00:00", "{{commit_date 'YYYY-MM-DDTHH:mm:ss'}}"],
    ["2026-06-14 23:00", "{{commit_date 'YYYY-MM-DD HH:mm:ss'}}"],
    ["20260614T230001Z", "{{commit_date 'YYYYMMDDTHHmmss'}}"],
    ["20260614230001", "{{commit_date 'YYYYMMDDHHmmss'}}"],
    ["1781478001", "{{commit_date 'X'}}"],
    ["1781478001123", "{{commit_date 'x'}}"],
  ])("for %s", (value, expression) => {
    expect(remarks(value)).toEqual([
      {
        message: expect.stringContaining("rebuilds app, web"),
        hint: expect.stringContaining(`write A=${expression}:`),
      },
    ]);
  });

  test.each([
    ["refs/tags/v1.2.3", "v1.2.3", "{{ref_name}} ({{tag}} is empty on branches)"],
    ["refs/tags/v1.2.3", "refs/tags/v1.2.3", "{{ref}}"],
    ["refs/heads/feat/a", "feat/a", "{{ref_name}} ({{branch}} is empty on git tags)"],
    ["refs/pull/7/merge", "7/merge", "{{ref_name}}"],
  ])("on %s for %s", (ref, value, expression) => {
    const [remark] = remarks(value, { of: { ...facts, ref: gitRef(ref) } });
    expect(remark?.hint).toBe(
      `write A=${expression}: an expression doesn't rebuild the image, except that a release is built with its git tag`,
    );
  });

  test.each([
    ...[commit, "12345678901", "{{branch}}", "1.2", "", "2026.06.14-3", "202606141", "2026-06-140", "build-42"],
    ...["1781478001000000", "1700000000", "2026-06-14-alpine"],
  ])("none for %j", (value) => {
    expect(remarks(value)).toEqual([]);
  });

  test("none for an argument that no Dockerfile declares", () => {
    expect(remarks("main", { text: "FROM debian\n" })).toEqual([]);
  });

  test.each(["main", "refs/heads/main", "42", "octocat", "2026-06-14"])("none for %s of a file", (value) => {
    expect(remarks(value, { fromFile: true })).toEqual([]);
  });

  test("none for the commit that is checked out for itself, which is hashed as one", () => {
    const ref = { full: `refs/commits/${commit}`, kind: "commit", name: commit } as const;
    expect(remarks(commit, { of: { ...facts, ref } })).toEqual([]);
  });

  test("none for the number of a pull request, which no expression gives", () => {
    expect(remarks("7", { of: { ...pull, ref: gitRef("refs/pull/7/merge") } })).toEqual([]);
  });
});
