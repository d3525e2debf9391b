/** Names that no image can have, and those that several have. */
import { UserError } from "../../errors.ts";
import { plainLine } from "../../lib/plain-text.ts";
import { someOf } from "../../lib/text/some-of.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { type EntryText, entriesText } from "../entry-text.ts";
import type { Concern } from "../graph/troubled.ts";
import { freeName, isFitName } from "./image-name.ts";

/** An image with what gives it its name. */
export interface NamedBy {
  readonly name: string;
  readonly directory: RepositoryPath;
  /** It is the repository's own image, whose name is no part of its repository. */
  readonly isRoot: boolean;
  /** `config`: an entry of the config file; `inputs`: the folder of the one image that inputs describe. */
  readonly by: "directory" | "bake" | "inputs" | "config";
  /** The file that says that it is there. */
  readonly file: RepositoryPath;
}

export interface UnusableNames<T> {
  readonly unfit: ReadonlySet<T>;
  /** Those with the name of another one, but for its case: names become parts of repositories, in lower case. */
  readonly alike: readonly T[];
  readonly concerns: readonly Concern[];
}

/**
 * @param configFile where entries of images are, or would be.
 * @param placeOf where an image of a name would be pushed.
 */
export function unusableNames<T extends NamedBy>(
  images: readonly T[],
  configFile: RepositoryPath,
  placeOf: (name: string) => string,
): UnusableNames<T> {
  const taken = new Set(images.map(({ name }) => name.toLowerCase()));
  const unfit = images.filter(({ name, isRoot }) => !isRoot && !isFitName(name));
  const groups = [...Map.groupBy(images, ({ name }) => name.toLowerCase()).values()].filter(({ length }) => length > 1);
  return {
    unfit: new Set(unfit),
    alike: groups.flat(),
    concerns: [
      ...groups.map((several) => ({ problem: sameName(several, configFile) })),
      ...unfit.map((image) => ({ problem: unfitName(image, configFile, taken, placeOf), images: [image.name] })),
    ],
  };
}

const mostListed = 20;

function sameName(several: readonly NamedBy[], configFile: RepositoryPath): UserError {
  const sorted = several.toSorted((a, b) => (a.directory < b.directory ? -1 : 1));
  const directories = sorted.map(({ directory }) => directory);
  const [first = ".", second = ".", ...others] = directories;
  const [count, places] =
    others.length === 0
      ? ["two", `${first} and in ${second}`]
      : [`${directories.length}`, someOf(directories, { most: mostListed, last: "and" })];
  const name = sorted[0]?.name.toLowerCase();
  return new UserError(`${count} images have the name "${name}", in ${places}`, {
    hint: renaming(sorted, configFile),
    at: { file: second },
  });
}

/** The config file gives a directory another name; what has its name from a bake file or an entry keeps it, unless that is edited. */
function renaming(several: readonly NamedBy[], configFile: RepositoryPath): string {
  const free = several.filter(({ by }) => by === "directory");
  const fixed = several.filter(({ by }) => by !== "directory");
  if (fixed.length > 1) {
    const files = [...new Set(fixed.map(({ file }) => file))];
    return `write another name for all but one of them where the name is from: ${someOf(files, { most: mostListed, last: "and" })}`;
  }
  const renamed = fixed.length > 0 ? free : free.slice(1);
  const which = renamed.length === 1 ? "one of them another name" : "all but one of them other names";
  const entries = renamed.map(({ directory }, index): EntryText => {
    const name = renamed.length === 1 ? "other-name" : `other-name-${index + 1}`;
    return { name, keys: { path: directory } };
  });
  return `give ${which} in ${configFile}, as in ${entriesText(entries)}`;
}

function unfitName(
  { name, directory, by, file }: NamedBy,
  configFile: RepositoryPath,
  taken: ReadonlySet<string>,
  placeOf: (name: string) => string,
): UserError {
  const other = freeName(name, taken);
  const remedies = {
    directory: `${configFile} can name it, as in ${entriesText([{ name: other, keys: { path: directory } }])}`,
    bake: `give the target another name in ${file}`,
    config: `write another name in ${file}`,
    inputs: `it is named after its folder: to name it otherwise, write a whole name without expressions in "images", such as ${placeOf(other)}`,
  };
  return new UserError(`"${plainLine(name)}" can't be an image's name`, {
    hint: `use letters and digits, separated by single dots, dashes or underscores; ${remedies[by]}`,
    at: { file: directory },
  });
}
