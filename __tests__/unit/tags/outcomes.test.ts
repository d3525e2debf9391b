import { describe, expect, test } from "@jest/globals";
import { derive, mergeGroup, pullRequest, type Situation, schedule, short } from "./facts.ts";

/** A line for each rule: what it gave, or why it gave none. */
function told(rules: string, situation: Situation, flavor = ""): readonly string[] {
  return derive(rules, situation, flavor).outcomes.map(
    ({ rule, place, gave, because }) =>
      `${place === undefined ? "" : `${place.replace(/.*line /, "")} `}${rule} → ${
        gave === undefined ? "none" : `${gave.tag}${gave.moves ? " moves" : ""}`
      }${because === undefined ? "" : `: ${because}`}`,
  );
}

const main = { ref: "refs/heads/main" };

describe("what each rule made of an event, and why", () => {
  test("a release", () => {
    const rules = "type=ref,event=branch\ntype=semver,pattern={{version}}\ntype=sha\ntype=schedule\ntype=edge";
    expect(told(rules, { ref: "refs/tags/v1.2.3" })).toEqual([
      "4 type=schedule → none: this isn't a scheduled run",
      "2 type=semver,pattern={{version}} → 1.2.3",
      "5 type=edge → none: this is not the branch that is the default",
      "1 type=ref,event=branch → none: this isn't a branch",
      `3 type=sha → sha-${short}`,
      "latest=auto → latest moves: the first rule that gave a tag is of type semver",
    ]);
  });

  test.each([
    ["type=sha,enable=false", main, "none: enable=false is false here"],
    ["x,enable={{is_not_default_branch}}", main, "none: enable={{is_not_default_branch}} is false here"],
    ["type=semver,pattern={{version}}", main, "none: this isn't a git tag"],
    ["type=semver,pattern={{version}},value={{tag}}", main, "none: its value {{tag}} is empty here"],
    ["type=semver,pattern={{version}}", { ref: "refs/tags/v1.2" }, 'none: "v1.2" isn\'t a semantic version'],
    ["type=ref,event=tag", main, "none: this isn't a git tag"],
    ["type=ref,event=pr", main, "none: this isn't a pull request"],
    ["type=edge,branch=dev", main, "none: this is not the branch dev"],
    ["x{{tag}},prefix={{tag}}", main, "x moves"],
    ["{{tag}}", main, "none: {{tag}} is empty here"],
    ["type=calver", { ...main, facts: { commitDate: undefined } }, "none: the date of the commit is unknown"],
    ["type=version,from=nix", main, "none: base has no version: there is no nix"],
    [
      "type=ref,event=branch",
      { ref: "refs/heads/1.2" },
      'none: the branch gives no tag "1.2", which would look like a version',
    ],
    [
      "rolling",
      { ref: "refs/pull/3/merge", trigger: pullRequest(3) },
      "none: this is a pull request, and a rule of type ref, sha, or raw with an enable=",
    ],
    [
      "latest,enable=true",
      { ref: "refs/pull/3/merge", trigger: pullRequest(3) },
      "none: a pull request is never latest",
    ],
    ["type=sha", { ...main, trigger: mergeGroup }, "none: what a merge group builds is nobody's yet"],
    ["type=sha", { ref: "refs/tags/nodejs-v1" }, "none: the git tag releases nodejs alone"],
  ])("%s", (rule, situation, expected) => {
    expect(told(rule, situation)[0]).toContain(`1 ${rule} → ${expected}`);
  });

  test("a tag that is shortened says so", () => {
    expect(told("type=ref,event=branch", { ref: `refs/heads/${"x".repeat(200)}` })[0]).toMatch(
      /moves: a tag of 200 characters is shortened/,
    );
  });

  test("default rules are told as well, without a place, though they never warn", () => {
    const { outcomes, warnings } = derive("", { ref: "refs/tags/demo" });
    expect(outcomes[0]).toEqual({
      rule: "type=semver,pattern={{version}}",
      place: undefined,
      gave: undefined,
      because: '"demo" isn\'t a semantic version',
    });
    expect(warnings).toEqual([]);
  });

  test("two rules that give one tag agree on whether it moves", () => {
    const rules = "type=semver,pattern={{version}}\ntype=match,pattern=\\d.\\d.\\d$,value=p1v1.2.3,priority=950";
    const gave = derive(rules, { ref: "refs/tags/v1.2.3" }).outcomes.map((each) => each.gave);
    expect(gave.slice(0, 2)).toEqual([
      { tag: "1.2.3", moves: false },
      { tag: "1.2.3", moves: false },
    ]);
  });

  test("latest that the flavor wants names the flavor", () => {
    expect(told("type=schedule", { ...main, trigger: schedule }, "latest=true").at(-1)).toBe(
      "latest=true → latest moves",
    );
  });

  test("every tag was given by somebody", () => {
    for (const ref of ["refs/heads/main", "refs/tags/v1.2.3", "refs/tags/v1.2.3-rc.1", "refs/pull/4/merge"]) {
      const { tags, outcomes } = derive("", { ref });
      const given = new Set(outcomes.flatMap(({ gave }) => gave?.tag ?? []));
      expect([...given].sort()).toEqual(tags.map(({ tag }) => tag).sort());
    }
  });
});
