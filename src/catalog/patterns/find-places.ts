/** The places that a pattern of `discover` means. */
import type { FoundPlace, FoundPlaces, PlacePattern } from "../../config/expand/layout.ts";
import { lastMatch } from "../../lib/glob-list.ts";
import { type CaptureGlob, capturesIn, type GlobSegment } from "../../lib/globs/capture-glob.ts";
import { mapped } from "../../lib/pause.ts";
import { someOf } from "../../lib/text/some-of.ts";
import { directoryOf, joinPath, type RepositoryPath } from "../../model/repository-path.ts";
import type { DirectoryEntry, Files } from "../../ports.ts";
import { bakeNames } from "../bake/bake-files.ts";
import { dockerfileNames } from "../layout/dockerfile-names.ts";
import { isBesideDockerfiles, lookAround } from "../layout/look-around.ts";
import { type GlobPart, globMatches, globStart, listedPathGlobs } from "../layout/path-glob.ts";
import { type List, listing, matching } from "./directories.ts";

export interface SearchedCheckout {
  /** Absolute. */
  readonly root: string;
  readonly files: Pick<Files, "list">;
}

/** Makes a function that finds the places; what it lists, it lists once. */
export function placeFinder(checkout: SearchedCheckout): (pattern: PlacePattern) => Promise<FoundPlaces> {
  const list = listing(checkout.root, checkout.files);
  return async (pattern) => {
    const exclusions = pattern.exclude.flatMap(({ value, at }) =>
      listedPathGlobs(value).map((glob) => ({ ...glob, at, value })),
    );
    const all = pattern.kind === "path" ? await directories(pattern, list) : await filesOf(pattern, list);
    const meant = (path: RepositoryPath) => (pattern.kind === "path" ? [path] : [path, directoryOf(path)]);
    const isExcluded = (path: RepositoryPath): boolean =>
      lastMatch(exclusions, ({ parts }) => meant(path).some((each) => globMatches(parts, partsOf(each)))) ===
      "included";
    const kept = all.filter(({ path }) => !isExcluded(path));
    const places = kept.flatMap(({ path, recipe, captures }) =>
      recipe === undefined ? [] : [{ path, recipe, captures }],
    );
    const idle = exclusions.filter(
      ({ parts }) => !all.some(({ path }) => meant(path).some((each) => globMatches(parts, partsOf(each)))),
    );
    const isBaking = kept.some(({ hasBake }) => hasBake);
    return {
      places,
      directories: [...new Set(kept.map(({ path }) => (pattern.kind === "path" ? path : directoryOf(path))))],
      nothing: places.length > 0 || isBaking ? undefined : await whyNothing(pattern, all, kept, checkout),
      idle: pattern.exclude.filter(({ value, at }) => idle.some((each) => each.value === value && each.at === at)),
    };
  };
}

interface Match extends Omit<FoundPlace, "recipe"> {
  readonly recipe: RepositoryPath | undefined;
  readonly hasBake: boolean;
}

async function directories({ globs }: PlacePattern, list: List): Promise<readonly Match[]> {
  const matches = await matchedBy(globs, ({ segments }) => directoriesOf(segments, list));
  const isRootNamed = globs.some(({ segments }) => segments.length === 0);
  return mapped(
    matches,
    async ({ path, captures }) => {
      const names = new Set((await list(path)).filter(isFile).map(({ name }) => name));
      const hasNix = names.has("default.nix") && (path !== "." || isRootNamed);
      const recipe = [...dockerfileNames, ...(hasNix ? ["default.nix"] : [])].find((name) => names.has(name));
      const hasBake = bakeNames.some((name) => names.has(name));
      return { path, captures, recipe: recipe === undefined ? undefined : joinPath(path, recipe), hasBake };
    },
    16,
  );
}

async function filesOf({ globs }: PlacePattern, list: List): Promise<readonly Match[]> {
  const matches = await matchedBy(globs, async ({ segments }) => {
    const last = segments.at(-1);
    if (last === undefined || last.kind === "any-depth") return [];
    const found = await mapped(await directoriesOf(segments.slice(0, -1), list), async (directory) => {
      const names = (await list(directory)).filter(isFile).map(({ name }) => name);
      return names.filter((name) => isMeant(last, name)).map((name) => joinPath(directory, name));
    });
    return found.flat();
  });
  return matches.map(({ path, captures }) => ({ path, captures, recipe: path, hasBake: false }));
}

/** An ignore file or a template beside a Dockerfile only where the glob ends like it. */
function isMeant(segment: Exclude<GlobSegment, { readonly kind: "any-depth" }>, name: string): boolean {
  if (segment.kind === "name") return segment.name === name;
  const ending = isBesideDockerfiles.exec(name)?.[0];
  return segment.match(name) !== undefined && (ending === undefined || segment.text.endsWith(ending));
}

/** Each path once, by the first glob that means it; sorted. */
async function matchedBy(
  globs: readonly CaptureGlob[],
  find: (glob: CaptureGlob) => Promise<readonly RepositoryPath[]>,
): Promise<readonly Pick<FoundPlace, "path" | "captures">[]> {
  const found = await Promise.all(globs.map(async (glob) => ({ glob, paths: await find(glob) })));
  const first = new Map<RepositoryPath, CaptureGlob>();
  for (const { glob, paths } of found) for (const path of paths) if (!first.has(path)) first.set(path, glob);
  const sorted = [...first].sort(([one], [other]) => (one < other ? -1 : 1));
  return mapped(sorted, ([path, glob]) => ({ path, captures: capturesIn(glob, path) ?? new Map() }));
}

function directoriesOf(segments: readonly GlobSegment[], list: List): Promise<readonly RepositoryPath[]> {
  const parts = segments.map(
    (segment): GlobPart =>
      segment.kind === "pattern" ? { kind: "pattern", matches: (name) => segment.match(name) !== undefined } : segment,
  );
  return matching(".", parts, globStart(parts), list);
}

function isFile({ kind }: DirectoryEntry): boolean {
  return kind !== "directory";
}

function partsOf(path: RepositoryPath): readonly string[] {
  return path === "." ? [] : path.split("/");
}

async function whyNothing(
  { kind, text, globs }: PlacePattern,
  all: readonly Match[],
  kept: readonly Match[],
  { root, files }: SearchedCheckout,
): Promise<NonNullable<FoundPlaces["nothing"]>> {
  const [directory, holds] = ["directory", "holds a Dockerfile, a Containerfile, a default.nix or a bake file"];
  if (all.length > 0 && kept.length === 0) {
    return {
      because: `"exclude" has all that it matches: ${someOf(all.map(({ path }) => path))}`,
      hint: 'take an entry out of "exclude", or write ! before what is to be found',
    };
  }
  const looked = someOf([...new Set(globs.map(({ segments }) => literalPart(segments)))]);
  const because =
    kept.length > 0
      ? `none of the directories that it matches ${holds}: ${someOf(kept.map(({ path }) => path))}`
      : `no ${kind === "path" ? directory : "file"} matches it, below ${looked}`;
  const around = async (hidden: boolean): Promise<readonly RepositoryPath[]> => {
    const { directories: usual, others } = await lookAround(root, files, { hidden });
    return kind === "path" ? usual : [...usual.map((each) => joinPath(each, "Dockerfile")), ...others].sort();
  };
  const visible = await around(false);
  const there = visible.length > 0 ? visible : await around(true);
  if (there.length === 0) return { because, hint: "correct the pattern, or check that the repository is checked out" };
  const what = kind === "path" ? "Dockerfiles are in" : "Dockerfiles are";
  return { because, hint: `correct the pattern "${text}"; ${what} ${someOf(there)}` };
}

/** The part of a glob before its first wildcard. */
function literalPart(segments: readonly GlobSegment[]): RepositoryPath {
  const end = segments.findIndex(({ kind }) => kind !== "name");
  const names = segments
    .slice(0, end < 0 ? segments.length : end)
    .flatMap((each) => (each.kind === "name" ? [each.name] : []));
  return names.length === 0 ? "the root" : names.join("/");
}
