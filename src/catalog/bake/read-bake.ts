/** Reads bake files, several at once. */

import { bounded } from "../../bounded.ts";
import { UserError } from "../../errors.ts";
import { didYouMean } from "../../nearest.ts";
import { attemptLater, outcomes } from "../attempt.ts";
import type { RepositoryPath } from "../catalog.ts";
import type { FoundImage } from "../found-image.ts";
import type { BakeDefinition } from "./bake-definition.ts";
import { bakeImages, directoriesNamed } from "./bake-images.ts";
import { type BakeFolder, type BakeTools, printBake } from "./print.ts";

export interface ReadBake {
  readonly images: readonly FoundImage[];
  readonly problems: readonly UserError[];
  /** The names of images that have a problem of their own. */
  readonly troubled: readonly string[];
  /** Targets that give files and no image, each with its file. */
  readonly leftOut: readonly string[];
  /** Where these are. */
  readonly leftOutDirectories: readonly RepositoryPath[];
  /** A file can't be read, so that nobody knows which images it has. */
  readonly isUnread: boolean;
}

export interface BakeInput {
  readonly root: string;
  readonly rootName: string;
  /** Groups and targets to publish; empty: the group `default`. */
  readonly names: readonly string[];
  readonly tools: BakeTools;
}

/** Each is a process of a tenth of a second that one processor is busy with. */
const prints = 4;

/**
 * The images of all bake files. Each publishes those of the wanted names that it has. A file in a folder that another file's
 * targets, further up, are built from has no say.
 */
export async function readBake(folders: readonly BakeFolder[], input: BakeInput): Promise<ReadBake> {
  const used = new Set<string>();
  const read = bounded(prints, (at: BakeFolder) =>
    attemptLater(async () => ({ at, definition: await printWanted(at, input, used) })),
  );
  const printed = outcomes(await Promise.all(folders.map(read)));
  const isNamed = (folder: RepositoryPath) =>
    printed.values.some(
      ({ at, definition }) => isBelow(folder, at.folder) && directoriesNamed(definition, at).has(folder),
    );
  const found = printed.values
    .filter(({ at }) => !isNamed(at.folder))
    .map(({ definition, at }) => ({
      ...bakeImages(definition, at, input.rootName),
      at,
      asked: input.names.filter((name) => definition.targets.get(name)?.gives === "files"),
    }));
  const unused = input.names.filter((name) => printed.problems.length === 0 && !used.has(name));
  const isAsked = folders.length > 0;
  return {
    images: found.flatMap(({ images }) => images),
    problems: [
      ...printed.problems,
      ...found.flatMap(({ problems }) => problems),
      ...found.flatMap(({ at, asked }) => asked.map((name) => noImage(name, at))),
      ...(isAsked ? unused.map(unknownName) : []),
    ],
    troubled: found.flatMap(({ troubled }) => troubled),
    leftOut: found.flatMap(({ at, leftOut }) => leftOut.map((name) => `${name} (${at.file})`)),
    leftOutDirectories: found.flatMap(({ directories }) => directories),
    isUnread: printed.problems.length > 0,
  };
}

/**
 * The directories that targets in no group are built from: nobody wants these published by convention. What buildx can't
 * tell (old versions know no `*`) is not there.
 */
export async function directoriesOfAll(
  at: BakeFolder,
  { root, tools }: BakeInput,
): Promise<ReadonlySet<RepositoryPath>> {
  const definition = await everyTarget(at, root, tools);
  const named = definition === undefined ? [] : directoriesNamed(definition, at);
  // A target that says nothing of its context, such as one that others inherit from, names no directory.
  return new Set([...named].filter((each) => each !== at.folder));
}

/** The images of one folder's bake files that are in order. @throws UserError where buildx refuses the files, or has none of the names. */
export async function imagesOfFolder(at: BakeFolder, input: BakeInput): Promise<readonly FoundImage[]> {
  return bakeImages(await printWanted(at, input, new Set()), at, input.rootName).images;
}

/** Whether a directory lies in another one, at any depth. */
export function isBelow(directory: RepositoryPath, above: RepositoryPath): boolean {
  return directory !== above && (above === "." || directory.startsWith(`${above}/`));
}

async function printWanted(
  at: BakeFolder,
  { root, names, tools }: BakeInput,
  used: Set<string>,
): Promise<BakeDefinition> {
  let wanted = names;
  for (;;) {
    const printed = await printBake(at, wanted, root, tools);
    if ("definition" in printed) {
      for (const name of wanted) used.add(name);
      return printed.definition;
    }
    const left = wanted.filter((name) => name !== printed.missing);
    if (left.length === 0 || left.length === wanted.length) throw await nothingWanted(at, names, root, tools);
    wanted = left;
  }
}

/** `undefined` where this buildx can't tell. */
async function everyTarget(at: BakeFolder, root: string, tools: BakeTools): Promise<BakeDefinition | undefined> {
  const printed = await attemptLater(() => printBake(at, ["*"], root, tools));
  return "value" in printed && "definition" in printed.value ? printed.value.definition : undefined;
}

async function nothingWanted(
  at: BakeFolder,
  names: readonly string[],
  root: string,
  tools: BakeTools,
): Promise<UserError> {
  const all = await everyTarget(at, root, tools);
  const known = all === undefined ? [] : [...all.groups.keys(), ...all.targets.keys()];
  const listed = known
    .filter((name) => name !== "default")
    .slice(0, 10)
    .join(", ");
  const has = listed === "" ? "" : `; it has ${listed}`;
  const [first = "default"] = names;
  const what = names.length === 0 ? 'group or target "default"' : `group or target named ${names.join(" or ")}`;
  return new UserError(`${at.file} has no ${what}${has}`, {
    hint:
      names.length === 0
        ? 'add a group "default", or say with "bake-target" what to publish'
        : `mend "bake-target"${didYouMean(first, known)}`,
    at: { file: at.file },
  });
}

function noImage(name: string, { file }: BakeFolder): UserError {
  return new UserError(
    `"bake-target" names ${name}, which gives files and no image: its only output is a folder or an archive`,
    { hint: 'take it out of "bake-target", or give it an output of type=image', at: { file } },
  );
}

function unknownName(name: string): UserError {
  return new UserError(`"bake-target" names ${name}, which no bake file has`, {
    hint: "name a group or a target of a bake file, or leave it out",
  });
}
