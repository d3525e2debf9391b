/** Reads the files that say how images are built. */
import { posix } from "node:path";
import { UserError } from "../../errors.ts";
import { limitCalls } from "../../lib/limit.ts";
import { memoize } from "../../lib/memoize.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import type { Files } from "../../ports.ts";
import type { NixReads } from "../catalog.ts";
import { type Dockerfile, readDockerfileInTurns } from "../dockerfile/dockerfile.ts";
import { nixReader } from "../nix/reads.ts";
import {
  type DeclaredDockerfile,
  type DeclaredImage,
  type DeclaredNix,
  dockerfileCandidates,
} from "./declared-images.ts";

export type ReadRecipe = ReadDockerfile | ReadNix;

export interface ReadDockerfile {
  readonly kind: "dockerfile";
  readonly image: DeclaredDockerfile;
  readonly dockerfilePath: RepositoryPath;
  readonly dockerfile: Dockerfile;
}

export interface ReadNix {
  readonly kind: "nix";
  readonly image: DeclaredNix;
  readonly reads: NixReads;
}

const reads = 32;

/** Makes a function that reads what an image is built by. @throws UserError where that is not there, or can't be understood. */
export function recipeReader({ root, files }: { readonly root: string; readonly files: Pick<Files, "list" | "read"> }) {
  const dockerfileOf = dockerfileReader(root, files);
  const nixReads = nixReader(root, {
    list: limitCalls(reads, (path: string) => files.list(path)),
    read: limitCalls(reads, (path: string) => files.read(path)),
  });
  return async (image: DeclaredImage): Promise<ReadRecipe> => {
    if (image.variant === "nix") {
      return { kind: "nix", image, reads: await nixReads(image.nixFile, image.directory) };
    }
    const { path, dockerfile } = await dockerfileOf(image);
    return { kind: "dockerfile", image, dockerfilePath: path, dockerfile };
  };
}

type Reader = (
  image: DeclaredDockerfile,
) => Promise<{ readonly path: RepositoryPath; readonly dockerfile: Dockerfile }>;

/** Several images may have one Dockerfile: it is read once. */
function dockerfileReader(root: string, files: Pick<Files, "read">): Reader {
  const fetch = limitCalls(reads, (path: RepositoryPath) => files.read(posix.join(root, path)));
  const read = memoize(async (path: RepositoryPath): Promise<Dockerfile | undefined> => {
    const bytes = await fetch(path);
    return bytes === undefined ? undefined : readDockerfileInTurns(bytes, path);
  });
  return async (image) => {
    const candidates = dockerfileCandidates(image);
    for (const path of candidates) {
      const dockerfile = await read(path);
      if (dockerfile !== undefined) return { path, dockerfile };
    }
    throw new UserError(`the image "${image.name}" has no Dockerfile: ${noneOf(candidates)} there`, {
      hint: 'say which it is with "file", in the image\'s entry of the config file or as an input',
      at: { file: candidates[0] ?? image.directory },
    });
  };
}

function noneOf([first = "", second, ...others]: readonly RepositoryPath[]): string {
  if (second === undefined) return `${first} is not`;
  return others.length === 0
    ? `neither ${first} nor ${second} is`
    : `none of ${[first, second, ...others].join(", ")} is`;
}
