/** Finds the directories that hold an image. */
import { posix } from "node:path";
import { UserError } from "../../errors.ts";
import { lastMatch, onlyExcludes } from "../../lib/glob-list.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { directoryOf, joinPath } from "../../model/repository-path.ts";
import type { Files } from "../../ports.ts";
import { bakeNames, composeNames } from "../bake/bake-files.ts";
import type { BakeFolder } from "../bake/print.ts";
import { writeEntries } from "../entry-text.ts";
import { type List, listing, matching } from "../patterns/directories.ts";
import { dockerfileNames } from "./dockerfile-names.ts";
import { dockerfileEntries, isNamedDockerfile } from "./look-around.ts";
import { globMatches, globStart, listedPathGlobs, type PathGlob } from "./path-glob.ts";

/** Where images are looked for when nobody says where. */
const defaultGlobs: readonly string[] = [".", "images/*", "containers/*", "apps/*"];

/** A directory with at least one of the two. */
export interface FoundDirectory {
  readonly directory: RepositoryPath;
  readonly dockerfile: RepositoryPath | undefined;
  readonly nix: RepositoryPath | undefined;
}

export interface Discovery {
  /** Sorted by directory. */
  readonly found: readonly FoundDirectory[];
  /** All that the globs mean, sorted. */
  readonly looked: readonly RepositoryPath[];
  /** Folders with bake files, and those with compose files alone: the directories of images, and what is in them. */
  readonly bakes: readonly BakeFolder[];
  readonly composes: readonly BakeFolder[];
  readonly problems: readonly UserError[];
  /** Globs that were given, and match nothing that holds an image or a bake file; exclusions that exclude nothing. */
  readonly idle: readonly string[];
  /** Where nothing is left, the directories that hold an image and are excluded. */
  readonly excluded: readonly RepositoryPath[];
  /** Dockerfiles of other names, in directories that the globs mean and that hold no image. */
  readonly unusual: readonly RepositoryPath[];
}

/**
 * Looks for directories with a Dockerfile, a Containerfile or a default.nix, and for bake files in them and one level up.
 * Symlinked directories are not followed; hidden ones and node_modules only where they are named. The root's default.nix,
 * which is rarely one of an image, counts where the root is named.
 * @param configFile where entries of images are, or would be.
 * @param given the directories in place of those that globs find; sorted
 * @param paths globs of directories; none, or exclusions alone: the default ones. One without wildcard has to hold an image.
 */
export async function discover(
  root: string,
  paths: readonly string[],
  files: Pick<Files, "list">,
  configFile: RepositoryPath,
  given: readonly RepositoryPath[] | undefined = undefined,
): Promise<Discovery> {
  const problems: UserError[] = [];
  const isNamed = paths.length > 0 && !onlyExcludes(paths);
  const globs = (given === undefined ? placesToLook(paths) : []).flatMap((entry) =>
    attempt(problems, () => listedPathGlobs(entry)).flat(),
  );
  const parsed = globs.filter(({ isExclusion }) => !isExclusion);
  const isExcluded = (directory: RepositoryPath) =>
    lastMatch(globs, ({ parts }) => globMatches(parts, partsOf(directory))) === "excluded";
  const list = listing(root, files);
  const matches = await Promise.all(
    parsed.map(async (glob) => ({ glob, directories: await matching(".", glob.parts, globStart(glob.parts), list) })),
  );
  const matched = given ?? [...new Set(matches.flatMap((match) => match.directories))].sort();
  const directories = matched.filter((each) => !isExcluded(each));
  const lookInto = (among: readonly RepositoryPath[]) => Promise.all(among.map((each) => insideOf(each, list)));
  const inside = new Map((await lookInto(directories)).map((each) => [each.directory, each]));
  if (isNamed) {
    const named = matches.filter(({ glob }) => glob.isLiteral && !isExcluded(glob.text));
    problems.push(...(await Promise.all(named.map((match) => missing(match.glob, inside, list, configFile)))).flat());
  }
  const placesAbove = (among: readonly RepositoryPath[]) => [
    ...parsed.map(literalPart),
    ...among.filter((each) => each !== ".").map(directoryOf),
  ];
  const places = [...new Set(placesAbove(directories))];
  const above = await lookInto(places.filter((each) => !inside.has(each) && !isExcluded(each)).sort());
  const looks = [...inside.values(), ...above];
  // A bake file above what a glob matches is found by it, too.
  const baking = new Set(looks.filter(({ bake, compose }) => bake ?? compose).map(({ directory }) => directory));
  const hasBake = (directory: RepositoryPath) => baking.has(directory);
  const excluded = [...new Set([...matched, ...placesAbove(matched)])].filter(isExcluded);
  const isLeft = looks.some(hasRecipe);
  const isRootNamed = given !== undefined || (isNamed && parsed.some(({ text }) => text === "."));
  return {
    found: [...inside.values()].flatMap(({ directory, dockerfile, nix: found }): readonly FoundDirectory[] => {
      const nix = directory === "." && !isRootNamed ? undefined : found;
      return dockerfile === undefined && nix === undefined ? [] : [{ directory, dockerfile, nix }];
    }),
    looked: directories,
    bakes: looks.flatMap(({ directory: folder, bake: file }) => (file === undefined ? [] : [{ folder, file }])),
    composes: looks.flatMap(({ directory: folder, bake, compose: file }) =>
      file === undefined || bake !== undefined ? [] : [{ folder, file }],
    ),
    problems,
    idle: idleEntries([
      ...(isNamed ? matches : []).map(
        ({ glob, directories: found }) =>
          [glob.entry, found.some((each) => hasRecipe(inside.get(each))) || hasBake(literalPart(glob))] as const,
      ),
      ...globs
        .filter(({ isExclusion }) => isExclusion)
        .map(({ entry, parts }) => [entry, excluded.some((each) => globMatches(parts, partsOf(each)))] as const),
    ]),
    excluded: isLeft ? [] : (await lookInto(excluded)).filter(hasRecipe).map(({ directory }) => directory),
    unusual: [...inside.values()].filter((each) => !hasRecipe(each)).flatMap(({ unusual }) => unusual),
  };
}

/** What is searched: the default places where nothing else is said. */
export function placesToLook(paths: readonly string[]): readonly string[] {
  return paths.length === 0 || onlyExcludes(paths) ? [...defaultGlobs, ...paths] : paths;
}

/** Entries none of whose alternatives is of use. */
function idleEntries(uses: readonly (readonly [entry: string, isUsed: boolean])[]): readonly string[] {
  const used = new Set(uses.flatMap(([entry, isUsed]) => (isUsed ? [entry] : [])));
  return [...new Set(uses.map(([entry]) => entry))].filter((entry) => !used.has(entry));
}

function hasRecipe(inside: Inside | undefined): boolean {
  if (inside === undefined) return false;
  return [inside.dockerfile, inside.nix, inside.bake, inside.compose].some((each) => each !== undefined);
}

function partsOf(directory: RepositoryPath): readonly string[] {
  return directory === "." ? [] : directory.split("/");
}

interface Inside {
  readonly directory: RepositoryPath;
  readonly dockerfile: RepositoryPath | undefined;
  readonly bake: RepositoryPath | undefined;
  readonly compose: RepositoryPath | undefined;
  readonly nix: RepositoryPath | undefined;
  /** Dockerfiles of other names. */
  readonly unusual: readonly RepositoryPath[];
}

async function insideOf(directory: RepositoryPath, list: List): Promise<Inside> {
  const there = new Set((await list(directory)).filter((each) => each.kind !== "directory").map((each) => each.name));
  const first = (names: readonly string[]): RepositoryPath | undefined => {
    const name = names.find((each) => there.has(each));
    return name === undefined ? undefined : joinPath(directory, name);
  };
  return {
    directory,
    dockerfile: first(dockerfileNames),
    bake: first(bakeNames),
    compose: first(composeNames),
    nix: first(["default.nix"]),
    unusual: [...there].filter(isNamedDockerfile).map((name) => joinPath(directory, name)),
  };
}

/** The part of a glob above its first wildcard: a bake file is often there. */
function literalPart(glob: PathGlob): RepositoryPath {
  const names: string[] = [];
  for (const part of glob.parts) {
    if (part.kind !== "name") break;
    names.push(part.name);
  }
  return posix.join(...names, ".");
}

async function missing(
  glob: PathGlob,
  inside: ReadonlyMap<string, Inside>,
  list: List,
  configFile: RepositoryPath,
): Promise<UserError[]> {
  const look = inside.get(glob.text);
  if (hasRecipe(look)) return [];
  const at = { file: glob.text };
  if (look === undefined) {
    const entry = (await list(directoryOf(glob.text))).find(
      (each) => joinPath(directoryOf(glob.text), each.name) === glob.text,
    );
    const what =
      entry === undefined
        ? "is not there"
        : entry.kind === "symlink"
          ? "is a symlink, which is not followed"
          : "isn't a directory";
    const hint = 'correct "path"; it names directories, relative to the repository\'s root';
    return [new UserError(`"path" names ${glob.text}, which ${what}`, { hint, at })];
  }
  const { unusual } = look;
  const own = unusual.length === 0 ? "add the Dockerfile" : writeEntries(dockerfileEntries(unusual), configFile);
  const hint = `${own}, or take the directory out of "path"`;
  const what = "neither Dockerfile, Containerfile, default.nix nor bake file";
  return [new UserError(`"path" names ${glob.text}, which has ${what}`, { hint, at })];
}

function attempt<T>(problems: UserError[], action: () => T): T[] {
  try {
    return [action()];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(new UserError(`"path": ${error.message}`, { hint: error.hint, cause: error }));
    return [];
  }
}
