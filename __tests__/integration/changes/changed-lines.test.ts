import { afterAll, describe, expect, test } from "@jest/globals";
import { commit } from "../../../src/model/run-context.ts";
import type { Change } from "../../unit/changes/objects.ts";
import { open, Workplace } from "./repository.ts";

const workplace = new Workplace();
afterAll(() => workplace.remove());

async function lines(before: Change, after: Change, path = "a file"): Promise<string> {
  const repository = workplace.alone();
  const base = repository.record({ [path]: before, other: "1" });
  const head = repository.record({ [path]: after, other: "2" }, base);
  const ranges = await open(repository).changedLines(base, head, path);
  return ranges.map(({ first, last }) => `${first}-${last}`).join(" ");
}

describe("the lines of a file that changed", () => {
  test.each([
    ["one", "a\nb\nc\n", "a\nB\nc\n", "2-2"],
    ["several places", "a\nb\nc\nd\n", "A\nb\nc\nD\ne\n", "1-1 4-5"],
    ["added at the end, without a line end", "a", "a\nb", "1-2"],
    ["a new file's are all", undefined, "a\nb\n", "1-2"],
    ["only removed: none is left to be named", "a\nb\n", "a\n", ""],
    ["a deleted file has none", "a\n", undefined, ""],
    ["a binary file has none", "a\0b", "a\0c", ""],
    ["a line that looks like a diff's", "x\n", "@@ -1 +7 @@\n", "1-1"],
    ["a symlink's target", { link: "a" }, { link: "b" }, "1-1"],
  ] satisfies [string, Change, Change, string][])("%s", async (_, before, after, expected) => {
    expect(await lines(before, after)).toBe(expected);
  });

  test.each(["*", "a[b]", ":(top)x", "a\tb\nc", "-p", "ä"])("of a file called %j", async (path) => {
    expect(await lines("a\n", "b\n", path)).toBe("1-1");
  });

  test("none can be told of what git can't show", async () => {
    const repository = workplace.alone();
    const head = repository.record({ a: "1" });
    expect(await open(repository).changedLines(commit("1".repeat(40)), head, "a")).toEqual([]);
    expect(await open(repository).changedLines(head, head, "\udc80")).toEqual([]);
  });
});
