/** What was found, the config file and the Dockerfiles, joined into the graph of images. */
import { posix } from "node:path";
import { throwProblems, UserError } from "../errors.ts";
import type { Repository } from "../oci/reference.ts";
import { attempt, attemptLater, outcomes } from "./attempt.ts";
import { bounded } from "./bounded.ts";
import type { Catalog, CatalogNote, Image, ParentEdge, RepositoryPath } from "./catalog.ts";
import type { CatalogConfig } from "./config.ts";
import { type DeclaredImage, declareImages, dockerfileCandidates, type SharedInputs } from "./declared-images.ts";
import { defaultGlobs } from "./discover.ts";
import { type Dockerfile, readDockerfile } from "./dockerfile.ts";
import { edgesOf, meaningOf, type Naming, type Owners } from "./edges.ts";
import { type FindInput, findImages } from "./find-images.ts";
import { saidEdges, unknownImages } from "./said-edges.ts";
import { type Needs, neededStages, type Surroundings, triggersOf } from "./stages.ts";
import { topologicalOrder } from "./topological-order.ts";

export interface CatalogInput extends FindInput {
  readonly config: CatalogConfig;
  readonly inputs: SharedInputs;
  /** Where an image is, or would be, pushed. @throws UserError */
  repositoriesOf(name: string, isRoot: boolean): readonly Repository[];
  /** An image's build arguments with the values that they will have. @throws UserError */
  argumentsOf(image: Pick<Image, "name" | "platforms" | "buildArgs">): Readonly<Record<string, string>>;
  /** The tags of an image that follow what this run publishes: `latest`, the branch. */
  movingTags(name: string): ReadonlySet<string>;
}

export interface BuiltCatalog extends Catalog {
  /** What was found and isn't served; to be shown as warnings. */
  readonly notes: readonly CatalogNote[];
}

const reads = 32;

/**
 * Finds all images of a repository and what they build on.
 * @throws UserError for one problem, `Problems` for several: nothing found, a file that can't be read or understood, names
 *   that clash, a cycle.
 */
export async function buildCatalog(input: CatalogInput): Promise<BuiltCatalog> {
  const found = await findImages(input);
  const declared = declareImages(found.images, input.config, input.inputs, input.rootName);
  const problems = [...found.problems, ...declared.problems, ...unknownImages(declared.images)];
  if (declared.images.length === 0 && problems.length === 0) problems.push(noImages(input.globs, found.notes));
  const reader = dockerfileReader(input);
  const read = outcomes(
    await Promise.all(declared.images.map((image) => attemptLater(() => readImage(image, reader, input)))),
  );
  const known = new Map(read.values.map((each) => [each.image.name, each]));
  const owners = new Map(
    read.values.flatMap(({ image, knownAs }) => knownAs.map((each) => [each, image.name] as const)),
  );
  const connected = outcomes(read.values.map((each) => attempt(() => connect(each, known, owners, input))));
  const ordered = topologicalOrder(connected.values);
  throwProblems([...problems, ...eachOnce([...read.problems, ...connected.problems]), ...ordered.problems]);
  return { images: ordered.images, notes: found.notes };
}

interface ReadImage {
  readonly image: DeclaredImage;
  readonly dockerfilePath: RepositoryPath;
  readonly dockerfile: Dockerfile;
  readonly knownAs: readonly Repository[];
}

async function readImage(image: DeclaredImage, reader: Reader, input: CatalogInput): Promise<ReadImage> {
  const { path, dockerfile } = await reader(image);
  return { image, dockerfilePath: path, dockerfile, knownAs: input.repositoriesOf(image.name, image.isRoot) };
}

/** Finds what an image takes from others. @throws UserError, or `Problems`. */
function connect(read: ReadImage, known: ReadonlyMap<string, ReadImage>, owners: Owners, input: CatalogInput): Image {
  const { image, dockerfile } = read;
  const naming: Naming = { contexts: image.contexts, owners, movingTags: input.movingTags };
  const needs = neededStages(
    dockerfile,
    { ...image, buildArgs: input.argumentsOf(image) },
    surroundings(naming, known),
  );
  const edges = edgesOf(needs.uses, naming);
  throwProblems(edges.problems);
  const parents = [...edges.parents, ...saidEdges(image, dockerfile, needs, edges.parents)];
  // What is wrong with the others has been told.
  const there = parents.filter(({ parent }) => known.has(parent));
  return imageOf(read, needs, there, edges.bases);
}

/** What named contexts and the parents' ONBUILD put into an image's Dockerfile. */
function surroundings(naming: Naming, known: ReadonlyMap<string, ReadImage>): Surroundings {
  return {
    isContext: (name) => naming.contexts.has(name),
    triggersOf: (base) => {
      const meaning = attempt(() => meaningOf(base, naming));
      const parent = "value" in meaning && meaning.value.kind === "parent" ? known.get(meaning.value.name) : undefined;
      return parent === undefined ? [] : triggersOf(parent.dockerfile, parent.image.target);
    },
  };
}

function imageOf(
  { image, dockerfilePath, dockerfile, knownAs }: ReadImage,
  needs: Needs,
  parents: readonly ParentEdge[],
  bases: Image["bases"],
): Image {
  const { name, directory, context, target, platforms, buildArgs, publish, labels, annotations, watch, bakeFiles } =
    image;
  const edges = new Set(parents.map(({ contextName }) => contextName));
  const contexts = [...image.contexts.values()].flatMap(({ to }) =>
    to.kind === "image" || edges.has(to.name) ? [] : [to],
  );
  return {
    name,
    directory,
    repositories: publish ? knownAs : [],
    knownAs,
    dockerfilePath,
    dockerfile,
    context,
    target,
    platforms,
    buildArgs,
    contexts: contexts.sort((a, b) => (a.name < b.name ? -1 : 1)),
    labels,
    annotations,
    watch,
    bakeFiles,
    parents,
    bases,
    unsettled: needs.unsettled,
  };
}

type Reader = (image: DeclaredImage) => Promise<{ readonly path: RepositoryPath; readonly dockerfile: Dockerfile }>;

/** Several images may have one Dockerfile: it is read once. */
function dockerfileReader({ root, files }: Pick<CatalogInput, "root" | "files">): Reader {
  const known = new Map<RepositoryPath, Promise<Dockerfile | undefined>>();
  const fetch = bounded(reads, (path: RepositoryPath) => files.read(posix.join(root, path)));
  const parse = async (path: RepositoryPath): Promise<Dockerfile | undefined> => {
    const bytes = await fetch(path);
    return bytes === undefined ? undefined : readDockerfile(bytes, path);
  };
  return async (image) => {
    const candidates = dockerfileCandidates(image);
    for (const path of candidates) {
      const reading = known.get(path) ?? parse(path);
      known.set(path, reading);
      const dockerfile = await reading;
      if (dockerfile !== undefined) return { path, dockerfile };
    }
    throw new UserError(`the image "${image.name}" has no Dockerfile: ${candidates.join(", ")} is not there`, {
      hint: 'say which it is with "file", in the image\'s entry of the config file or as an input',
      at: { file: candidates[0] ?? image.directory },
    });
  };
}

/** Several images may share the Dockerfile, or the line of an input, that has a problem. */
function eachOnce(problems: readonly UserError[]): readonly UserError[] {
  return [...new Map(problems.map((each) => [JSON.stringify([each.at, each.message]), each])).values()];
}

function noImages(globs: readonly string[], notes: readonly CatalogNote[]): UserError {
  const looked = (globs.length === 0 ? defaultGlobs : globs).join(", ");
  const unread = notes.map((note) => `; ${note.message}`).join("");
  return new UserError(
    `no directory holds a Dockerfile, a Containerfile or a bake file: looked in ${looked}${unread}`,
    {
      hint: 'put each image into a directory such as images/NAME, name the directories with "path", or check that the repository is checked out',
    },
  );
}
