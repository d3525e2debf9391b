import { bounded } from "../catalog/bounded.ts";
import type { Image, RepositoryPath } from "../catalog/catalog.ts";
import type { Files } from "../ports.ts";
import { type Ignore, ignoresNothing, readIgnore } from "./ignore.ts";

/** The ignore file in force for an image. */
export interface IgnoreFile {
  /** `undefined` where there is none. */
  readonly path: RepositoryPath | undefined;
  readonly ignore: Ignore;
}

/** By name of the image. */
export type IgnoreFiles = ReadonlyMap<string, IgnoreFile>;

export const noIgnoreFile: IgnoreFile = { path: undefined, ignore: ignoresNothing };

const reads = 32;

/** Reads the ignore files in force, as the working tree has them: the build goes by those. */
export async function readIgnoreFiles(
  images: readonly Image[],
  workspace: string,
  files: Pick<Files, "read">,
): Promise<IgnoreFiles> {
  const read = bounded(reads, async (path: RepositoryPath) => files.read(`${workspace}/${path}`));
  const known = new Map<RepositoryPath, Promise<IgnoreFile | undefined>>();
  const once = (path: RepositoryPath) => {
    const found = known.get(path) ?? read(path).then((bytes) => bytes && { path, ignore: readIgnore(bytes) });
    known.set(path, found);
    return found;
  };
  const inForce = async (image: Image): Promise<IgnoreFile> => {
    const { own, shared } = ignorePaths(image);
    return (await once(own)) ?? (await once(shared)) ?? noIgnoreFile;
  };
  return new Map(await Promise.all(images.map(async (image) => [image.name, await inForce(image)] as const)));
}

/** Where an image's ignore file may be: the Dockerfile's own, which goes before, and the context's. */
export function ignorePaths({ dockerfilePath, context }: Image): {
  readonly own: RepositoryPath;
  readonly shared: RepositoryPath;
} {
  return {
    own: `${dockerfilePath}.dockerignore`,
    shared: context === "." ? ".dockerignore" : `${context}/.dockerignore`,
  };
}
