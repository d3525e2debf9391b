import { expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  anyNumber,
  anyOne,
  type ExpressionPiece,
  exactly,
  pathExpression,
} from "../../../../src/catalog/layout/path-expression.ts";

/** The same as a regular expression, which may take for ever. */
function asRegExp(pieces: readonly ExpressionPiece[]): RegExp {
  const parts = pieces.map((piece) => {
    if (piece.kind === "at") return { start: "^", end: "$", boundary: "\\b", "no-boundary": "\\B" }[piece.where];
    if (piece.kind === "directories") return "(?:[^\n]*/)?";
    return `${piece.is.source.slice(1, -1)}${piece.kind === "many" ? "*" : ""}`;
  });
  return new RegExp(`^${parts.join("")}$`, "su");
}

test("takes what a regular expression takes", () => {
  const name: ExpressionPiece = { kind: "many", is: /^[^/]$/u };
  const piece = fc.constantFrom<ExpressionPiece>(
    ...[...["a", "b", "/", "é", "\u{1f600}"].map(exactly), anyOne, anyNumber, name, name],
    { kind: "many", is: /^[ab]$/u },
    { kind: "one", is: /^[^b]$/u },
    { kind: "directories" },
    { kind: "directories" },
    ...(["start", "end", "boundary", "no-boundary"] as const).map((where): ExpressionPiece => ({ kind: "at", where })),
  );
  const path = fc
    .array(fc.constantFrom("a", "a", "b", "/", "é", "\u{1f600}", "\n", "\udcff"), { maxLength: 9 })
    .map((characters) => characters.join(""));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.array(path, { maxLength: 12 }), (pieces, paths) => {
      const matches = pathExpression(pieces);
      expect(paths.map((each) => matches(each))).toEqual(paths.map((each) => asRegExp(pieces).test(each)));
    }),
    { numRuns: 400 },
  );
});

test("text that nearly matches many stars is no work", () => {
  const pieces = Array.from({ length: 100 }, () => [anyNumber, exactly("a")]).flat();
  const matches = pathExpression([...pieces, exactly("b")]);
  expect(matches("a".repeat(4000))).toBe(false);
  expect(matches(`${"a".repeat(4000)}b`)).toBe(true);
});

test("what leads to more places than are remembered is matched all the same", () => {
  // Where it stands hangs on each of the last twelve characters.
  const matches = pathExpression([anyNumber, exactly("a"), ...Array.from({ length: 12 }, () => anyOne)]);
  let seed = 1;
  const random = Array.from({ length: 5_000 }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % 2 === 0 ? "a" : "b";
  }).join("");
  for (let end = 4_997; end < 5_000; end += 1) {
    expect(matches(random.slice(0, end))).toBe(random[end - 13] === "a");
  }
});
