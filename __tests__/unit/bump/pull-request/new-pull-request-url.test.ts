import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { newPullRequestUrl } from "../../../../src/bump/pull-request/new-pull-request-url.ts";
import { anyText } from "../../any-text.ts";

const pair = { base: "main", branch: "image-publish/bump-app" };
const page = "https://github.com/o/r";

test("opens the form, filled in", () => {
  const url = new URL(newPullRequestUrl(page, pair, { title: "Bump app (1 & 2)", body: "*One* line\nand another" }));
  expect(url.pathname).toBe("/o/r/compare/main...image-publish/bump-app");
  expect([...url.searchParams]).toEqual([
    ["quick_pull", "1"],
    ["title", "Bump app (1 & 2)"],
    ["body", "*One* line\nand another"],
  ]);
});

test("leaves out what would make it too long", () => {
  const url = newPullRequestUrl(page, pair, { title: "Bump app", body: "x".repeat(7000) });
  expect([...new URL(url).searchParams.keys()]).toEqual(["quick_pull", "title"]);
});

test("is a link's target whatever it holds", () => {
  fc.assert(
    fc.property(anyText(), anyText(), (title, body) => {
      expect(newPullRequestUrl(page, pair, { title, body })).toMatch(/^https:[\w.:/~%?=&#-]+$/);
    }),
  );
});
