/** Repositories that ask for far more work than they are large. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a Dockerfile writes variables
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import type { Image } from "../../../src/catalog/catalog.ts";
import { tooManyUnsettled, withPossibleEdges } from "../../../src/catalog/dockerfile/possible-bases.ts";
import { spendSteps } from "../../../src/catalog/layout/path-expression.ts";
import { patternMatcher, readIgnore } from "../../../src/changes/ignore/ignore.ts";
import { possibleBases, withBuiltOn } from "../../../src/changes/sources/built-on.ts";
import { contextFiles } from "../../../src/changes/sources/context-files.ts";
import type { ContextInputs } from "../../../src/changes/sources/image-inputs.ts";
import { watchedFiles } from "../../../src/changes/sources/watch.ts";
import { UserError } from "../../../src/errors.ts";
import { indexFiles } from "../../../src/git/checkout/file-index.ts";
import { repository } from "../../../src/model/reference.ts";
import { catalogOf } from "./catalog-of.ts";

const unsettled = (text: string): Image["unsettled"] => [
  { text, variables: ["X"], via: "FROM", at: { file: "Dockerfile", line: 1 } },
];

/** Images whose base nobody knows: each may be any other, or the next one alone. */
const images = (count: number, textOf: (index: number) => string): readonly Image[] =>
  catalogOf(
    ...Array.from({ length: count }, (_, index) => ({
      name: `i${index}`,
      knownAs: [repository(`ghcr.io/o/i${index}`)],
      unsettled: unsettled(textOf(index)),
    })),
  ).images;

test.each([
  ["any other", () => "$X"],
  ["the next one", (index: number) => `ghcr.io/o/i${index + 1}:$X`],
])("hundreds of images, each of which may build on %s", (_, textOf) => {
  const all = images(500, textOf);
  const possibleOf = possibleBases(all);
  // Work that grew with the third power of their number took a minute and more for this.
  expect(all.map((image) => possibleOf(image).length)[0]).toBe(textOf(0) === "$X" ? 500 : 499);
  const reasons = withBuiltOn({ images: all }, new Map([["i499", [{ kind: "never-published" }]]]));
  expect(reasons.size).toBe(500);
});

test("more images whose base nobody knows than can be compared are an error", () => {
  expect(tooManyUnsettled(images(707, () => "$X"))).toEqual([]);
  const [error] = tooManyUnsettled(images(708, () => "$X"));
  expect(error?.message).toMatch(/^708 of 708 images have a base that depends on the platform/);
});

test("a chain of possible bases may be longer than the stack", () => {
  const all = images(20_000, () => "$X");
  const edge = (index: number) => ({
    parent: `i${index + 1}`,
    contextName: `i${index + 1}`,
    via: "FROM" as const,
    at: { file: "Dockerfile", line: 1 },
  });
  const edges = all.map(({ name }, index) => [name, index + 1 < all.length ? [edge(index)] : []] as const);
  const joined = withPossibleEdges([...all.slice(0, -1), ...all.slice(-1)], new Map([...edges].slice(0, 3_000)));
  expect(joined[0]?.parents).toHaveLength(1);
  const chain = all.map((image, index) => ({ ...image, parents: index + 1 < all.length ? [edge(index)] : [] }));
  const [first] = chain;
  expect(
    withPossibleEdges(chain, new Map([["i19999", [{ ...edge(0), parent: first?.name ?? "" }]]]))[19_999]?.parents,
  ).toEqual([]);
});

const files = (count: number) =>
  indexFiles(Array.from({ length: count }, (_, index) => ({ path: `d${index % 50}/abbbbbcccccbbbbbccccc${index}` })));
const patterns = (count: number) => Array.from({ length: count }, (_, index) => `**/a*b*c${index}*`).join("\n");

const place = { path: ".", target: ".", paths: ["."] };
const context = (ignoreFile: string): ContextInputs => ({
  name: undefined,
  directory: place,
  ignore: readIgnore(Buffer.from(ignoreFile)),
  ignoreFile: { ...place, path: ".dockerignore" },
  ignorePaths: [".dockerignore"],
  followed: { kind: "whole", doubt: undefined },
});

test.each([
  ["an ignore file", () => contextFiles(files(1_500))(context(`${patterns(2_000)}\n`))],
  [
    "`watch`",
    () => watchedFiles(files(1_500))([{ value: patterns(2_000), at: { file: "image-publish.yml", line: 1 } }]),
  ],
])("signals and timers get their turn while thousands of patterns of %s are compared", async (_, find) => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  await wait(5);
  turns = 0;
  const began = performance.now();
  await find();
  clearInterval(timer);
  expect(turns).toBeGreaterThanOrEqual(Math.floor((performance.now() - began) / 200));
});

test("patterns that would take for ever are an error", async () => {
  const long = indexFiles(Array.from({ length: 400 }, (_, index) => ({ path: `${"ab".repeat(1_000)}${index}` })));
  const stars = Array.from({ length: 300 }, (_, index) => `${"*a*b".repeat(100)}x${index}`).join("\n");
  await expect(contextFiles(long, 20_000_000)(context(stars))).rejects.toThrow(/patterns take too long/);
  expect(() => spendSteps({ left: 1 }, 2)).toThrow(UserError);
});

test("a pattern that is longer than any path is not understood, so that every file counts", () => {
  expect(patternMatcher(["a*".repeat(2_000)])).toBe("a*".repeat(2_000));
});
