/** Discovery, the config file and the Dockerfiles, joined into the graph of images. */
import { posix } from "node:path";
import { Problems, throwProblems, UserError } from "../errors.ts";
import type { Repository } from "../oci/reference.ts";
import type { Files } from "../ports.ts";
import { bounded } from "./bounded.ts";
import type { Catalog, CatalogNote, Image, RepositoryPath } from "./catalog.ts";
import type { CatalogConfig } from "./config.ts";
import { type DeclaredImage, declareImages, dockerfileCandidates, type SharedInputs } from "./declared-images.ts";
import { defaultGlobs, discover } from "./discover.ts";
import { type Dockerfile, readDockerfile } from "./dockerfile.ts";
import { edgesOf } from "./edges.ts";
import { type Needs, neededStages } from "./stages.ts";
import { topologicalOrder } from "./topological-order.ts";

export interface CatalogInput {
  /** The checkout, absolute. */
  readonly root: string;
  readonly files: Pick<Files, "list" | "read">;
  /** Globs of directories; empty: the default ones. */
  readonly globs: readonly string[];
  /** The name of the image at the root: the repository's. */
  readonly rootName: string;
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
  const { found, notes, problems: discoveryProblems } = await discover(input.root, input.globs, input.files);
  const declared = declareImages(found, input.config, input.inputs, input.rootName);
  const problems = [...discoveryProblems, ...declared.problems];
  if (declared.images.length === 0 && problems.length === 0) problems.push(noImages(input.globs, notes));
  const reader = dockerfileReader(input);
  const read = await Promise.all(declared.images.map((image) => attempt(() => readImage(image, reader, input))));
  const images = read.flatMap((each) => (each instanceof UserError ? [] : [each]));
  problems.push(...problemsOf(read.filter((each) => each instanceof UserError)));
  const owners = new Map(images.flatMap(({ image, knownAs }) => knownAs.map((each) => [each, image.name] as const)));
  const ordered = topologicalOrder(
    images.map((each) => {
      const edges = edgesOf(each.needs.uses, owners, input.movingTags);
      problems.push(...edges.problems);
      return imageOf(each, edges);
    }),
  );
  throwProblems([...problems, ...ordered.problems]);
  return { images: ordered.images, notes };
}

interface ReadImage {
  readonly image: DeclaredImage;
  readonly dockerfilePath: RepositoryPath;
  readonly dockerfile: Dockerfile;
  readonly needs: Needs;
  readonly knownAs: readonly Repository[];
}

async function readImage(image: DeclaredImage, reader: Reader, input: CatalogInput): Promise<ReadImage> {
  const { path, dockerfile } = await reader(image);
  return {
    image,
    dockerfilePath: path,
    dockerfile,
    needs: neededStages(dockerfile, { ...image, buildArgs: input.argumentsOf(image) }),
    knownAs: input.repositoriesOf(image.name, image.isRoot),
  };
}

function imageOf(read: ReadImage, { parents, bases }: Pick<Image, "parents" | "bases">): Image {
  const { name, directory, context, target, platforms, buildArgs, publish } = read.image;
  return {
    name,
    directory,
    repositories: publish ? read.knownAs : [],
    knownAs: read.knownAs,
    dockerfilePath: read.dockerfilePath,
    dockerfile: read.dockerfile,
    context,
    target,
    platforms,
    buildArgs,
    parents,
    bases,
    unsettled: read.needs.unsettled,
  };
}

type Reader = (image: DeclaredImage) => Promise<{ readonly path: RepositoryPath; readonly dockerfile: Dockerfile }>;

/** Several images may have one Dockerfile: it is read once. */
function dockerfileReader({ root, files }: CatalogInput): Reader {
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
      hint: 'say which it is with "file" in the image\'s entry of the config file',
      at: { file: candidates[0] ?? image.directory },
    });
  };
}

async function attempt<T>(action: () => Promise<T>): Promise<T | UserError> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** Each once, though several images share the Dockerfile, or the line of an input, that has it. */
function problemsOf(errors: readonly UserError[]): readonly UserError[] {
  const all = errors.flatMap((error) => (error instanceof Problems ? error.problems : [error]));
  return [...new Map(all.map((each) => [JSON.stringify([each.at, each.message]), each])).values()];
}

function noImages(globs: readonly string[], notes: readonly CatalogNote[]): UserError {
  const looked = (globs.length === 0 ? defaultGlobs : globs).join(", ");
  const unread = notes.map((note) => `; ${note.message}`).join("");
  return new UserError(`no directory holds a Dockerfile or Containerfile: looked in ${looked}${unread}`, {
    hint: 'put each image into a directory such as images/NAME, name the directories with "path", or check that the repository is checked out',
  });
}
