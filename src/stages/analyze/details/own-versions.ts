/** Reads versions from an image's own files, for rules of `type=version`. */
import { posix } from "node:path";
import { bakeNames, isBakeName } from "../../../catalog/bake/bake-files.ts";
import type { BakeFolder } from "../../../catalog/bake/print.ts";
import type { Image, NixImage } from "../../../catalog/catalog.ts";
import { readDockerfileInTurns } from "../../../catalog/dockerfile/dockerfile.ts";
import { argumentValue, labelValue } from "../../../catalog/dockerfile/dockerfile-values.ts";
import { firstLine, nixVersion, packageVersion } from "../../../catalog/dockerfile/written-version.ts";
import { messageOf, UserError } from "../../../errors.ts";
import type { RepositoryPath } from "../../../model/repository-path.ts";
import { directoryOf, joinPath, lastPart, repositoryPath } from "../../../model/repository-path.ts";
import type { Files } from "../../../ports.ts";
import { formatVersionSource, type VersionSource } from "../../../tags/versions/version-source.ts";

export interface VersionReader {
  /** The checkout, absolute. */
  readonly root: string;
  readonly files: Pick<Files, "read" | "list">;
  /** What the variables of a bake file hold. */
  readonly variablesOf: (at: BakeFolder) => Promise<ReadonlyMap<string, string>>;
}

/**
 * What the sources hold for an image, by `formatVersionSource`; those that aren't there are left out. What the Dockerfile
 * beside a Nix file says counts only where the Nix file is silent.
 * @throws UserError for a file that lies outside the repository, is a symlink, is too long or can't be understood.
 */
export async function ownVersions(
  sources: readonly VersionSource[],
  image: Image,
  reader: VersionReader,
): Promise<ReadonlyMap<string, string>> {
  const isNix = image.variant === "nix" && sources.some(({ kind }) => kind === "nix");
  const ofNix = isNix ? await ownVersion({ kind: "nix" }, image, reader) : undefined;
  const asked = sources.filter(({ kind }) => ofNix === undefined || (kind !== "arg" && kind !== "label"));
  const found = await Promise.all(
    asked.map(async (source) => [formatVersionSource(source), await ownVersion(source, image, reader)] as const),
  );
  return new Map(found.flatMap(([key, version]) => (version === undefined ? [] : [[key, version] as const])));
}

async function ownVersion(source: VersionSource, image: Image, reader: VersionReader): Promise<string | undefined> {
  switch (source.kind) {
    case "arg":
    case "label": {
      const of = image.variant === "dockerfile" ? image : await dockerfileBeside(image, reader);
      const read = source.kind === "arg" ? argumentValue : labelValue;
      return of && read(of.dockerfile, of, source.name);
    }
    case "file":
      return (await beside(image, source.name, longestLine, reader, firstLine))?.value;
    case "nix":
      return (await beside(image, nixFileOf(image), longestFile, reader, nixVersion))?.value;
    case "package.json":
      return (await beside(image, "package.json", longestFile, reader, packageVersion))?.value;
    case "bake":
      return (await variablesAbove(image, reader))?.get(source.name);
  }
}

function nixFileOf(image: Image): string {
  return image.variant === "nix" ? lastPart(image.nixFile) : "default.nix";
}

/** The Dockerfile of the other variant. */
async function dockerfileBeside(image: NixImage, { root, files }: VersionReader) {
  for (const name of ["Dockerfile", "Containerfile"]) {
    const path = joinPath(image.directory, name);
    const bytes = await files.read(posix.join(root, path));
    if (bytes !== undefined)
      return { dockerfile: await readDockerfileInTurns(bytes, path), target: undefined, platforms: [], buildArgs: {} };
  }
  return undefined;
}

const longestLine = 65_536;
const longestFile = 4_194_304;

/** Those of the bake file in the image's directory, or in the next folder above that has one. */
async function variablesAbove({ directory, bakeFiles }: Image, { root, files, variablesOf }: VersionReader) {
  const [own] = bakeFiles;
  if (own !== undefined && !isBakeName(own))
    return variablesOf({ folder: directoryOf(own), file: own, named: bakeFiles });
  for (let folder = directory; ; folder = directoryOf(folder)) {
    const entries = await files.list(posix.join(root, folder));
    const name = bakeNames.find((each) => entries?.some((entry) => entry.name === each && entry.kind === "file"));
    if (name !== undefined) return variablesOf({ folder, file: joinPath(folder, name) });
    if (folder === ".") return undefined;
  }
}

/** Reads a file of the image's directory, else of its build context, and takes from it what `read` finds. */
async function beside(
  image: Image,
  name: string,
  longest: number,
  reader: VersionReader,
  read: (text: string) => string | undefined,
): Promise<{ readonly value: string | undefined } | undefined> {
  const { directory } = image;
  for (const folder of new Set([directory, image.variant === "nix" ? directory : image.context])) {
    const path = repositoryPath(joinPath(folder, name));
    const bytes = await insideFile(path, reader);
    if (bytes === undefined) continue;
    if (bytes.length > longest) {
      throw new UserError(`${path} is too long to hold a version: ${bytes.length} bytes`, {
        hint: `name a file of at most ${longest} bytes in from=`,
        at: { file: path },
      });
    }
    return { value: understood(path, () => read(new TextDecoder().decode(bytes))) };
  }
  return undefined;
}

/** A symlink could lead to any file of this machine, whose first line would then become a public tag. */
async function insideFile(path: RepositoryPath, { root, files }: VersionReader): Promise<Uint8Array | undefined> {
  const parts = path.split("/");
  for (const [index, part] of parts.entries()) {
    const entries = await files.list(posix.join(root, ...parts.slice(0, index)));
    const entry = entries?.find(({ name }) => name === part);
    if (entry === undefined) return undefined;
    if (entry.kind === "symlink") {
      throw new UserError(`${parts.slice(0, index + 1).join("/")} is a symlink, and no version is read through one`, {
        hint: "name the file that it leads to in from=, such as from=file:../../VERSION",
        at: { file: path },
      });
    }
  }
  return files.read(posix.join(root, path));
}

function understood<T>(path: RepositoryPath, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new UserError(`${path} can't be understood: ${messageOf(cause)}`, {
      cause,
      hint: "fix it, or remove it from the rule's from=",
      at: { file: path },
    });
  }
}
