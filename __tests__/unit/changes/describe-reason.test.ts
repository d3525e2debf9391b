import { expect, test } from "@jest/globals";
import { describeReason } from "../../../src/changes/describe-reason.ts";
import type { Reason } from "../../../src/model/reason.ts";

test.each<[string, Reason]>([
  ["images/base/Dockerfile changed", { kind: "file", path: "images/base/Dockerfile", change: "modified" }],
  ["images/base/setup.sh was added", { kind: "file", path: "images/base/setup.sh", change: "added" }],
  ["images/base/setup.sh was deleted", { kind: "file", path: "images/base/setup.sh", change: "deleted" }],
  ["1 more file", { kind: "more-files", count: 1 }],
  ["37 more files", { kind: "more-files", count: 37 }],
  ["depends on base", { kind: "builds-on", image: "base" }],
  ["needed by agent", { kind: "needed-by", image: "agent" }],
  ["new branch feat/x", { kind: "new-branch", branch: "feat/x" }],
  ["tag v1.2.3", { kind: "tag", tag: "v1.2.3" }],
  ["first commit", { kind: "first-commit" }],
  ["scheduled", { kind: "scheduled" }],
  ["asked for", { kind: "asked-for" }],
  ["nothing to compare with: f95f852 is gone", { kind: "no-base", detail: "f95f852 is gone" }],
  ["nothing it is built from changed", { kind: "unaffected" }],
  ["größe/数 changed", { kind: "file", path: "größe/数", change: "modified" }],
  ["a\\x0a::error::b changed", { kind: "file", path: "a\n::error::b", change: "modified" }],
  ["a\\x1b[2Kb changed", { kind: "file", path: "a\u001b[2Kb", change: "modified" }],
  ["a\\u{202e}b changed", { kind: "file", path: "a\u202eb", change: "modified" }],
  ["b\\xff changed", { kind: "file", path: "b\udcff", change: "modified" }],
])("%s", (expected, reason) => {
  expect(describeReason(reason)).toBe(expected);
});
