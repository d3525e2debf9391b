/** What was found and what the config file says, joined: every image with its settings, before its Dockerfile is read. */

import {
  type ArgumentFiles,
  argumentsOfLines,
  argumentsOfPaths,
  type GivenArguments,
} from "../../config/argument-files.ts";
import { type CatalogConfig, type ImageEntry, usualConfigFile } from "../../config/config.ts";
import type { Forms, SharedSettings } from "../../config/config-schema.ts";
import { type SourceLocation, UserError } from "../../errors.ts";
import { attempt, outcomes } from "../../lib/attempt.ts";
import { didYouMean } from "../../lib/did-you-mean.ts";
import { onlyExcludes, splitGlobs } from "../../lib/glob-list.ts";
import type { SourcedLine } from "../../lib/text/sourced-line.ts";
import type { Placed } from "../../model/placed.ts";
import type { Platform } from "../../model/platform.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { directoryOf, joinPath } from "../../model/repository-path.ts";
import type { ImageName } from "../catalog.ts";
import { type PlacedContexts, readNamedContext } from "../graph/named-contexts.ts";
import type { Concern } from "../graph/troubled.ts";
import { type NamedBy, unusableNames } from "../names/unusable-names.ts";
import { dockerfileNames, spellingsOf } from "./dockerfile-names.ts";
import { directoryImage, type FoundImage } from "./found-image.ts";

/** The inputs that apply to all images. */
export interface SharedInputs {
  readonly target?: string | undefined;
  /** Empty: not said. */
  readonly platforms: readonly Platform[];
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly buildArgsFile?: readonly SourcedLine[];
}

export type DeclaredImage = DeclaredDockerfile | DeclaredNix;

export interface DeclaredDockerfile extends AnyDeclared, Pick<FoundImage, "context" | "dockerfilePath" | "target"> {
  readonly variant: "dockerfile";
  /** Arguments from files, which override `buildArgs` if the Dockerfile declares them: taken word for word. */
  readonly fileArguments: Readonly<Record<string, string>>;
  readonly argumentFiles: readonly RepositoryPath[];
  /** Where the target is named, if that is in a file. */
  readonly targetAt: SourceLocation | undefined;
}

export interface DeclaredNix extends AnyDeclared {
  readonly variant: "nix";
  readonly nixFile: RepositoryPath;
}

interface AnyDeclared extends ImageName, Pick<FoundImage, "directory" | "labels" | "annotations"> {
  /** It is the repository's own image, at its root. */
  readonly isRoot: boolean;
  readonly platforms: readonly Platform[];
  readonly publish: boolean;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly inputArguments: readonly string[];
  readonly contexts: PlacedContexts;
  readonly depends: readonly Placed<string>[];
  /** The paths of the bake files that define it, or would define it. */
  readonly bakeFiles: readonly RepositoryPath[];
  /** Files whose changes affect it as well. */
  readonly watch: readonly Placed<string>[];
}

export interface DeclaredImages {
  readonly images: readonly DeclaredImage[];
  readonly concerns: readonly Concern[];
  /** Names of images of which nobody knows where they are, or how they are built. */
  readonly unplaced: ReadonlySet<string>;
  /** Names of images that no registry takes. */
  readonly unfit: ReadonlySet<string>;
  /** Names that several images have, but for their case. */
  readonly clashing: ReadonlySet<string>;
}

/** What declaring images needs to know of what was found, beside the images. */
export interface Around {
  /** All that settings name. */
  readonly argumentFiles: ArgumentFiles;
  /** Whether an image of a name is missing because of a problem that is reported already. */
  isTroubled(name: string): boolean;
  /** Whether a target of a bake file has this name, and gives files and no image. */
  givesFiles(name: string): boolean;
  /** Where an image of a name would be pushed. */
  placeOf(name: string): string;
}

/**
 * Every image, once. An entry of the config overrides the found image of its name, or takes over the directory that its
 * `path` names; else it adds an image. The settings of one image (its entry, then its bake file) win over an input, an
 * input over the file's defaults.
 */
export function declareImages(
  found: readonly FoundImage[],
  config: CatalogConfig,
  inputs: SharedInputs,
  rootName: string,
  { argumentFiles, isTroubled, givesFiles, placeOf }: Around,
): DeclaredImages {
  const ofDefaults = contextsOf(config.defaults["build-contexts"]);
  const filesOf = (settings: SharedSettings) => argumentsOfPaths(settings["build-args-file"] ?? [], argumentFiles);
  const filesOfAll = [filesOf(config.defaults), argumentsOfLines(inputs.buildArgsFile ?? [], argumentFiles)] as const;
  const join = (image: FoundImage, by: NamedBy["by"], file: RepositoryPath, entry?: ImageEntry): Joined => {
    const own = contextsOf(entry?.settings["build-contexts"]);
    const contexts = new Map([...ofDefaults.contexts, ...image.contexts, ...own.contexts]);
    const files = filesOf(entry?.settings ?? {});
    const argumentsFrom = layeredArguments(image, entry?.settings ?? {}, inputs, config.defaults, [
      ...filesOfAll,
      files,
    ]);
    return {
      named: joined(image, entry, inputs, config, rootName, { contexts, ...argumentsFrom }).map((each) =>
        named(each, by, file),
      ),
      concerns: [...own.problems, ...files.problems].map((problem) => ({ problem, images: [image.name] })),
    };
  };
  const claimed = new Set([
    ...config.images.map(({ settings }) => settings.path),
    ...(config.discovered?.directories ?? []),
  ]);
  // Whether an entry takes over the directory of an image, under whatever name.
  const left = new Set(found.filter(({ from, directory }) => from !== "directory" || !claimed.has(directory)));
  const byName = Map.groupBy(left, ({ name }) => name);
  const byDirectory = new Map(
    found.toReversed().flatMap((each) => (each.from === "directory" ? [[each.directory, each] as const] : [])),
  );
  const baked = new Set(found.flatMap(({ from, dockerfilePath }) => (from === "bake" ? (dockerfilePath ?? []) : [])));
  // What a bake file builds is an image through the bake file alone.
  const isBaked = ({ recipe, settings }: ImageEntry): boolean =>
    recipe !== undefined && (settings.path === undefined ? baked.has(recipe) : !byDirectory.has(settings.path));
  const names = [...(config.discovered === undefined ? [] : config.images), ...found].map(({ name }) => name);
  const placeless: string[] = [];
  // All that a matrix makes may be built from the one image that is called like its entry.
  const ofGroups = new Map(
    config.images.flatMap((entry) => {
      const image = entry.group === undefined ? undefined : byName.get(entry.group)?.find((each) => left.has(each));
      return image === undefined || isElsewhere(image, entry) ? [] : [[entry.name, image] as const];
    }),
  );
  for (const image of ofGroups.values()) left.delete(image);
  const declared = config.images.map((entry): Joined => {
    const own = byName.get(entry.name)?.find((each) => left.has(each) && !isElsewhere(each, entry));
    if (own !== undefined) left.delete(own);
    else if (isBaked(entry)) return { named: [], concerns: [] };
    const ofGroup = ofGroups.get(entry.name);
    const image =
      own ?? (ofGroup && { ...ofGroup, name: entry.name }) ?? elsewhere(entry, config.defaults, byDirectory, rootName);
    if (image !== undefined) return join(image, "config", entry.at.file, entry);
    if (givesFiles(entry.name)) return { named: [], concerns: [] };
    placeless.push(entry.name);
    const nowhere = { ...directoryImage(entry.name, {}, rootName), name: entry.name };
    const there = join(nowhere, "config", entry.at.file, entry);
    if (isTroubled(entry.name)) return there;
    const problem = placelessImage(entry, placeless.length > mostSuggested ? [] : names);
    return { ...there, concerns: [{ problem, images: [entry.name] }, ...there.concerns] };
  });
  const everything = [...declared, ...[...left].map((image) => join(image, image.from, image.at.file))];
  const all = everything.flatMap((each) => each.named);
  const wrongForAll = [ofDefaults, ...filesOfAll].flatMap(({ problems }) => problems);
  const ofAll = all.length === 0 ? [] : wrongForAll.map((problem) => ({ problem }));
  const isPlaceless = new Set(placeless);
  const placed = all.filter(({ name }) => !isPlaceless.has(name));
  const { unfit, alike, concerns: wrong } = unusableNames(placed, config.file ?? usualConfigFile, placeOf);
  return {
    images: all.map(({ image }) => image),
    concerns: [...ofAll, ...everything.flatMap((each) => each.concerns), ...wrong],
    unplaced: new Set([...placeless, ...found.flatMap(({ name, isUnplaced }) => (isUnplaced ? [name] : []))]),
    unfit: new Set([...unfit].map(({ name }) => name)),
    clashing: new Set(alike.map(({ name }) => name)),
  };
}

interface Named extends NamedBy {
  readonly image: DeclaredImage;
}

interface Joined {
  readonly named: readonly Named[];
  readonly concerns: readonly Concern[];
}

function named(image: DeclaredImage, by: NamedBy["by"], file: RepositoryPath): Named {
  const { name, directory, isRoot } = image;
  return { name, directory, isRoot, by, file, image };
}

/** To look for a likely name takes its time, and nobody reads on. */
export const mostSuggested = 20;

/** Whether an entry means another directory than the one that bears its name. */
function isElsewhere({ from, directory }: FoundImage, { settings }: ImageEntry): boolean {
  return from === "directory" && settings.path !== undefined && settings.path !== directory;
}

/** The image that an entry adds, where it says in which directory. */
function elsewhere(
  { name, settings }: ImageEntry,
  defaults: CatalogConfig["defaults"],
  found: ReadonlyMap<RepositoryPath, FoundImage>,
  rootName: string,
): FoundImage | undefined {
  const beside = settings.file === undefined ? settings.context : directoryOf(settings.file);
  // A Dockerfile for all is one for an entry that says nothing else.
  const directory = settings.path ?? beside ?? (defaults.file === undefined ? undefined : directoryOf(defaults.file));
  if (directory === undefined) return undefined;
  const image = found.get(directory) ?? directoryImage(directory, {}, rootName);
  return { ...image, name };
}

function joined(
  image: FoundImage,
  entry: ImageEntry | undefined,
  inputs: SharedInputs,
  { defaults, watchAll }: CatalogConfig,
  rootName: string,
  parts: Pick<DeclaredDockerfile, "contexts" | keyof LayeredArguments>,
): readonly DeclaredImage[] {
  const entered = entry?.settings ?? {};
  const directory = entered.path ?? image.directory;
  const own = entered.platforms ?? (image.platforms.length > 0 ? image.platforms : undefined);
  const given = inputs.platforms.length > 0 ? inputs.platforms : undefined;
  const common = {
    publicName: image.name,
    ...(entry?.group === undefined ? {} : { group: entry.group }),
    isRoot: image.name === rootName && directory === ".",
    directory,
    platforms: own ?? given ?? defaults.platforms ?? [],
    publish: entered.publish ?? image.publish ?? defaults.publish ?? true,
    labels: image.labels,
    annotations: image.annotations,
    depends: entered.depends ?? (defaults.depends ?? []).filter(({ value }) => value !== image.name),
    bakeFiles: image.bakeFiles,
    watch: watchedBy(watchAll, entered.watch ?? defaults.watch ?? []),
  };
  // Bake files and inputs say which they are.
  const usual = image.from === "directory" ? defaults : {};
  const { dockerfilePath, nixFile, hasDockerfile } = recipesOf(
    image,
    entered.file ?? (isNixAlone(image) ? undefined : usual.file),
  );
  const dockerfile: DeclaredDockerfile = {
    ...common,
    name: image.name,
    variant: "dockerfile",
    context: entered.context ?? usual.context ?? image.context,
    dockerfilePath,
    ...targetOf(image, entered, inputs, defaults),
    ...parts,
  };
  if (nixFile === undefined) return [dockerfile];
  const name = hasDockerfile ? `${image.name}-nix` : image.name;
  const nix: DeclaredNix = {
    ...common,
    name,
    variant: "nix",
    nixFile,
    buildArgs: {},
    inputArguments: [],
    contexts: new Map(),
  };
  return hasDockerfile ? [dockerfile, nix] : [nix];
}

type LayeredArguments = Pick<DeclaredDockerfile, "buildArgs" | "inputArguments" | "fileArguments" | "argumentFiles">;

/**
 * The arguments of an image: those of its entry override those of its bake file, these the inputs', these the defaults'. In each place
 * what is written there overrides what is in a file.
 */
function layeredArguments(
  image: FoundImage,
  settings: Partial<ImageEntry["settings"]>,
  inputs: SharedInputs,
  defaults: CatalogConfig["defaults"],
  [ofDefaults, ofInputs, own]: readonly [GivenArguments, GivenArguments, GivenArguments],
): LayeredArguments {
  const ownArguments = { ...image.buildArgs, ...values(settings["build-args"]) };
  const layers = [
    ...[ofDefaults.values, values(defaults["build-args"]), ofInputs.values, inputs.buildArgs],
    ...[image.buildArgs, own.values, values(settings["build-args"])],
  ];
  const last = (name: string) => layers.findLast((each) => Object.hasOwn(each, name));
  const fromFiles = [ofDefaults.values, ofInputs.values, own.values].flatMap((values) =>
    Object.entries(values).filter(([name]) => last(name) === values),
  );
  return {
    buildArgs: { ...values(defaults["build-args"]), ...inputs.buildArgs, ...ownArguments },
    inputArguments: Object.keys(inputs.buildArgs).filter((each) => !Object.hasOwn(ownArguments, each)),
    fileArguments: Object.fromEntries(fromFiles),
    argumentFiles: [...new Set([ofDefaults, ofInputs, own].flatMap(({ paths }) => paths))],
  };
}

function targetOf(
  image: FoundImage,
  settings: Partial<ImageEntry["settings"]>,
  inputs: SharedInputs,
  defaults: CatalogConfig["defaults"],
): Pick<DeclaredDockerfile, "target" | "targetAt"> {
  if (settings.target !== undefined) return { target: settings.target.value, targetAt: settings.target.at };
  if (image.target !== undefined) return { target: image.target, targetAt: image.at };
  if (inputs.target !== undefined) return { target: inputs.target, targetAt: undefined };
  return { target: defaults.target?.value, targetAt: defaults.target?.at };
}

/** A list that only excludes means everything else, unless it excludes from the list for all. */
function watchedBy(all: readonly Placed<string>[], own: readonly Placed<string>[]): readonly Placed<string>[] {
  return [...withEverythingElse(all), ...(all.length > 0 ? own : withEverythingElse(own))];
}

function withEverythingElse(list: readonly Placed<string>[]): readonly Placed<string>[] {
  const [first] = list;
  const isOpen = first !== undefined && onlyExcludes(list.flatMap(({ value }) => splitGlobs(value)));
  return isOpen ? [{ value: "**", at: first.at }, ...list] : list;
}

/** The files that define how an image is built: those of a directory, and those of its settings. */
function recipesOf(image: FoundImage, file: RepositoryPath | undefined) {
  const isNix = file?.endsWith(".nix") === true;
  const nixFile = isNix ? file : image.nixFile;
  const dockerfilePath = isNix ? image.dockerfilePath : (file ?? image.dockerfilePath);
  return { nixFile, dockerfilePath, hasDockerfile: dockerfilePath !== undefined || nixFile === undefined };
}

function isNixAlone({ nixFile, dockerfilePath }: FoundImage): boolean {
  return nixFile !== undefined && dockerfilePath === undefined;
}

function values(pairs: Forms["pairs"] = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(pairs).map(([name, { value }]) => [name, value]));
}

function contextsOf(pairs: Forms["pairs"] = {}): {
  readonly contexts: PlacedContexts;
  readonly problems: readonly UserError[];
} {
  const { values, problems } = outcomes(
    Object.entries(pairs).map(([name, { value, at }]) => attempt(() => contextOf(name, value, at))),
  );
  return { contexts: new Map(values.map((each) => [each.to.name, each])), problems };
}

/** @throws UserError */
function contextOf(name: string, value: string, at: SourceLocation) {
  const read = attempt(() => readNamedContext(name, value, ".", at));
  if ("value" in read) return read.value;
  throw new UserError(`"build-contexts": ${read.problem.message}`, { hint: read.problem.hint, at });
}

function placelessImage({ name, at }: ImageEntry, names: readonly string[]): UserError {
  const like = didYouMean(
    name,
    names.filter((each) => each !== name),
  );
  return new UserError(`no directory holds an image named "${name}"`, {
    hint:
      like === undefined
        ? 'say where it lies with "path" or "file"'
        : `did you mean "${like}"? Else say where it lies with "path"`,
    at,
  });
}

/** Where the Dockerfile of a directory may lie. */
export function dockerfileCandidates({
  directory,
  context,
  dockerfilePath,
}: DeclaredDockerfile): readonly RepositoryPath[] {
  if (dockerfilePath !== undefined) return spellingsOf(dockerfilePath);
  const folders: readonly RepositoryPath[] = [...new Set([directory, context])];
  return folders.flatMap((each: RepositoryPath) => dockerfileNames.map((name) => joinPath(each, name)));
}
