import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { chunks, joinSections, text } from "../../../../src/report/summary/sections.ts";

describe("what is too long", () => {
  const failures = { head: "failures", pieces: ["f".repeat(100), "g".repeat(100)], tail: "end", what: "failures" };
  const images = {
    head: "images",
    pieces: Array.from({ length: 50 }, (_, n) => `image ${n} é`),
    tail: "",
    what: "images",
  };

  test("everything is there when there is room", () => {
    const all = joinSections([text("# title"), failures, images]);
    expect(all).toContain("image 49 é");
    expect(all).not.toContain("left out");
    expect(all.startsWith("# title\n\nfailures\nfff")).toBe(true);
  });

  test("what comes first keeps its pieces, what comes last says how many it lost", () => {
    const some = joinSections([text("# title"), failures, images], 900);
    expect(some).toContain("g".repeat(100));
    expect(some).toMatch(/_\d+ more images left out here: GitHub shows at most 1 MiB\. The log has them all\._/);
    expect(some).not.toContain("more failures");
  });

  test("never above the limit, and no piece is cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "grapheme", maxLength: 30 }), { maxLength: 60 }),
        fc.nat(1500),
        (pieces, extra) => {
          const limit = 500 + extra;
          const out = joinSections([text("title"), { head: "head", pieces, tail: "tail", what: "pieces" }], limit);
          expect(Buffer.byteLength(out)).toBeLessThanOrEqual(limit);
          const left = Number(/_(\d+) more/.exec(out)?.[1] ?? 0);
          const kept = pieces.slice(0, pieces.length - left).filter((piece) => piece !== "");
          expect(out).toContain(["head", ...kept, "tail"].join("\n"));
        },
      ),
    );
  });
});

test("items in pieces", () => {
  expect(chunks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
});
