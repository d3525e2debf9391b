import { describe, expect, test } from "@jest/globals";
import { type RunFacts, runFactRemarks, withoutRunFacts } from "../../../src/commands/run-facts.ts";
import { type Commit, gitRef } from "../../../src/context/run-context.ts";
import { catalogOf } from "../changes/catalog-of.ts";

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
  const remarks = (value: string, text = "FROM debian\nARG A\n") => {
    const { images } = catalogOf(
      { name: "app", text, buildArgs: { A: value } },
      { name: "web", text, buildArgs: { A: value } },
    );
    return runFactRemarks(images, facts);
  };

  test.each([
    ["main", "{{branch}}"],
    ["refs/heads/main", "{{ref}}"],
    ["42", "{{run_number}}"],
    ["octocat", "{{actor}}"],
    ["2026-06-14", "{{commit_date 'YYYY-MM-DD'}}"],
    ["20260614", "{{commit_date 'YYYYMMDD'}}"],
    ["2026-06-14T23:00:01Z", "{{commit_date 'YYYY-MM-DDTHH:mm:ss'}}"],
  ])("for %s", (value, expression) => {
    expect(remarks(value)).toEqual([
      {
        message: expect.stringContaining("rebuilds app, web"),
        hint: expect.stringContaining(`write A=${expression}:`),
      },
    ]);
  });

  test.each([commit, "12345678901", "{{branch}}", "1.2", ""])("none for %j", (value) => {
    expect(remarks(value)).toEqual([]);
  });

  test("none for an argument that no Dockerfile declares", () => {
    expect(remarks("main", "FROM debian\n")).toEqual([]);
  });
});
