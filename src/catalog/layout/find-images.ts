/** All images of the repository's layout: directories, bake files, or one image that inputs describe. */
import { posix } from "node:path";
import { UserError } from "../../errors.ts";
import { someOf } from "../../lib/text/some-of.ts";
import type { SourcedLine } from "../../lib/text/sourced-line.ts";
import type { Remark } from "../../model/remark.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { directoryOf, lastPart } from "../../model/repository-path.ts";
import type { Files } from "../../ports.ts";
import { mayBuild } from "../bake/bake-files.ts";
import { fileTargetRemarks, nothingButFiles } from "../bake/file-targets.ts";
import { namedBakeFiles } from "../bake/named-files.ts";
import type { BakeFolder, BakeTools } from "../bake/print.ts";
import { type BakeInput, directoriesOfAll, isBelow, type ReadBake, readBake } from "../bake/read-bake.ts";
import type { FileTarget } from "../catalog.ts";
import { entriesFor, writeEntries } from "../entry-text.ts";
import type { Concern } from "../graph/troubled.ts";
import { besideByHand } from "./beside-by-hand.ts";
import { type ByHand, byHandImage } from "./by-hand.ts";
import { type Discovery, discover, type FoundDirectory, placesToLook } from "./discover.ts";
import { directoryImage, type FoundImage } from "./found-image.ts";
import { dockerfileEntries, lookAround } from "./look-around.ts";

export interface FindInput extends Entries {
  /** The checkout, absolute. */
  readonly root: string;
  readonly files: Pick<Files, "list" | "read">;
  /** Globs of directories; empty: the default ones. */
  readonly globs: readonly string[];
  /** The directories that patterns of the config file found, in place of globs. */
  readonly given?: readonly RepositoryPath[] | undefined;
  /** The name of the image at the root: the repository's. */
  readonly rootName: string;
  /** Groups and targets of bake files to publish; empty: the group `default`. */
  readonly bakeTargets: readonly string[];
  /** Bake files, those of one line read together; empty: those that are found. */
  readonly bakeFiles?: readonly SourcedLine[];
  readonly bake: BakeTools;
  /** The one image that inputs describe, discovery off. */
  readonly byHand: ByHand | undefined;
}

/** The Dockerfiles that the config file mentions, so that no remark is made about them. */
interface Entries {
  /** Paths that entries name. */
  readonly entryPaths?: readonly RepositoryPath[] | undefined;
  /** Names of the entries. */
  readonly entryNames?: readonly string[] | undefined;
  /** Where the file is, or would be. */
  readonly configFile: RepositoryPath;
}

export interface FoundImages {
  readonly images: readonly FoundImage[];
  readonly concerns: readonly Concern[];
  /** Bake files that can't be read: nobody knows which images they have. */
  readonly unread: readonly BakeFolder[];
  readonly remarks: readonly Remark[];
  readonly fileTargets: readonly FileTarget[];
  /** Where there is no image, the directories that hold one and are excluded. */
  readonly excluded: readonly RepositoryPath[];
  /**
   * Whether one of the problems is, or may be, that of an image of this name: then its absence isn't a further problem.
   */
  isTroubled(name: string): boolean;
}

/** Finds the images. A Dockerfile that a bake file names is an image only through the bake file. */
export async function findImages(input: FindInput): Promise<FoundImages> {
  if (input.byHand !== undefined) {
    const { images, problems } = byHandImage(input.byHand, input.rootName);
    const remarks = await besideByHand(input.byHand, images[0], input);
    const concerns = problems.map((problem) => ({ problem }));
    const isTroubled = () => problems.length > 0;
    return { images, concerns, unread: [], remarks, fileTargets: [], excluded: [], isTroubled };
  }
  const discovery = await discover(input.root, input.globs, input.files, input.configFile, input.given);
  const asked: BakeInput = {
    ...{ root: input.root, rootName: input.rootName, files: input.files },
    ...{ names: input.bakeTargets, tools: input.bake },
  };
  const { bakeFiles = [] } = input;
  const ofInput = await namedBakeFiles(bakeFiles, asked);
  const bakes =
    bakeFiles.length > 0 ? ofInput.bakes : [...discovery.bakes, ...(await composesThatCount(discovery, input))];
  const baked = await readBake(bakes, asked);
  const directories = await notNamed(discovery.found, baked, bakes, asked);
  // A target with a problem may be built from the directory of its name.
  const named = new Set(baked.troubled.map(({ name }) => name));
  const images = [
    ...directories
      .map((found) => directoryImage(found.directory, found, input.rootName))
      .filter(({ name }) => !named.has(name)),
    ...baked.images,
    ...baked.troubled,
  ];
  // A directory that is named and has a problem would be an image of its name.
  const missing = discovery.problems.flatMap(({ at }) => (at === undefined ? [] : [lastPart(at.file)]));
  const troubled = new Set(missing);
  const found = [...discovery.problems, ...ofInput.problems].map((problem) => ({ problem }));
  const others = [...(bakeFiles.length > 0 ? [] : noBake(bakes, input)), ...onlyFiles(images, baked, input)].map(
    (problem) => ({ problem }),
  );
  return {
    images,
    concerns: [...found, ...baked.concerns, ...others],
    unread: baked.unread,
    remarks: [
      ...fileTargetRemarks(baked.fileTargets, input.entryNames ?? [], input.configFile),
      ...idleGlobs(discovery, images),
      ...unusualNames(discovery, images, input),
      ...(await besideCompose(directories, baked, bakes, discovery, input)),
    ],
    fileTargets: baked.fileTargets,
    excluded: discovery.excluded,
    isTroubled: (name) => baked.unread.length > 0 || troubled.has(name),
  };
}

/**
 * A compose file describes how to run things, often others than those to publish. It counts if targets are requested,
 * and if nothing else defines an image.
 */
async function composesThatCount(
  { bakes, composes, found }: Discovery,
  { root, files, bakeTargets, given }: FindInput,
): Promise<readonly BakeFolder[]> {
  const isElse = bakes.length > 0 || found.length > 0 || given !== undefined;
  if (bakeTargets.length === 0 && isElse) return [];
  const contents = await Promise.all(composes.map(({ file }) => files.read(posix.join(root, file))));
  return composes.filter((_, index) => mayBuild(contents[index] ?? new Uint8Array()));
}

async function notNamed(
  found: readonly FoundDirectory[],
  baked: Pick<ReadBake, "images" | "leftOutDirectories" | "definitions">,
  bakes: readonly BakeFolder[],
  asked: BakeInput,
): Promise<readonly FoundDirectory[]> {
  const named = new Set([
    ...baked.images.flatMap(({ directory, context }) => [directory, ...(context === "." ? [] : [context])]),
    ...baked.leftOutDirectories,
  ]);
  const left = found.filter(({ directory }) => !named.has(directory));
  // Targets that nobody asked for may name what is left: buildx is asked again only where there is something left.
  const above = bakes.filter(({ folder }) => left.some(({ directory }) => isBelow(directory, folder)));
  const more = await directoriesOfAll(above, asked, baked.definitions);
  return left.filter(({ directory }) => !more.has(directory));
}

function idleGlobs({ idle, problems }: Discovery, images: readonly FoundImage[]): readonly Remark[] {
  // A directory that is named and not there is an error, and so is it where nothing is found at all.
  if (images.length === 0 || problems.length > 0) return [];
  const including = idle.filter((each) => !each.startsWith("!"));
  const excluding = idle.filter((each) => each.startsWith("!"));
  const remark = (globs: readonly string[], which: string, hint: string): readonly Remark[] =>
    globs.length === 0 ? [] : [{ message: `"path" has ${globs.join(", ")}, which ${which}`, hint }];
  const verb = including.length === 1 ? "matches" : "match";
  return [
    ...remark(including, `${verb} no directory that holds an image`, "correct the glob, or take it out"),
    ...remark(
      excluding,
      `${excluding.length === 1 ? "excludes" : "exclude"} no directory that the other globs match`,
      "correct the glob, write it behind the globs that it excludes from, or take it out",
    ),
  ];
}

function unusualNames(
  { unusual }: Discovery,
  images: readonly FoundImage[],
  { entryPaths = [], configFile }: Entries,
): readonly Remark[] {
  const known = new Set([
    ...entryPaths,
    ...images.flatMap(({ directory, dockerfilePath }) => [directory, dockerfilePath]),
  ]);
  const left = unusual.filter((path) => !known.has(path) && !known.has(directoryOf(path)));
  if (left.length === 0 || images.length === 0) return [];
  return [
    {
      message: `${someOf(left)} ${left.length === 1 ? "is" : "are"} not built: a directory's image is made by its Dockerfile, and there is none beside`,
      hint: writeEntries(dockerfileEntries(left, namesOf(images)), configFile),
    },
  ];
}

function namesOf(images: readonly FoundImage[]): ReadonlySet<string> {
  return new Set(images.map(({ name }) => name.toLowerCase()));
}

/** Where a compose file alone says which images there are, Dockerfiles that it doesn't mention are easily missed. */
async function besideCompose(
  directories: readonly FoundDirectory[],
  baked: ReadBake,
  bakes: readonly BakeFolder[],
  { composes }: Discovery,
  { root, rootName, files, bakeTargets, entryPaths = [], configFile }: FindInput,
): Promise<readonly Remark[]> {
  const used = composes.filter((each) => bakes.includes(each));
  if (directories.length > 0 || used.length === 0 || bakeTargets.length > 0 || baked.images.length === 0) return [];
  const known = new Set<string | undefined>([
    ...entryPaths,
    ...baked.images.flatMap(({ directory, context, dockerfilePath }) => [directory, context, dockerfilePath]),
  ]);
  const around = await lookAround(root, files);
  const unmentioned = around.directories.filter((each) => !known.has(each));
  const others = around.others.filter((each) => !known.has(each) && !known.has(directoryOf(each)));
  const left = unmentioned.length > 0 ? unmentioned : others;
  if (left.length === 0) return [];
  const taken = namesOf(baked.images);
  // Where a glob finds directories, the compose file counts no longer.
  const entries =
    unmentioned.length > 0
      ? entriesFor(unmentioned, (path) => ({ path }), { rootName, taken })
      : dockerfileEntries(others, taken);
  const what = used.map(({ file }) => file).join(", ");
  return [
    {
      message: `the images are those of ${what}, which ${used.length === 1 ? "doesn't" : "don't"} mention ${someOf(left)}`,
      hint: `to build all, ${writeEntries(entries, configFile)}`,
    },
  ];
}

function onlyFiles(
  images: readonly FoundImage[],
  { concerns, fileTargets }: ReadBake,
  { bakeTargets }: Pick<FindInput, "bakeTargets">,
): readonly UserError[] {
  if (images.length > 0 || concerns.length > 0 || fileTargets.length === 0) return [];
  return [nothingButFiles(fileTargets, bakeTargets.length > 0)];
}

function noBake(bakes: readonly BakeFolder[], { bakeTargets, globs }: FindInput): readonly UserError[] {
  if (bakeTargets.length === 0 || bakes.length > 0) return [];
  const looked = placesToLook(globs).join(", ");
  return [
    new UserError(
      `"bake-target" names ${bakeTargets.join(", ")}, but there is no bake file: looked in ${looked} and above`,
      {
        hint: 'name the bake file\'s folder with "path", or leave "bake-target" out',
      },
    ),
  ];
}
