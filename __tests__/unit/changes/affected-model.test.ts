/** Affected-ness against a model of what a build reads: it walks the files as docker's COPY does, and compares. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { affectedImages } from "../../../src/changes/affected.ts";
import { readIgnore } from "../../../src/changes/ignore/ignore.ts";
import type { ChangedFile } from "../../../src/git/changed-file.ts";
import type { Reason } from "../../../src/model/reason.ts";
import { commit } from "../../../src/model/run-context.ts";
import { catalogOf } from "./catalog-of.ts";
import { inputsIn, type MemoryFiles } from "./memory-checkout.ts";

interface Situation {
  readonly context: string;
  readonly sources: readonly string[];
  readonly ignored: readonly string[];
  readonly before: MemoryFiles;
  readonly after: MemoryFiles;
}

const base = commit("1".repeat(40));

/** The reasons of the one image; none where it is not affected. */
async function reasonsOf({ context, sources, ignored, before, after }: Situation): Promise<readonly Reason[]> {
  const text = ["FROM scratch", ...sources.map((source) => `COPY ${JSON.stringify([source, "/"])}`)].join("\n");
  const catalog = catalogOf({ name: "app", directory: "x", context, text });
  const files = { ...after, [under(context, ".dockerignore")]: `.git\n${ignored.join("\n")}\n` };
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap(
    (path): readonly ChangedFile[] => {
      if (JSON.stringify(before[path]) === JSON.stringify(after[path])) return [];
      return [
        { path, change: before[path] === undefined ? "added" : after[path] === undefined ? "deleted" : "modified" },
      ];
    },
  );
  const { affected } = await affectedImages({
    catalog,
    comparison: { kind: "files", base, files: changed },
    commit: commit("2".repeat(40)),
    inputs: await inputsIn(catalog, files),
    selected: new Set(["app"]),
    config: { paths: [], affects: () => false },
    unseen: new Map(),
  });
  return affected.get("app") ?? [];
}

/** What the build reads: every file that a source brings, with its content. */
function read({ context, sources, ignored }: Situation, files: MemoryFiles): string {
  const ignore = readIgnore(Buffer.from(ignored.join("\n")));
  const inside = Object.entries(files).flatMap(([path, file]) => {
    const relative =
      context === "." ? path : path.startsWith(`${context}/`) ? path.slice(context.length + 1) : undefined;
    return relative === undefined || ignore.ignores(relative) ? [] : [[relative, file] as const];
  });
  const tree = new Map(inside);
  const found = sources.map((source) => [
    source,
    ...bring(
      tree,
      "",
      source.split("/").filter((part) => part !== "."),
      0,
    ),
  ]);
  return JSON.stringify(found);
}

/** Goes down a source's parts, symlinks followed as from the context's root; at its end takes all that is there. */
function bring(tree: Map<string, MemoryFiles[string]>, at: string, parts: readonly string[], depth: number): string[] {
  const file = tree.get(at);
  if (typeof file === "object")
    return depth > 8 ? [] : bring(tree, "", [...resolved(at, file.link), ...parts], depth + 1);
  const [part, ...rest] = parts;
  if (part === undefined) {
    const below = [...tree].filter(([path]) => path === at || at === "" || path.startsWith(`${at}/`));
    return below.map(([path, each]) => `${path.slice(at.length)} ${JSON.stringify(each)}`).sort();
  }
  const start = at === "" ? "" : `${at}/`;
  const below = [...tree.keys()].filter((path) => path.startsWith(start)).map((path) => path.slice(start.length));
  const names = [...new Set(below.map((path) => path.split("/")[0] ?? ""))].sort();
  const pattern = new RegExp(`^${part.replaceAll("?", "[^/]").replaceAll("*", "[^/]*")}$`);
  return names
    .filter((each) => pattern.test(each))
    .flatMap((each) => bring(tree, `${start}${each}`, rest, depth).map((found) => `${each}/${found}`));
}

function resolved(path: string, link: string): readonly string[] {
  const parts: string[] = [];
  for (const part of [...path.split("/").slice(0, -1), ...link.split("/")]) {
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return parts;
}

function under(folder: string, path: string): string {
  return folder === "." ? path : `${folder}/${path}`;
}

const name = fc.constantFrom("a", "b", "ab", "c.d");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
const content = fc.constantFrom("1", "2", "3");
const link = fc.constantFrom("a", "b", "../a", "../b/a", "c.d").map((target) => ({ link: target }));
const source = fc.array(fc.oneof({ weight: 3, arbitrary: name }, fc.constantFrom("*", "?", "a*", "*.d")), {
  minLength: 1,
  maxLength: 3,
});
const ignored = fc.array(fc.constantFrom("a", "b/a", "**/ab", "*.d", "!a/b", "!**/a"), { maxLength: 3 });

/** No path is both a file and a folder: later ones give way. */
function tree(entries: readonly (readonly [string, MemoryFiles[string]])[]): MemoryFiles {
  const files: Record<string, MemoryFiles[string]> = {};
  for (const [each, file] of entries) {
    const clashes = Object.keys(files).some((other) => other.startsWith(`${each}/`) || each.startsWith(`${other}/`));
    if (!clashes) files[each] = file;
  }
  return files;
}

function situations(file: fc.Arbitrary<MemoryFiles[string]>): fc.Arbitrary<Situation> {
  return fc
    .record({
      context: fc.constantFrom(".", "a"),
      sources: fc.array(fc.oneof({ weight: 6, arbitrary: source.map((parts) => parts.join("/")) }, fc.constant(".")), {
        maxLength: 2,
      }),
      ignored,
      files: fc.array(fc.tuple(path, file), { maxLength: 12 }),
      edits: fc.array(fc.tuple(path, fc.option(file)), { minLength: 1, maxLength: 3 }),
    })
    .map(({ files, edits, ...rest }) => {
      const before = tree(files);
      const edited = Object.entries(before).filter(([each]) => !edits.some(([at]) => at === each));
      const added = edits.flatMap(([at, to]) => (to === null ? [] : [[at, to] as const]));
      return { ...rest, before, after: tree([...added, ...edited]) };
    });
}

function isAbove(reason: Reason, { context, sources }: Situation): boolean {
  if (reason.kind !== "file") return false;
  const depth = reason.path.split("/").length - (context === "." ? 0 : 1);
  return depth === 0 || sources.some((each) => each.split("/").length > depth);
}

const runs = { numRuns: 300 };

test("an image is affected whenever what it reads changed, symlinks and changes of type included", async () => {
  await fc.assert(
    fc.asyncProperty(situations(fc.oneof({ weight: 4, arbitrary: content }, link)), async (situation) => {
      const differs = read(situation, situation.before) !== read(situation, situation.after);
      if (differs) expect(await reasonsOf(situation)).not.toEqual([]);
    }),
    runs,
  );
});

test("an image that reads the same as before is not affected, unless its reason tells of a doubt", async () => {
  await fc.assert(
    fc.asyncProperty(situations(content), async (situation) => {
      const reasons = await reasonsOf(situation);
      if (reasons.some(({ kind }) => kind === "doubt")) return;
      const differs = read(situation, situation.before) !== read(situation, situation.after);
      // A file where the context or a source has a folder counts by its place: it may have been, or become, anything.
      if (!differs && reasons.length > 0 && reasons.every((reason) => isAbove(reason, situation))) return;
      expect(reasons.length > 0).toBe(differs);
    }),
    runs,
  );
});
