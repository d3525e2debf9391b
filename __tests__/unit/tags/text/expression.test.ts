import { describe, expect, test } from "@jest/globals";
import { buildNames, expand, parseTemplate } from "../../../../src/tags/text/expression.ts";
import { derive, dispatch, flaggedRelease, pullRequest, release, schedule, tags } from "../facts.ts";

const main = { ref: "refs/heads/main" };

describe("expressions", () => {
  test.each([
    ["{{branch}}", { ref: "refs/heads/feat/x" }, "x-feat-x"],
    ["{{tag}}", { ref: "refs/tags/v1" }, "x-v1"],
    ["{{tag}}", main, "x-"],
    ["{{sha}}", main, "x-e973f3c"],
    ["{{base_ref}}", { ref: "refs/tags/v1", tagBaseRef: "main" }, "x-main"],
    ["{{base_ref}}", main, "x-"],
    ["{{is_default_branch}}", main, "x-true"],
    ["{{is_default_branch}}", { ref: "refs/heads/other", trigger: dispatch }, "x-false"],
    ["{{is_default_branch}}", { ref: "refs/tags/main" }, "x-false"],
    ["{{is_default_branch}}", { ...main, trigger: { kind: "dispatch", eventName: "issues" } as const }, "x-true"],
    [
      "{{is_default_branch}}",
      { ref: "refs/heads/dev", trigger: { kind: "dispatch", eventName: "create" } as const },
      "x-false",
    ],
    ["{{is_default_branch}}", { ref: "refs/heads/dev", trigger: schedule }, "x-false"],
    [
      "{{is_default_branch}}",
      { ref: "refs/heads/dev", trigger: { kind: "push", before: undefined, forced: false } as const },
      "x-false",
    ],
    [
      "{{is_default_branch}}",
      { ref: "refs/heads/dev", trigger: { kind: "dispatch", eventName: "issues" } as const },
      "x-false",
    ],
    ["{{is_not_default_branch}}", main, "x-false"],
    ["{{is_release}}", { ref: "refs/tags/v1", trigger: release }, "x-true"],
    ["{{is_release}}", { ref: "refs/tags/v1", trigger: flaggedRelease }, "x-false"],
    ["{{is_release}}", { ref: "refs/tags/v1" }, "x-false"],
    ["{{owner}}.{{repo}}.{{name}}", main, "x-MieWeb.opensource-server.base"],
    ["{{date 'YYYYMMDD'}}", main, "x-20260614"],
    ["{{date 'YYYYMMDD-HHmmss' tz='Asia/Tokyo'}}", main, "x-20260615-080005"],
    ['{{date "YYYY.MM.DD"}}', main, "x-2026.06.14"],
    ["{{commit_date 'YYYY-MM-DDTHH:mm:ssZ'}}", main, "x-2026-06-10T22-30-00-00-00"],
    ["{{commit_date 'MMM Do' tz='Europe/Berlin'}}", main, "x-Jun-11th"],
    ["{{version}}", { ref: "refs/tags/v1.2.3" }, "x-1.2.3"],
  ])("%s of %o", (expression, situation, expected) => {
    const rules = `type=semver,pattern={{version}},enable={{is_not_default_branch}}\ntype=raw,value=x-${expression}`;
    expect(tags(rules, situation)).toContain(expected);
  });

  test("a pull request is not the default branch, and knows where it wants to go", () => {
    const situation = { ref: "refs/heads/main", trigger: pullRequest(4, true) };
    const rule = "type=raw,enable=true,value=[{{branch}}]{{base_ref}}-{{is_default_branch}}-{{sha}}";
    expect(tags(`${rule},prefix=p`, situation)).toEqual(["p-main-false-ad132f5"]);
  });

  test("the commit's date, where nobody knows it, gives no tag but a warning", () => {
    const { tags: given, warnings } = derive("type=raw,value={{commit_date 'YYYY'}}", {
      ...main,
      facts: { commitDate: undefined },
    });
    expect(given).toEqual([]);
    expect(warnings).toEqual([
      { message: 'the input "tags", line 1: the date of the commit is unknown', hint: expect.any(String) },
    ]);
  });

  test("in build arguments what is no expression of ours stays as it is", () => {
    const template = parseTemplate("{{ .Values.x }} {{arch}} {{{raw}}} ${{x", buildNames, "keep");
    const date = new Date(0);
    const text = expand(template, { values: new Map([["arch", "arm64"]]), runDate: date, commitDate: date });
    expect(text).toBe("{{ .Values.x }} arm64 {{{raw}}} ${{x");
  });
});
