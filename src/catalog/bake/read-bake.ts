/** Reads the images' definitions in bake files. */
import { UserError } from "../../errors.ts";
import { outcomes } from "../../lib/attempt.ts";
import { mapped } from "../../lib/pause.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import type { FileTarget } from "../catalog.ts";
import type { Concern } from "../graph/troubled.ts";
import type { FoundImage } from "../layout/found-image.ts";
import { type BakeDefinition, membersOf } from "./bake-definition.ts";
import { bakeImages, directoriesNamed } from "./bake-images.ts";
import { BakeFileError, type BakeFolder, placeKey } from "./print.ts";
import { everyTarget, outlineOf, type PrintInput, printAll } from "./print-all.ts";

export interface ReadBake {
  readonly images: readonly FoundImage[];
  /** Images that have a problem of their own. */
  readonly troubled: readonly FoundImage[];
  readonly concerns: readonly Concern[];
  readonly fileTargets: readonly FileTarget[];
  /** Where these are. */
  readonly leftOutDirectories: readonly RepositoryPath[];
  /** Files that can't be read, so that nobody knows which images they have. */
  readonly unread: readonly BakeFolder[];
  /** By place (`placeKey`), what was printed. */
  readonly definitions: ReadonlyMap<string, BakeDefinition>;
}

/** The names are those of groups and targets to publish. */
export interface BakeInput extends PrintInput {
  readonly rootName: string;
}

/** Each is a process that one processor is busy with. */
const prints = 4;

/**
 * The images of all bake files. Each publishes those of the wanted names that it has. A file in a folder that another file's
 * targets, further up, are built from has no say.
 */
export async function readBake(folders: readonly BakeFolder[], input: BakeInput): Promise<ReadBake> {
  const printed = await printAll(folders, input);
  const { values } = outcomes(printed);
  const used = new Set(values.flatMap((each) => each.found));
  const failed = folders.flatMap((at, index) => {
    const one = printed[index];
    return one !== undefined && "problem" in one ? [{ at, problem: one.problem }] : [];
  });
  const isNamed = (folder: RepositoryPath) =>
    values.some(({ at, definition }) => isBelow(folder, at.folder) && directoriesNamed(definition, at).has(folder));
  const found = values
    .filter(({ at }) => at.named !== undefined || !isNamed(at.folder))
    .map(({ definition, at }) => ({
      ...bakeImages(definition, at, input.rootName),
      at,
      asked: input.names.filter((name) => givesFiles(membersOf(definition, name), definition)),
    }));
  const unused = input.names.filter((name) => failed.length === 0 && !used.has(name));
  const isAsked = folders.length > 0;
  return {
    images: found.flatMap(({ images }) => images),
    troubled: found.flatMap(({ troubled }) => troubled),
    fileTargets: found.flatMap(({ fileTargets }) => fileTargets),
    concerns: [
      ...failed.map(({ at, problem }) => ({ problem, images: isOfFile(problem, input) ? [at.file] : undefined })),
      ...found.flatMap(({ concerns }) => concerns),
      ...found.flatMap(({ at, asked }) => asked.map((name) => ({ problem: noImage(name, at) }))),
      ...(isAsked ? unused.map((name) => ({ problem: unknownName(name) })) : []),
    ],
    leftOutDirectories: found.flatMap(({ directories }) => directories),
    unread: [...failed.map(({ at }) => at), ...found.filter(isSilent).map(({ at }) => at)],
    definitions: new Map(values.map(({ at, definition }) => [placeKey(at), definition])),
  };
}

function givesFiles(targets: readonly string[], definition: BakeDefinition): boolean {
  return targets.length > 0 && targets.every((name) => definition.targets.get(name)?.gives === "files");
}

/** Where an input names targets, the mistake may be its own. */
function isOfFile(problem: UserError, { names }: BakeInput): boolean {
  return problem instanceof BakeFileError && names.length === 0;
}

/** A bake file that publishes nothing has a problem that belongs to no image. */
function isSilent({ at, concerns }: Pick<ReadBake, "concerns"> & { readonly at: BakeFolder }): boolean {
  return concerns.some(({ images }) => images?.includes(at.file));
}

/**
 * The directories of targets in no group: they are not published by convention. What buildx can't list is missing.
 * @param printed what it has printed already, by place
 */
export async function directoriesOfAll(
  folders: readonly BakeFolder[],
  input: BakeInput,
  printed: ReadBake["definitions"],
): Promise<ReadonlySet<RepositoryPath>> {
  const found = await mapped(folders, (at) => directoriesIn(at, input, printed.get(placeKey(at))), prints);
  return new Set(found.flat());
}

async function directoriesIn(
  at: BakeFolder,
  input: BakeInput,
  printed: BakeDefinition | undefined,
): Promise<readonly RepositoryPath[]> {
  const outline = printed && (await outlineOf(at, input));
  const isAll = printed !== undefined && outline?.targets.size === printed.targets.size;
  const definition = isAll ? printed : await everyTarget(at, input);
  // A target that says nothing of its context, such as one that others inherit from, names no directory.
  return definition === undefined ? [] : [...directoriesNamed(definition, at)].filter((each) => each !== at.folder);
}

/** Whether a directory is inside another one, at any depth. */
export function isBelow(directory: RepositoryPath, above: RepositoryPath): boolean {
  return directory !== above && (above === "." || directory.startsWith(`${above}/`));
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
