/** What was found, the config file and the Dockerfiles, joined into the graph of images. */
import { posix } from "node:path";
import { type CatalogConfig, usualConfigFile } from "../../config/config.ts";
import { type SourceLocation, UserError } from "../../errors.ts";
import { attempt, attemptLater, outcomes } from "../../lib/attempt.ts";
import { inTurns, mapped } from "../../lib/pause.ts";
import { someOf } from "../../lib/text/some-of.ts";
import type { Repository } from "../../model/reference.ts";
import type { Remark } from "../../model/remark.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { lastPart } from "../../model/repository-path.ts";
import { fileTargetNamed } from "../bake/file-targets.ts";
import type { BakeFolder } from "../bake/print.ts";
import { isBelow } from "../bake/read-bake.ts";
import type { Catalog, FileTarget, Image, ImageName, ParentEdge } from "../catalog.ts";
import type { Dockerfile } from "../dockerfile/dockerfile.ts";
import { possibleUses, tooManyUnsettled, withPossibleEdges } from "../dockerfile/possible-bases.ts";
import { type Needs, needing, type Surroundings, triggersOf } from "../dockerfile/stages.ts";
import {
  type DeclaredImage,
  type DeclaredImages,
  declareImages,
  dockerfileCandidates,
  type SharedInputs,
} from "../layout/declared-images.ts";
import { placesToLook } from "../layout/discover.ts";
import { type FindInput, findImages } from "../layout/find-images.ts";
import { lookAround, whatToWrite } from "../layout/look-around.ts";
import { type ReadDockerfile, type ReadNix, type ReadRecipe, recipeReader } from "../layout/recipes.ts";
import {
  type AbsentImage,
  absentImages,
  absentRemarks,
  type IsOwnPlace,
  ownPlaceTest,
  type WrittenAbsent,
  writtenAbsent,
} from "../names/absent-images.ts";
import { meantHere, type Namesake, namesakeRemarks, namesakes, type OwnNames, ownNames } from "../names/namesakes.ts";
import { type NearMiss, nearMisses, nearMissRemarks } from "../names/near-misses.ts";
import { type NamedUse, namedBy } from "../names/written-use.ts";
import { isUsableAlias } from "./alias-circles.ts";
import { edgesOf, isMoved, meaningOf, type Naming } from "./edges.ts";
import { type HiddenImage, hiddenNames } from "./hidden-names.ts";
import { aliasCollisions, type ImagePlaces, type NamedImage, namesIn, type Owners, ownersOf } from "./owners.ts";
import { dependsEdges, namingUnknown, saidEdges, unknownImages } from "./said-edges.ts";
import { setApart } from "./set-apart.ts";
import { topologicalOrder } from "./topological-order.ts";
import { type Concern, concernsOnce, type TroubledImage, unreadDockerfile, withoutBases } from "./troubled.ts";

export interface CatalogInput extends Omit<FindInput, "entryPaths" | "configFile"> {
  readonly config: CatalogConfig;
  readonly inputs: SharedInputs;
  /** Problems in the entries of the config file, by their name. */
  readonly entryProblems?: ReadonlyMap<string, readonly UserError[]>;
  /** The names by which references mean an image. */
  placesOf(image: ImageName, isRoot: boolean): ReadPlaces;
  /** The forge's own registry, where images of other repositories are that this one may be a fork of. */
  readonly forgeHost: string;
  /** This repository's own place there: `ghcr.io/o/r`. */
  readonly forgePlace: Repository;
  /** An image's build arguments with the values that they will have. @throws UserError */
  argumentsOf(image: ImageName & Pick<Image, "platforms" | "buildArgs">): Readonly<Record<string, string>>;
  /** The tags of an image that follow what this run publishes: `latest`, the branch. */
  movingTags(image: ImageName): ReadonlySet<string>;
}

/** Places as far as they can be read. */
export interface ReadPlaces extends ImagePlaces {
  readonly problems: readonly UserError[];
  /** What is written where one can't be read. */
  readonly unread: readonly string[];
}

export interface BuiltCatalog extends Catalog {
  readonly remarks: readonly Remark[];
  readonly fileTargets: readonly FileTarget[];
  /** References in this repository's own places that name none of its images. */
  readonly absent: readonly WrittenAbsent[];
  /** All problems, in order. What concerns single images leaves the others as they are. */
  readonly concerns: readonly Concern[];
  /** Images with problems, and those that depend on them, dependencies first where they have an order. */
  readonly troubled: readonly TroubledImage[];
}

/** Finds all images of a repository and what they depend on: those that are in order, beside the problems and whom these concern. */
export async function buildCatalog(input: CatalogInput): Promise<BuiltCatalog> {
  const entryPaths = input.config.images
    .flatMap(({ said }) => [said.path, said.file])
    .filter((each) => each !== undefined);
  const configFile = input.config.file ?? usualConfigFile;
  const entryNames = input.config.images.map(({ name }) => name);
  const found = await findImages({ ...input, entryPaths, entryNames, configFile });
  const declared = declareImages(found.images, input.config, input.inputs, input.rootName, {
    isTroubled: found.isTroubled,
    givesFiles: (name) => fileTargetNamed(name, found.fileTargets) !== undefined,
    placeOf: (name) => placeOf(name, input),
  });
  const foundWrong: readonly Concern[] = [
    ...found.concerns.map((each) => withImagesBelow(each, found.unread, declared)),
    ...entryConcerns(input.entryProblems, declared),
    ...declared.concerns,
    ...unknownImages(declared.images, found.isTroubled, found.fileTargets),
  ];
  const isEmpty = declared.images.length === 0 && foundWrong.length === 0;
  const nothing = isEmpty ? await noneFound(found.excluded, input, configFile) : undefined;
  const reader = recipeReader(input);
  const unnamed = new Set([...declared.unplaced, ...declared.unfit]);
  const read = await mapped(
    declared.images,
    (image) => (unnamed.has(image.name) ? withoutRecipe(image, input) : readImage(image, reader, input)),
    together,
  );
  const known = new Map(read.map((each) => [each.image.name, each]));
  const owners = ownersOf(read);
  const before: readonly Concern[] = [
    ...foundWrong,
    ...[...(nothing === undefined ? [] : [nothing]), ...aliasCollisions(read, owners)].map((problem) => ({ problem })),
  ];
  const names = {
    owners,
    own: ownNames(read, input.forgeHost),
    images: read,
    isOwnPlace: ownPlaces(read, found, input),
  };
  const connected = await mapped(read, (each) => connect(each, known, names, input));
  const possible = new Map(
    connected.flatMap(({ image, possible: edges }) => (edges.length === 0 ? [] : [[image.name, edges] as const])),
  );
  const ofImages = read.flatMap(({ image, problems }) =>
    problems.map((problem) => ({ problem: withRemarks(problem, found.remarks), images: [image.name] })),
  );
  const ofEdges = connected.flatMap(({ image, problems }) =>
    problems.map((problem) => ({ problem, images: [image.name] })),
  );
  const faulty = new Set([...unnamed, ...[...ofImages, ...ofEdges].flatMap(({ images }) => images)]);
  // What images of one name make of each other is no problem more.
  const [clashing, images] = divided(
    connected.map(({ image }) => image),
    ({ name }) => declared.clashing.has(name),
  );
  const inOrder = images.filter(({ name }) => !faulty.has(name));
  const ordered = topologicalOrder(withPossibleEdges(inOrder, possible));
  const tooMany = tooManyUnsettled(inOrder).map((problem) => ({ problem }));
  // One image given by hand may be another one than is meant, whatever is wrong with it.
  const explained = (all: readonly Concern[]) =>
    input.byHand === undefined
      ? all
      : all.map((each) => ({ ...each, problem: withRemarks(each.problem, found.remarks) }));
  const toEach = withThoseOfAll(concernsOnce([...ofImages, ...explained(ofEdges)]), declared.images, input);
  const concerns = [...explained(before), ...tooMany, ...toEach, ...ordered.concerns];
  const unknown = new Set(namingUnknown(declared.images));
  const isOnUnread = mayBeUnread(found.unread, input);
  const [unread] = found.unread;
  const hidden = hiddenNames(read.map((each) => hiddenImage(each, input)));
  const set = setApart({
    ordered: ordered.images,
    all: withPossibleEdges(images, possible),
    unread: found.unread,
    concerns,
    isUnplaced: (name) => unnamed.has(name),
    hiddenDependencies: (image) => [
      ...(unread !== undefined && (unknown.has(image.name) || isOnUnread(image)) ? [unread.file] : []),
      ...hidden(image),
    ],
  });
  const graph = connected.map(({ image }) => image);
  const elsewhere = meantHere(
    connected.flatMap((each) => each.namesakes),
    graph,
  );
  const naming = { moves: ({ name }: ImageName, tag: string) => known.get(name)?.moves(tag) === true };
  const isUsable = (alias: string) => isUsableAlias(alias, graph, (image, read) => isMoved(image, read, naming));
  // A bake file that can't be read may give these names as contexts.
  const misses = unread === undefined ? connected.flatMap((each) => each.nearMisses) : [];
  const strangers = connected.flatMap((each) => each.absent);
  const texts = await textsOf([...elsewhere, ...strangers], input);
  const absent = writtenAbsent(strangers, texts);
  return {
    images: [...set.images, ...clashing].filter(({ name }) => !unknown.has(name)),
    troubled: set.troubled,
    fileTargets: found.fileTargets,
    remarks: [
      ...found.remarks,
      ...namesakeRemarks(elsewhere, texts, isUsable),
      ...nearMissRemarks(misses),
      ...absentRemarks(absent),
    ],
    absent,
    concerns,
  };
}

function placeOf(name: string, { placesOf }: Pick<CatalogInput, "placesOf">): string {
  const [first] = placesOf({ name, publicName: name, variant: "dockerfile" }, false).knownAs;
  return first ?? `ghcr.io/OWNER/${name}`;
}

/** What all images have by an input, or by one line of what the config file says of all, is no single image's problem. */
function withThoseOfAll(
  concerns: readonly Concern[],
  all: readonly DeclaredImage[],
  { config }: Pick<CatalogInput, "config">,
): readonly Concern[] {
  const placeOf = ({ problem: { at } }: Concern) => (at === undefined ? "an input" : JSON.stringify(at));
  const byPlace = Map.groupBy(
    concerns.filter(({ problem: { at } }) => at === undefined || (at.file === config.file && all.length > 1)),
    placeOf,
  );
  const isOfAll = (concern: Concern) => {
    const alike = byPlace.get(placeOf(concern)) ?? [];
    return new Set(alike.flatMap(({ images }) => images ?? [])).size === all.length;
  };
  return concerns.map((each) => (isOfAll(each) ? { problem: each.problem } : each));
}

/** Where a bake file can't be read, what is below its folder may be built as it says. */
function withImagesBelow(concern: Concern, unread: readonly BakeFolder[], declared: DeclaredImages): Concern {
  const at = unread.find(({ file }) => concern.images?.includes(file));
  if (at === undefined) return concern;
  const names = declared.images
    .filter(({ name, directory, bakeFiles }) =>
      declared.unplaced.has(name)
        ? !declared.concerns.some(({ images }) => images?.includes(name)) && bakeFiles.length === 0
        : bakeFiles.length === 0 && (directory === at.folder || isBelow(directory, at.folder)),
    )
    .map(({ name }) => name);
  return { ...concern, images: [...new Set([...(concern.images ?? []), ...names])] };
}

/** A mistake in the entry of an image that nobody finds may be what keeps it from being found: then others may be in its place. */
function entryConcerns(
  problems: CatalogInput["entryProblems"],
  { images, unplaced }: DeclaredImages,
): readonly Concern[] {
  return [...(problems ?? [])].flatMap(([entry, own]) => {
    const meant = images.filter(({ publicName, name }) => publicName === entry && !unplaced.has(name));
    const names = meant.length === 0 ? undefined : meant.map(({ name }) => name);
    return own.map((problem) => ({ problem, images: names }));
  });
}

/** Whether what an image is based on may be an image of a file that can't be read: it would be pushed to this very place. */
function mayBeUnread(
  unread: readonly BakeFolder[],
  { placesOf, movingTags }: Pick<CatalogInput, "placesOf" | "movingTags">,
): (image: Image) => boolean {
  if (unread.length === 0) return () => false;
  const isOwn = ({ reference: { repository, tag, digest } }: Image["bases"][number]) => {
    if (digest !== undefined) return false;
    const name = lastPart(repository);
    const image: ImageName = { name, publicName: name, variant: "dockerfile" };
    if (!namesIn(placesOf(image, false)).includes(repository)) return false;
    const read = attempt(() => tag === undefined || movingTags(image).has(tag));
    return "value" in read && read.value;
  };
  return ({ bases }) => bases.some(isOwn);
}

/** An image as one whose names may be others than those that are known. */
function hiddenImage(
  { image, knownAs, problems, unread }: ReadImage,
  { entryProblems, movingTags }: Pick<CatalogInput, "entryProblems" | "movingTags">,
): HiddenImage {
  const tags = attempt(() => movingTags(image));
  return {
    ...{ image, unread },
    isDoubtful: entryProblems?.has(image.publicName) === true || (knownAs.length === 0 && problems.length > 0),
    isMoving: (tag) => !("value" in tags) || tags.value.has(tag),
  };
}

/** What is remarked may be why there is a problem. */
function withRemarks(problem: UserError, remarks: readonly Remark[]): UserError {
  if (remarks.length === 0) return problem;
  const { message, at, cause } = problem;
  const more = remarks.map((each) => `; ${each.message}: ${each.hint}`).join("");
  return new UserError(message, { hint: `${problem.hint}${more}`, ...(at === undefined ? {} : { at }), cause });
}

/** Those that are meant, and the others. */
function divided<T>(all: readonly T[], isMeant: (each: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(isMeant), all.filter((each) => !isMeant(each))];
}

/** How many images are read at a time. */
const together = 64;

/** An image with its recipe, as far as it can be read, and the names by which others may know it. */
type ReadImage = ReadRecipe & Known;

interface Known extends ReadPlaces {
  /** Whether this run moves a tag of it; of an image whose tags are unknown, it may move any. */
  moves(tag: string): boolean;
}

async function readImage(
  image: DeclaredImage,
  reader: (image: DeclaredImage) => Promise<ReadRecipe>,
  input: CatalogInput,
): Promise<ReadImage> {
  const recipe = await attemptLater(() => reader(image));
  const places = input.placesOf(image, image.isRoot);
  const movingTags = attempt(() => input.movingTags(image));
  const [ofRecipe, ofTags] = [outcomes([recipe]), outcomes([movingTags])];
  const at = "problem" in recipe ? recipe.problem.at : undefined;
  return {
    ...("value" in recipe ? recipe.value : unreadRecipe(image, at)),
    ...places,
    moves: "value" in movingTags && !input.entryProblems?.has(image.publicName) ? isOneOf(movingTags.value) : anyTag,
    problems: [...ofRecipe.problems, ...places.problems, ...ofTags.problems],
  };
}

const anyTag = (): boolean => true;

function isOneOf(tags: ReadonlySet<string>): (tag: string) => boolean {
  return (tag) => tags.has(tag);
}

/** One that has a problem already: others may name it all the same. */
function withoutRecipe(image: DeclaredImage, input: CatalogInput): ReadImage {
  const places = input.placesOf(image, image.isRoot);
  return { ...unreadRecipe(image, undefined), ...places, moves: anyTag, problems: [] };
}

function unreadRecipe(image: DeclaredImage, at: SourceLocation | undefined): ReadRecipe {
  if (image.variant === "nix") {
    return { kind: "nix", image, reads: { kind: "paths", paths: [image.directory, image.nixFile].sort() } };
  }
  const file = at?.file ?? dockerfileCandidates(image)[0] ?? image.directory;
  return { kind: "dockerfile", image, dockerfilePath: file, dockerfile: unreadDockerfile(file, at) };
}

async function textsOf(
  uses: readonly NamedUse[],
  { root, files }: Pick<CatalogInput, "root" | "files">,
): Promise<ReadonlyMap<string, string>> {
  const paths = [...new Set(uses.map(({ at }) => at.file))];
  const textOf = async (path: string) => {
    // An input names no file.
    const read = await attemptLater(() => files.read(posix.join(root, path)));
    return [path, "value" in read ? new TextDecoder().decode(read.value) : ""] as const;
  };
  return new Map(await mapped(paths, textOf, together));
}

/** What names mean, and which there are. */
interface Names {
  readonly owners: Owners;
  readonly own: OwnNames;
  readonly images: readonly NamedImage[];
  readonly isOwnPlace: IsOwnPlace;
}

/** Where something is unknown of the images that there are, what names none of them may be one. */
function ownPlaces(
  images: readonly ReadImage[],
  { unread }: { readonly unread: readonly BakeFolder[] },
  input: CatalogInput,
): IsOwnPlace {
  // Of one image by hand, nobody looked for the others.
  if (unread.length > 0 || input.byHand !== undefined) return () => false;
  const unplaced = new Set(
    images.flatMap(({ image, knownAs }) => (knownAs.length === 0 ? [image.publicName.toLowerCase()] : [])),
  );
  const isOwn = ownPlaceTest(input);
  return (repository) => isOwn(repository) && !unplaced.has(lastPart(repository));
}

interface Connected {
  readonly image: Image;
  /** Edges that it may have beside its own. */
  readonly possible: readonly ParentEdge[];
  readonly nearMisses: readonly NearMiss[];
  readonly namesakes: readonly Namesake[];
  readonly absent: readonly AbsentImage[];
  readonly problems: readonly UserError[];
}

/** Finds what an image takes from others; where that can't be told, what else can. */
async function connect(
  read: ReadImage,
  known: ReadonlyMap<string, ReadImage>,
  names: Names,
  input: CatalogInput,
): Promise<Connected> {
  // What is wrong with the others has been told.
  const there = (edges: readonly ParentEdge[]) => edges.filter(({ parent }) => known.has(parent));
  const nothing = { possible: [], nearMisses: [], namesakes: [], absent: [], problems: [] };
  if (read.kind === "nix") return { ...nothing, image: nixImage(read, there(dependsEdges(read.image))) };
  const whole = await attemptLater(() => connectDockerfile(read, read.dockerfile, known, names, input));
  if ("value" in whole) return whole.value;
  const { problems } = outcomes([whole]);
  const rest = await attemptLater(() => connectDockerfile(read, withoutBases(read.dockerfile), known, names, input));
  if ("value" in rest) return { ...nothing, image: rest.value.image, problems };
  const needs: Needs = { stages: [], uses: [], unsettled: [] };
  const parents = there(saidEdges(read.image, unreadDockerfile(read.dockerfilePath), needs, []));
  return { ...nothing, image: dockerfileImage(read, needs, parents, []), problems };
}

/** @throws UserError, or `Problems`. */
async function connectDockerfile(
  read: ReadDockerfile & Known,
  dockerfile: Dockerfile,
  known: ReadonlyMap<string, ReadImage>,
  names: Names,
  input: CatalogInput,
): Promise<Connected> {
  const { image } = read;
  const there = (edges: readonly ParentEdge[]) => edges.filter(({ parent }) => known.has(parent));
  const moves = ({ name }: ImageName, tag: string) => known.get(name)?.moves(tag) === true;
  const naming: Naming = { contexts: image.contexts, owners: names.owners, moves };
  const choices = { ...image, buildArgs: input.argumentsOf(image) };
  const needs = await inTurns(needing(dockerfile, choices, surroundings(naming, known)));
  const edges = edgesOf(needs.uses, naming);
  const parents = [...edges.parents, ...saidEdges(image, dockerfile, needs, edges.parents)];
  // Of what may be, only what is here counts.
  const possible = needs.unsettled.length === 0 ? [] : await possibleUses(dockerfile, choices, needs.unsettled);
  const isSound = edges.problems.length === 0;
  const elsewhere = isSound ? namesakes([...needs.uses, ...possible], image, naming, names.own) : [];
  const unclear = needs.uses.filter((use) => {
    const { at, text } = namedBy(use, naming);
    return !elsewhere.some((each) => at === each.at && text === each.text);
  });
  const misses = isSound ? nearMisses(unclear, image, dockerfile, naming, names.images) : [];
  const others = unclear.filter((use) => !misses.some((miss) => miss.use === use));
  return {
    image: dockerfileImage(read, needs, there(parents), edges.bases),
    possible: edgesOf(possible, naming).parents,
    nearMisses: misses,
    namesakes: elsewhere,
    absent: isSound ? absentImages(others, naming, names.isOwnPlace, input) : [],
    problems: edges.problems,
  };
}

/** What named contexts and the parents' ONBUILD put into an image's Dockerfile. */
function surroundings(naming: Naming, known: ReadonlyMap<string, ReadImage>): Surroundings {
  return {
    isContext: (name) => naming.contexts.has(name),
    triggersOf: (base) => {
      const meaning = attempt(() => meaningOf(base, naming));
      const parent = "value" in meaning && meaning.value.kind === "parent" ? known.get(meaning.value.name) : undefined;
      return parent?.kind === "dockerfile" ? triggersOf(parent.dockerfile, parent.image) : [];
    },
  };
}

function dockerfileImage(
  read: ReadDockerfile & Known,
  needs: Needs,
  parents: readonly ParentEdge[],
  bases: Image["bases"],
): Image {
  const { image, dockerfilePath, dockerfile } = read;
  const edges = new Set(parents.map(({ contextName }) => contextName));
  const contexts = [...image.contexts.values()].flatMap(({ to }) =>
    to.kind === "image" || edges.has(to.name) ? [] : [to],
  );
  return {
    ...common(read),
    variant: "dockerfile",
    dockerfilePath,
    dockerfile,
    context: image.context,
    target: image.target,
    contexts: contexts.sort((a, b) => (a.name < b.name ? -1 : 1)),
    parents,
    bases,
    unsettled: needs.unsettled,
  };
}

function nixImage(read: ReadNix & Known, parents: readonly ParentEdge[]): Image {
  const { nixFile } = read.image;
  const nothing = { contexts: [], bases: [], unsettled: [] };
  return { ...common(read), variant: "nix", nixFile, reads: read.reads, parents, ...nothing };
}

function common({ image, ...places }: ReadImage) {
  const { name, publicName, directory, publish, platforms, buildArgs, inputArguments } = image;
  const { labels, annotations, watch, bakeFiles } = image;
  const repositories = publish ? places.knownAs : [];
  return {
    ...{ name, publicName, directory, repositories, knownAs: namesIn(places) },
    ...{ platforms, buildArgs, inputArguments, labels, annotations, watch, bakeFiles },
  };
}

function allExcluded(directories: readonly RepositoryPath[]): UserError {
  return new UserError(`"path" excludes every directory that holds an image: ${someOf(directories)}`, {
    hint: "take an exclusion (!GLOB) out, or write behind it what it is not to exclude: the last glob that matches counts",
  });
}

async function noneFound(
  excluded: readonly RepositoryPath[],
  { root, files, globs, rootName }: CatalogInput,
  configFile: RepositoryPath,
): Promise<UserError> {
  if (excluded.length > 0) return allExcluded(excluded);
  const around = async (hidden: boolean) =>
    whatToWrite(await lookAround(root, files, { hidden }), { rootName, configFile });
  return noImages(globs, (await around(false)) ?? (await around(true)));
}

function noImages(globs: readonly string[], write: string | undefined): UserError {
  const looked = placesToLook(globs).join(", ");
  return new UserError(
    `no directory holds a Dockerfile, a Containerfile, a default.nix or a bake file: looked in ${looked}`,
    {
      hint:
        write ??
        'put each image into a directory such as images/NAME, name the directories with "path", or check that the repository is checked out',
    },
  );
}
