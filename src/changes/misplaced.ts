/** What Dockerfiles copy that is in the repository's root but not in their context. */
import type { Catalog } from "../catalog/catalog.ts";
import { writeEntries } from "../catalog/entry-text.ts";
import { formatLocation, type SourceLocation } from "../errors.ts";
import { oneRemark } from "../model/remark.ts";
import type { RepositoryPath } from "../model/repository-path.ts";
import { joinPath } from "../model/repository-path.ts";
import type { CopiedPath } from "./sources/followed-paths.ts";
import type { ImageInputs } from "./sources/image-inputs.ts";
import type { Listing } from "./sources/listing.ts";
import { narrows, sourcesOf } from "./sources/sources.ts";

/** An image whose build would not find something. */
export interface Misplaced {
  readonly image: string;
  readonly context: RepositoryPath;
  /** At least one, in the Dockerfile's order. */
  readonly paths: readonly Pick<CopiedPath, "written" | "at">[];
}

export function misplacedPaths(
  { images }: Catalog,
  inputs: ReadonlyMap<string, ImageInputs>,
  { files }: Pick<Listing, "files">,
): readonly Misplaced[] {
  const isIn = finder(files);
  return images.flatMap((image): readonly Misplaced[] => {
    const own = inputs.get(image.name);
    const [main] = own?.contexts ?? [];
    const directory = main?.directory.target;
    if (own?.copied === undefined || main?.name !== undefined || directory === undefined || directory === ".")
      return [];
    const there = own.copied.filter((each) => isIn(directory, each));
    const isOptional = (each: CopiedPath) =>
      isMeantOptional(each) ||
      (each.pattern !== each.start && isIn(directory, startOf(each)) && there.some(({ at }) => isSame(at, each.at)));
    const paths = own.copied.filter((each) => !there.includes(each) && !isOptional(each) && isIn(".", each));
    return paths.length === 0 ? [] : [{ image: image.name, context: directory, paths }];
  });
}

type Wanted = Pick<CopiedPath, "pattern" | "start">;

/**
 * Whether a directory has what is copied. Only a pattern that narrows is matched; for others the path before its
 * wildcard is.
 */
function finder(files: Listing["files"]): (directory: RepositoryPath, wanted: Wanted) => boolean {
  const isThere = (path: RepositoryPath) => files.atOrAbove(path) !== undefined || files.below(path).length > 0;
  const known = new Map<string, boolean>();
  const matches = (directory: RepositoryPath, { pattern, start }: Wanted): boolean => {
    const top = joinPath(directory, start);
    if (start !== "." && (pattern === start || !narrows(pattern) || files.atOrAbove(top) !== undefined))
      return isThere(top);
    // Of what can't be compared nothing is remarked.
    if (!narrows(pattern)) return directory !== ".";
    const { takes } = sourcesOf([pattern]);
    const length = directory === "." ? 0 : directory.length + 1;
    return files.below(top).some(({ path }) => takes(path.slice(length)));
  };
  return (directory, wanted) => {
    const key = `${directory}\0${wanted.pattern}`;
    const found = known.get(key) ?? matches(directory, wanted);
    known.set(key, found);
    return found;
  };
}

function startOf({ start }: CopiedPath): Wanted {
  return { pattern: start, start };
}

/** `yarn.loc[k]` is how a file is copied that need not be there. */
function isMeantOptional({ pattern }: CopiedPath): boolean {
  return /\[\w\]/.test(pattern) && !/[*?[]/.test(pattern.replace(/\[\w\]/g, ""));
}

function isSame(one: SourceLocation, other: SourceLocation): boolean {
  return one.file === other.file && one.line === other.line;
}

/** @param configFile where entries of images are, or would be. */
export function describeMisplaced(misplaced: readonly Misplaced[], configFile: RepositoryPath) {
  const write = (images: readonly Misplaced[]) =>
    writeEntries(
      images.map(({ image: name }) => ({ name, keys: { context: "." } })),
      configFile,
    );
  return oneRemark(misplaced, {
    one: (each) => ({
      message: `${each.image} copies ${each.paths.map(placed).join(", ")}, which ${each.paths.length === 1 ? "is" : "are"} in the repository's root but not in its context ${each.context}`,
      hint: `if the root is what it is built from, ${write([each])}`,
    }),
    several: (listed, all) => ({
      message: `${all.length} images copy what is in the repository's root but not in their context: ${listed}`,
      hint: `if the root is what they are built from, ${write(all)}`,
    }),
    item: ({ image, paths: [path] }) => `${image} (${path?.written}, ${path && formatLocation(path.at)})`,
  });
}

function placed({ written, at }: Pick<CopiedPath, "written" | "at">): string {
  return `${written} (${formatLocation(at)})`;
}
