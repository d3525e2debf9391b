/** Under which tags the newest image of this repository is looked for. */
import { expect, test } from "@jest/globals";
import { trusted } from "../../../src/model/trust.ts";
import { tagsToFollow } from "../../../src/stages/analyze/details/tag-sources.ts";
import { parseFlavor } from "../../../src/tags/rules/flavor.ts";
import { parseRules } from "../../../src/tags/rules/parse-rules.ts";
import { context, lines, pullRequest } from "../tags/facts.ts";

test.each([
  ["", ["x", "main", "latest"]],
  ["prefix=web-", ["web-x", "web-main", "latest", "main"]],
  ["prefix=web-,onlatest=true\nsuffix=-slim", ["web-x-slim", "web-main-slim", "web-latest", "main", "latest"]],
  ["suffix=-{{sha}}", ["main", "latest"]],
])("on a branch of the flavor %j", (text, expected) => {
  const { flavor } = parseFlavor(lines(text, "flavor"));
  const rules = { rules: parseRules([]).values, flavor, labels: [], annotations: [] };
  const session = {
    context: context({ ref: "refs/heads/x" }),
    commitDate: new Date(0),
    isAtEvent: true,
    gitTags: new Set<string>(),
    trust: trusted,
  };
  const image = { name: "app", publicName: "app", variant: "dockerfile" } as const;
  const sources = { names: ["app"], facts: new Map(), rulesOf: () => rules };
  expect(tagsToFollow(session, image, sources)).toEqual(expected);
});

test.each([
  { when: "a pull request: its target's, then the default branch's", target: "next", are: ["next", "main", "latest"] },
  { when: "a pull request to the default branch: each once", target: "main", are: ["main", "latest"] },
  { when: "a target whose name isn't a tag", target: "feature/x", are: ["feature-x", "main", "latest"] },
])("$when", ({ target, are }) => {
  const rules = { rules: parseRules([]).values, flavor: parseFlavor([]).flavor, labels: [], annotations: [] };
  const trigger = { ...pullRequest(7), baseRef: target } as ReturnType<typeof pullRequest>;
  const run = {
    context: context({ ref: "refs/pull/7/merge", trigger }),
    ...{ commitDate: new Date(0), isAtEvent: true, gitTags: new Set<string>(), trust: trusted },
  };
  const sources = { names: ["app"], facts: new Map(), rulesOf: () => rules };
  const followed = (variant: "dockerfile" | "nix") =>
    tagsToFollow(run, { name: "app", publicName: "app", variant }, sources);
  expect(followed("dockerfile")).toEqual(["pr-7", ...are]);
  expect(followed("nix")).toEqual(["pr-7", ...are].map((each) => `${each}-nix`));
});
