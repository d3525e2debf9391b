/** Finds the directories that hold an image. */
import { posix } from "node:path";
import { UserError } from "../errors.ts";
import type { DirectoryEntry, Files } from "../ports.ts";
import { bounded } from "./bounded.ts";
import type { CatalogNote, RepositoryPath } from "./catalog.ts";
import { type GlobPart, type PathGlob, pathGlob } from "./path-glob.ts";
import { directoryOf, joinPath } from "./repository-path.ts";

/** Where images are looked for when nobody says where. */
export const defaultGlobs: readonly string[] = [".", "images/*", "containers/*", "apps/*"];

export interface FoundDirectory {
  readonly directory: RepositoryPath;
  readonly dockerfile: RepositoryPath;
}

export interface Discovery {
  /** Sorted by directory. */
  readonly found: readonly FoundDirectory[];
  readonly notes: readonly CatalogNote[];
  readonly problems: readonly UserError[];
}

/** Dockerfile wins where both are there. Case counts, as it does for docker. */
const dockerfileNames = ["Dockerfile", "Containerfile"];
const bakeNames = ["docker-bake.hcl", "docker-bake.json", "docker-bake.override.hcl", "docker-bake.override.json"];
const reads = 32;

/**
 * Looks for directories with a Dockerfile or Containerfile. Symlinked directories are not followed; hidden ones and
 * node_modules only where they are named.
 * @param globs of directories; none: the default ones. One without wildcard has to hold an image.
 */
export async function discover(root: string, globs: readonly string[], files: Pick<Files, "list">): Promise<Discovery> {
  const problems: UserError[] = [];
  const read = globs.length === 0 ? defaultGlobs : globs;
  const parsed = read.flatMap((glob) => attempt(problems, () => pathGlob(glob)));
  const list = listing(root, files);
  const matches = await Promise.all(
    parsed.map(async (glob) => ({ glob, directories: await matching(".", glob.parts, list) })),
  );
  const directories = [...new Set(matches.flatMap((match) => match.directories))].sort();
  const inside = new Map(
    await Promise.all(directories.map(async (each) => [each, await lookInto(each, list)] as const)),
  );
  if (globs.length > 0) {
    const named = matches.filter(({ glob }) => glob.isLiteral);
    problems.push(...(await Promise.all(named.map((match) => missing(match.glob, inside, list)))).flat());
  }
  const above = await Promise.all(parsed.map((glob) => lookInto(literalPart(glob), list)));
  return {
    found: [...inside.values()].flatMap(({ directory, dockerfile }) =>
      dockerfile === undefined ? [] : [{ directory, dockerfile }],
    ),
    notes: notesOn([...inside.values(), ...above]),
    problems,
  };
}

type List = (directory: RepositoryPath) => Promise<readonly DirectoryEntry[]>;

function listing(root: string, files: Pick<Files, "list">): List {
  const known = new Map<RepositoryPath, Promise<readonly DirectoryEntry[]>>();
  const list = bounded(
    reads,
    async (directory: RepositoryPath) => (await files.list(posix.join(root, directory))) ?? [],
  );
  return (directory) => {
    const entries = known.get(directory) ?? list(directory);
    known.set(directory, entries);
    return entries;
  };
}

async function matching(directory: RepositoryPath, parts: readonly GlobPart[], list: List): Promise<RepositoryPath[]> {
  const [part, ...rest] = parts;
  if (part === undefined) return [directory];
  const below = (await list(directory)).filter((entry) => entry.kind === "directory").map((entry) => entry.name);
  const into = async (names: readonly string[], remaining: readonly GlobPart[]): Promise<RepositoryPath[]> =>
    (await Promise.all(names.map((name) => matching(joinPath(directory, name), remaining, list)))).flat();
  if (part.kind === "name")
    return into(
      below.filter((name) => name === part.name),
      rest,
    );
  if (part.kind === "pattern")
    return into(
      below.filter((name) => part.matches(name)),
      rest,
    );
  const visible = below.filter((name) => !name.startsWith(".") && name !== "node_modules");
  return [...(await matching(directory, rest, list)), ...(await into(visible, parts))];
}

interface Inside {
  readonly directory: RepositoryPath;
  readonly dockerfile: RepositoryPath | undefined;
  /** Build files of kinds that this version doesn't read. */
  readonly unread: readonly RepositoryPath[];
}

async function lookInto(directory: RepositoryPath, list: List): Promise<Inside> {
  const names = new Set((await list(directory)).filter((each) => each.kind !== "directory").map((each) => each.name));
  const dockerfile = dockerfileNames.find((name) => names.has(name));
  return {
    directory,
    dockerfile: dockerfile === undefined ? undefined : joinPath(directory, dockerfile),
    unread: ["default.nix", ...bakeNames].filter((name) => names.has(name)).map((name) => joinPath(directory, name)),
  };
}

/** The part of a glob above its first wildcard: a bake file often lies there. */
function literalPart(glob: PathGlob): RepositoryPath {
  const names: string[] = [];
  for (const part of glob.parts) {
    if (part.kind !== "name") break;
    names.push(part.name);
  }
  return posix.join(...names, ".");
}

/** A note on each kind of build file that isn't read, whatever the number of files. */
function notesOn(looks: readonly Inside[]): readonly CatalogNote[] {
  const unread = [...new Set(looks.flatMap((each) => each.unread))].sort();
  const nix = unread.filter((path) => path.endsWith(".nix"));
  const bake = unread.filter((path) => !path.endsWith(".nix"));
  const built = new Set(looks.flatMap((each) => (each.dockerfile === undefined ? [] : [each.directory])));
  // At the root, a default.nix rarely makes an image.
  return [
    noteOn(
      nix.filter((path) => path !== "default.nix"),
      built,
      "Nix",
    ),
    noteOn(bake, built, "bake"),
  ].flatMap((note) => note ?? []);
}

function noteOn(paths: readonly RepositoryPath[], built: ReadonlySet<string>, kind: string): CatalogNote | undefined {
  const [first] = paths;
  if (first === undefined) return undefined;
  const listed = paths.length > 5 ? `${paths.slice(0, 4).join(", ")} and ${paths.length - 4} more` : paths.join(", ");
  const besides = paths.some((path) => built.has(directoryOf(path)));
  const instead = besides ? "; the Dockerfiles beside are built without them" : "";
  return {
    message: `this version of image-publish doesn't read ${kind} files: ${listed}${instead}`,
    hint: `say in .github/image-publish.yml what they say, or publish what only they make in another step`,
    at: { file: first },
  };
}

async function missing(glob: PathGlob, inside: ReadonlyMap<string, Inside>, list: List): Promise<UserError[]> {
  const look = inside.get(glob.text);
  if (look?.dockerfile !== undefined) return [];
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
          : "is no directory";
    const hint = 'mend "path"; it names directories, relative to the repository\'s root';
    return [new UserError(`"path" names ${glob.text}, which ${what}`, { hint, at })];
  }
  const why = look.unread.length === 0 ? "" : `; it holds ${look.unread.join(", ")}, which this version doesn't read`;
  const hint = 'add the Dockerfile, or take the directory out of "path"';
  return [
    new UserError(`"path" names ${glob.text}, which has neither Dockerfile nor Containerfile${why}`, { hint, at }),
  ];
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
