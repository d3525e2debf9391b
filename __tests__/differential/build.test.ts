/** What we say that a build takes, its followed paths, its images and its labels, against BuildKit's own plan of it. */
import { afterAll, expect, jest, test } from "@jest/globals";
import type { ContextReads } from "../../src/changes/sources/followed-paths.ts";
import { sourcesOf } from "../../src/changes/sources/sources.ts";
import { UserError } from "../../src/errors.ts";
import { checkAll, difference, mustAgree } from "./agreement.ts";
import { askBuild, type BuildAnswer, type BuildQuestion, type OurBuild, ourBuild } from "./build-answer.ts";
import { type BuildCase, plainBuilds } from "./build-cases.ts";
import { buildCorpus } from "./build-corpus.ts";
import { isRefusal, startOracle } from "./oracle.ts";

jest.setTimeout(300_000);

const oracle = startOracle<BuildQuestion, BuildAnswer>("build");

afterAll(() => oracle.end());

/**
 * How a case ends. `doubted`: we count a whole context, since something is not known before the build. `open`: we count all
 * stages above a FROM, or a mount, for the same reason. `unused`: BuildKit follows paths of which in the end it uses nothing. `accident`: BuildKit
 * takes what makes no sense. `unsure`: it refuses what we don't. `platforms`: we count what any platform would read, where it isn't known which
 * one the build is for, or on which it runs.
 */
const kinds = ["same", "doubted", "open", "platforms", "unused", "accident", "refused", "unsure"] as const;

/** What may not be known. */
const doubts = /^the pattern |, whose value is not known before the build$|^COPY --parents$|^FROM /;

async function check(each: BuildCase): Promise<(typeof kinds)[number]> {
  const theirs = await askBuild(oracle, each);
  const ours = attempt(() => ourBuild(each));
  if (isRefusal(theirs)) return ours instanceof UserError ? "refused" : "unsure";
  if (ours instanceof UserError && isAccident(each, ours)) return "accident";
  if (ours instanceof UserError) throw difference(each, ours.message, theirs);
  checkImages(each, ours, theirs);
  // A version that is read from a label doesn't look at contexts that stand for stages.
  if (!each.hasDocs) checkLabels(each, ours, theirs);
  const main = joined(theirs, "context");
  const docs = joined(theirs, "docs");
  if (ours.docs !== undefined && !holds(ours.docs, docs)) throw difference(each, ours.docs, theirs);
  if (!holds(ours.main, main)) throw difference(each, ours.main, theirs);
  if (ours.main.kind === "whole" && ours.main.doubt !== undefined) {
    expect(ours.main.doubt.what).toMatch(doubts);
    return "doubted";
  }
  if (ours.isOpen || /--mount=type=\$/.test(each.text + each.base)) return "open";
  if (main === undefined) return isEmpty(ours.main) ? "same" : "unused";
  if (isOfAnyPlatform(each, ours.main, main)) return "platforms";
  mustAgree(each, ours.main.kind === "whole" ? null : ours.main.sources, main);
  return "same";
}

/** BuildKit counts images that it came across as stages, too, and lets a trigger take something from the stage that it is of. */
function isAccident({ text, base }: BuildCase, { message }: UserError): boolean {
  if (message.includes("counts past the stages")) return true;
  return message.includes("isn't built before it") && /^ONBUILD .*from=/m.test(text + base);
}

/** The paths that are followed on some platform; `null` for all, `undefined` where the context is not used. */
function joined(answers: readonly BuildAnswer[], name: string): readonly string[] | null | undefined {
  const all = answers.flatMap(({ contexts }) => {
    const paths = contexts[name];
    return paths === undefined ? [] : [paths];
  });
  if (all.length === 0) return undefined;
  return all.includes(null) ? null : [...new Set(all.flatMap((paths) => paths ?? []))].sort();
}

/** Whether what we count holds all that BuildKit follows. */
function holds(ours: ContextReads, theirs: readonly string[] | null | undefined): boolean {
  if (ours.kind === "whole" || theirs === undefined) return true;
  const { takes } = sourcesOf(ours.sources);
  return theirs?.every((path) => ours.sources.includes(path) || takes(path)) ?? false;
}

/** Beside what BuildKit follows there are patterns alone, in which an automatic platform argument stands for any text. */
function isOfAnyPlatform({ text, base }: BuildCase, ours: ContextReads, theirs: readonly string[] | null): boolean {
  if (ours.kind === "whole" || !/\b(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)/.test(text + base)) return false;
  const others = ours.sources.filter((source) => theirs?.includes(source) !== true);
  return others.length > 0 && others.every((source) => source.includes("*"));
}

function isEmpty(ours: ContextReads): boolean {
  return ours.kind === "paths" && ours.sources.length === 0;
}

function checkImages(each: BuildCase, ours: OurBuild, theirs: readonly BuildAnswer[]): void {
  if (ours.isOpen) return;
  const used = theirs.flatMap(({ images }) => images ?? []);
  const known = new Set([...used, ...theirs.flatMap(({ asked }) => asked ?? [])]);
  // What a mount of type tmpfs names is not always looked at.
  const tooMany = each.text.includes("type=tmpfs") ? [] : ours.images.filter((image) => !known.has(image));
  if (!used.every((image) => ours.images.includes(image)) || tooMany.length > 0)
    throw difference(each, ours.images, theirs);
}

function checkLabels(each: BuildCase, ours: OurBuild, [first]: readonly BuildAnswer[]): void {
  for (const key of ["l", "m", "x", "given"]) {
    const label = ours.label(key);
    if (label !== undefined) mustAgree(each, { [key]: label }, { [key]: first?.config.Labels?.[key] });
  }
}

function attempt<T>(action: () => T): T | UserError {
  try {
    return action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

const plain: BuildCase = {
  text: "",
  base: "FROM scratch\n",
  target: undefined,
  platforms: ["linux/amd64"],
  buildArgs: {},
  hasDocs: false,
};

test.each(buildCorpus)("%s", async (_, expected, some) => {
  expect(await check({ ...plain, ...some })).toBe(expected);
});

test("BuildKit takes a whole context along for a tmpfs, and uses nothing of it; we don't count it", async () => {
  const text = "FROM a\nRUN --mount=type=tmpfs,target=/m true\nCOPY x /";
  expect(await oracle.ask({ text })).toMatchObject({ contexts: { context: null } });
  expect(ourBuild({ ...plain, text }).main).toEqual({ kind: "paths", sources: ["x"] });
});

test("generated builds", async () => {
  const counts = await checkAll(plainBuilds, kinds, check);
  expect(counts.same).toBeGreaterThan(counts.all / 3);
  expect(counts.doubted).toBeLessThan(counts.all / 4);
  expect(counts.open).toBeLessThan(counts.all / 10);
  expect(counts.platforms).toBeLessThan(counts.all / 10);
  expect(counts.unsure).toBeLessThan(counts.all / 8);
  expect(counts.unused + counts.accident).toBeLessThan(counts.all / 100);
});
