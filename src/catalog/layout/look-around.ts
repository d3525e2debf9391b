/** Finds Dockerfiles outside of the usual places, so that a message can propose what to write. */
import { posix } from "node:path";
import { limitCalls } from "../../lib/limit.ts";
import { someOf } from "../../lib/text/some-of.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { directoryOf, joinPath, lastPart } from "../../model/repository-path.ts";
import type { Files } from "../../ports.ts";
import { type EntryText, entriesFor, writeEntries } from "../entry-text.ts";
import { freeName } from "../names/image-name.ts";
import { dockerfileNames } from "./dockerfile-names.ts";
import { directoryName } from "./found-image.ts";

export interface Dockerfiles {
  /** Directories whose Dockerfile has a usual name; sorted. */
  readonly directories: readonly RepositoryPath[];
  /** Dockerfiles of other names (`Dockerfile.gpu`, `web.Dockerfile`) in directories without a usual one; sorted. */
  readonly others: readonly RepositoryPath[];
}

/** More directories would not add information. */
const mostDirectories = 5_000;

/** Looks through the checkout, but not through `node_modules`, and through hidden directories only where that is asked for. */
export async function lookAround(
  root: string,
  files: Pick<Files, "list">,
  { hidden = false }: { readonly hidden?: boolean } = {},
): Promise<Dockerfiles> {
  const list = limitCalls(32, async (path: string) => (await files.list(posix.join(root, path))) ?? []);
  const directories: RepositoryPath[] = [];
  const others: RepositoryPath[] = [];
  let seen = 0;
  for (let open: readonly RepositoryPath[] = ["."]; open.length > 0 && seen < mostDirectories; ) {
    const below: RepositoryPath[] = [];
    const taken = open.slice(0, mostDirectories - seen);
    seen += taken.length;
    for (const [index, entries] of (await Promise.all(taken.map(list))).entries()) {
      const directory = taken[index] ?? ".";
      const names = entries.filter(({ kind }) => kind !== "directory").map(({ name }) => name);
      if (names.some((name) => dockerfileNames.includes(name))) directories.push(directory);
      else others.push(...names.filter(isNamedDockerfile).map((name) => joinPath(directory, name)));
      for (const { name, kind } of entries) {
        const isSearched = name !== "node_modules" && name !== ".git" && (hidden || !name.startsWith("."));
        if (kind === "directory" && isSearched) below.push(joinPath(directory, name));
      }
    }
    open = below;
  }
  return { directories: directories.sort(), others: others.sort() };
}

/** How the names of files end that are beside Dockerfiles, and are named like them. */
export const isBesideDockerfiles = /\.(?:dockerignore|containerignore|md|txt|bak|orig|swp|j2|tmpl|template)$/i;

/** `Dockerfile.gpu`, `Dockerfile-gpu`, `Dockerfile_gpu`, `gpu.Dockerfile`, and `DOCKERFILE`, which docker doesn't find either. */
export function isNamedDockerfile(name: string): boolean {
  if (isBesideDockerfiles.test(name)) return false;
  if (dockerfileNames.includes(name)) return false;
  return /^(?:docker|container)file(?:[._-].+)?$|^.+\.(?:docker|container)file$/i.test(name);
}

/** What there is, and the line that makes images of it; `undefined` where there is nothing. */
export function whatToWrite({ directories, others }: Dockerfiles, around: LayoutSurroundings): string | undefined {
  if (directories.length > 0)
    return `Dockerfiles are in ${someOf(directories)}: ${writeDirectories(directories, around)}`;
  if (others.length === 0) return undefined;
  return `Dockerfiles of other names are ${someOf(others)}: ${writeEntries(dockerfileEntries(others), around.configFile)}`;
}

export interface LayoutSurroundings {
  /** The name of the image at the root. */
  readonly rootName: string;
  /** Where entries of images are, or would be. */
  readonly configFile: RepositoryPath;
}

/** Globs find each directory by its name, where each has one of its own. */
function writeDirectories(
  directories: readonly RepositoryPath[],
  { rootName, configFile }: LayoutSurroundings,
): string {
  const entries = entriesFor(directories, (path) => ({ path }), { rootName });
  const isUsual = entries.every(({ name }, index) => name === directoryName(directories[index] ?? ".", rootName));
  // Wildcards find nothing hidden.
  const isPlain = directories.every((each) => /^[\w./ -]+$/.test(each) && !/(?:^|\/)\.[^/]/.test(each));
  if (!isUsual || !isPlain) return writeEntries(entries, configFile);
  const folders = [...new Set(directories.map((each) => (each === "." ? "." : joinPath(directoryOf(each), "*"))))];
  return `write path: "${folders.length > 5 ? "**" : folders.join(", ")}"`;
}

/** An entry for each Dockerfile of another name. @param taken names of images, in lower case. */
export function dockerfileEntries(
  paths: readonly RepositoryPath[],
  taken: ReadonlySet<string> = new Set(),
): readonly EntryText[] {
  const names = new Set(taken);
  return paths.map((file) => {
    const name = freeName(nameFor(file), names);
    names.add(name.toLowerCase());
    return { name, keys: { file } };
  });
}

function nameFor(path: RepositoryPath): string {
  const variant = lastPart(path)
    .replace(/^(?:docker|container)file[._-]|\.(?:docker|container)file$/gi, "")
    .toLowerCase();
  const directory = directoryOf(path);
  if (/^(?:docker|container)file$/.test(variant) && directory !== ".") return lastPart(directory).toLowerCase();
  return directory === "." ? variant : `${lastPart(directory).toLowerCase()}-${variant}`;
}
