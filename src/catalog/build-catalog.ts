/** What was found, the config file and the Dockerfiles, joined into the graph of images. */
import { posix } from "node:path";
import { throwProblems, UserError } from "../errors.ts";
import type { Repository } from "../oci/reference.ts";
import { inTurns, mapped } from "../pause.ts";
import { attempt, attemptLater, outcomes } from "./attempt.ts";
import { fileTargetNamed } from "./bake/file-targets.ts";
import type { Catalog, Image, ImageName, ParentEdge } from "./catalog.ts";
import { type CatalogConfig, usualConfigFile } from "./config.ts";
import { declareImages, type SharedInputs } from "./declared-images.ts";
import { placesToLook } from "./discover.ts";
import { edgesOf, meaningOf, type Naming } from "./edges.ts";
import { type FindInput, findImages } from "./find-images.ts";
import type { FoundImage } from "./found-image.ts";
import { lookAround, whatToWrite } from "./look-around.ts";
import { type Namesake, namesakeRemarks, namesakes, type OwnNames, ownNames } from "./namesakes.ts";
import { type NearMiss, nearMisses, nearMissRemarks } from "./near-misses.ts";
import { aliasCollisions, type NamedImage, type Owners, ownersOf } from "./owners.ts";
import { possibleUses, tooManyUnsettled, withPossibleEdges } from "./possible-bases.ts";
import { type ReadDockerfile, type ReadNix, type ReadRecipe, recipeReader } from "./recipes.ts";
import type { CatalogRemark } from "./remark.ts";
import { dependsEdges, namingUnknown, saidEdges, unknownImages } from "./said-edges.ts";
import { type Needs, needing, type Surroundings, triggersOf } from "./stages.ts";
import { topologicalOrder } from "./topological-order.ts";

export interface CatalogInput extends Omit<FindInput, "entryPaths" | "configFile"> {
  readonly config: CatalogConfig;
  readonly inputs: SharedInputs;
  /** Where an image is, or would be, pushed. @throws UserError */
  repositoriesOf(image: ImageName, isRoot: boolean): readonly Repository[];
  /** Further names by which references mean it. @throws UserError */
  aliasesOf(image: ImageName, isRoot: boolean): readonly Repository[];
  /** The forge's own registry, where images of other repositories are that this one may be a fork of. */
  readonly forgeHost: string;
  /** An image's build arguments with the values that they will have. @throws UserError */
  argumentsOf(image: ImageName & Pick<Image, "platforms" | "buildArgs">): Readonly<Record<string, string>>;
  /** The tags of an image that follow what this run publishes: `latest`, the branch. */
  movingTags(image: ImageName): ReadonlySet<string>;
}

export interface BuiltCatalog extends Catalog {
  readonly remarks: readonly CatalogRemark[];
  /** What bake files say of images, before anything else is said of these. */
  readonly baked: readonly FoundImage[];
}

/**
 * Finds all images of a repository and what they build on.
 * @throws UserError for one problem, `Problems` for several: nothing found, a file that can't be read or understood, names
 *   that clash, a cycle.
 */
export async function buildCatalog(input: CatalogInput): Promise<BuiltCatalog> {
  const { problems, ...built } = await readableCatalog(input);
  throwProblems(problems);
  return built;
}

/**
 * The images that are in order, with the problems of the others. What the config file of another commit says of files that are
 * gone is no problem of this one.
 */
export async function readableCatalog(
  input: CatalogInput,
): Promise<BuiltCatalog & { readonly problems: readonly UserError[] }> {
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
  const isTroubled = (name: string) => declared.troubled.has(name) || found.isTroubled(name);
  const problems = [
    ...found.problems,
    ...declared.problems,
    ...unknownImages(declared.images, isTroubled, found.fileTargets),
  ];
  if (declared.images.length === 0 && problems.length === 0) {
    problems.push(
      noImages(
        input.globs,
        whatToWrite(await lookAround(input.root, input.files), { rootName: input.rootName, configFile }),
      ),
    );
  }
  const reader = recipeReader(input);
  const readImage = async (image: (typeof declared.images)[number]): Promise<ReadImage> => {
    const recipe = await reader(image);
    const { isRoot } = image;
    return { ...recipe, knownAs: input.repositoriesOf(image, isRoot), aliases: input.aliasesOf(image, isRoot) };
  };
  const read = outcomes(await mapped(declared.images, (image) => attemptLater(() => readImage(image)), together));
  const known = new Map(read.values.map((each) => [each.image.name, each]));
  const owners = ownersOf(read.values);
  problems.push(...aliasCollisions(read.values, owners));
  const names = { owners, own: ownNames(read.values, input.forgeHost), images: read.values };
  const connected = outcomes(
    await mapped(read.values, (each) => attemptLater(() => connect(each, known, names, input))),
  );
  const possible = connected.values.flatMap(({ image, possible: edges }) =>
    edges.length === 0 ? [] : [[image.name, edges] as const],
  );
  // What images of one name make of each other is no problem more.
  const [clashing, images] = divided(
    connected.values.map(({ image }) => image),
    ({ name }) => declared.clashing.has(name),
  );
  problems.push(...tooManyUnsettled(images));
  const ordered = topologicalOrder(withPossibleEdges(images, new Map(possible)));
  const unread = read.problems.map((problem) => withRemarks(problem, found.remarks));
  // One image given by hand may be another one than is meant, whatever is wrong with it.
  const explained = (all: readonly UserError[]) =>
    input.byHand === undefined ? all : all.map((problem) => withRemarks(problem, found.remarks));
  const unknown = new Set(namingUnknown(declared.images));
  const elsewhere = connected.values.flatMap((each) => each.namesakes);
  const misses = connected.values.flatMap((each) => each.nearMisses);
  return {
    baked: found.baked,
    images: [...ordered.images, ...clashing].filter(({ name }) => !unknown.has(name)),
    fileTargets: found.fileTargets,
    remarks: [...found.remarks, ...(await namesakesFound(elsewhere, input)), ...nearMissRemarks(misses)],
    problems: [...explained(problems), ...eachOnce([...unread, ...explained(connected.problems)]), ...ordered.problems],
  };
}

function placeOf(name: string, { repositoriesOf }: Pick<CatalogInput, "repositoriesOf">): string {
  const read = attempt(() => repositoriesOf({ name, publicName: name, variant: "dockerfile" }, false));
  const [first] = "value" in read ? read.value : [];
  return first ?? `ghcr.io/OWNER/${name}`;
}

/** What is remarked may be why there is a problem. */
function withRemarks(problem: UserError, remarks: readonly CatalogRemark[]): UserError {
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

/** An image with its recipe, and the names by which others may mean it. */
type ReadImage = ReadRecipe & Known;

type Known = Pick<NamedImage, "knownAs" | "aliases">;

async function namesakesFound(
  all: readonly Namesake[],
  { root, files }: Pick<CatalogInput, "root" | "files">,
): Promise<readonly CatalogRemark[]> {
  const paths = [...new Set(all.map(({ at }) => at.file))];
  const textOf = async (path: string) => {
    // An input names no file.
    const read = await attemptLater(() => files.read(posix.join(root, path)));
    return [path, "value" in read ? new TextDecoder().decode(read.value) : ""] as const;
  };
  return namesakeRemarks(all, new Map(await mapped(paths, textOf, together)));
}

/** What names mean, and which there are. */
interface Names {
  readonly owners: Owners;
  readonly own: OwnNames;
  readonly images: readonly NamedImage[];
}

interface Connected {
  readonly image: Image;
  /** Edges that it may have beside its own. */
  readonly possible: readonly ParentEdge[];
  readonly nearMisses: readonly NearMiss[];
  readonly namesakes: readonly Namesake[];
}

/** Finds what an image takes from others. @throws UserError, or `Problems`. */
async function connect(
  read: ReadImage,
  known: ReadonlyMap<string, ReadImage>,
  { owners, own, images }: Names,
  input: CatalogInput,
): Promise<Connected> {
  // What is wrong with the others has been told.
  const there = (edges: readonly ParentEdge[]) => edges.filter(({ parent }) => known.has(parent));
  if (read.kind === "nix") {
    const image = nixImage(read, there(dependsEdges(read.image)));
    return { image, possible: [], nearMisses: [], namesakes: [] };
  }
  const { image, dockerfile } = read;
  const naming: Naming = { contexts: image.contexts, owners, movingTags: input.movingTags };
  const choices = { ...image, buildArgs: input.argumentsOf(image) };
  const needs = await inTurns(needing(dockerfile, choices, surroundings(naming, known)));
  const edges = edgesOf(needs.uses, naming);
  throwProblems(edges.problems);
  const parents = [...edges.parents, ...saidEdges(image, dockerfile, needs, edges.parents)];
  // Of what may be, only what is here counts.
  const possible = needs.unsettled.length === 0 ? [] : await possibleUses(dockerfile, choices, needs.unsettled);
  const elsewhere = namesakes([...needs.uses, ...possible], image, naming, own);
  const unclear = needs.uses.filter((use) => !elsewhere.some(({ at, text }) => at === use.at && text === use.text));
  return {
    image: dockerfileImage(read, needs, there(parents), edges.bases),
    possible: edgesOf(possible, naming).parents,
    nearMisses: nearMisses(unclear, image, dockerfile, naming, images),
    namesakes: elsewhere,
  };
}

/** What named contexts and the parents' ONBUILD put into an image's Dockerfile. */
function surroundings(naming: Naming, known: ReadonlyMap<string, ReadImage>): Surroundings {
  return {
    isContext: (name) => naming.contexts.has(name),
    triggersOf: (base) => {
      const meaning = attempt(() => meaningOf(base, naming));
      const parent = "value" in meaning && meaning.value.kind === "parent" ? known.get(meaning.value.name) : undefined;
      return parent?.kind === "dockerfile" ? triggersOf(parent.dockerfile, parent.image.target) : [];
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

function common({ image, knownAs: own, aliases }: ReadImage) {
  const { name, publicName, directory, publish, platforms, buildArgs, inputArguments } = image;
  const { labels, annotations, watch, bakeFiles } = image;
  const repositories = publish ? own : [];
  return {
    ...{ name, publicName, directory, repositories, knownAs: [...new Set([...own, ...aliases])] },
    ...{ platforms, buildArgs, inputArguments, labels, annotations, watch, bakeFiles },
  };
}

/** Several images may share the Dockerfile, or the line of an input, that has a problem. */
function eachOnce(problems: readonly UserError[]): readonly UserError[] {
  return [...new Map(problems.map((each) => [JSON.stringify([each.at, each.message]), each])).values()];
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
