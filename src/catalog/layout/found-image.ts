/** An image as the repository lays it out, before the config file and the inputs have their say. */
import { posix } from "node:path";
import type { SourceLocation } from "../../errors.ts";
import type { Platform } from "../../model/platform.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import type { PlacedContexts } from "../graph/named-contexts.ts";

export interface FoundImage {
  readonly name: string;
  /** `inputs`: the one image that inputs describe. */
  readonly from: "directory" | "bake" | "inputs";
  readonly directory: RepositoryPath;
  readonly context: RepositoryPath;
  /** `undefined`: the Dockerfile, dockerfile or Containerfile in the directory, unless there is a Nix file alone. */
  readonly dockerfilePath: RepositoryPath | undefined;
  readonly nixFile: RepositoryPath | undefined;
  readonly target: string | undefined;
  /** Empty: not said. */
  readonly platforms: readonly Platform[];
  readonly publish: boolean | undefined;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly contexts: PlacedContexts;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: readonly string[];
  /** The paths of the bake files that define it, or would define it. */
  readonly bakeFiles: readonly RepositoryPath[];
  /** The place that defines it. */
  readonly at: SourceLocation;
  /** It has a problem, so that nothing is known of what it is built from. */
  readonly isUnplaced?: true;
}

/**
 * The image of a directory that holds a Dockerfile, a Nix file or both, which say nothing else of it.
 * @param rootName the root's image's name.
 */
export function directoryImage(
  directory: RepositoryPath,
  { dockerfile, nix }: { readonly dockerfile?: RepositoryPath | undefined; readonly nix?: RepositoryPath | undefined },
  rootName: string,
): FoundImage {
  return {
    name: directoryName(directory, rootName),
    from: "directory",
    directory,
    context: directory,
    dockerfilePath: dockerfile,
    nixFile: nix,
    target: undefined,
    platforms: [],
    publish: undefined,
    buildArgs: {},
    contexts: new Map(),
    labels: {},
    annotations: [],
    bakeFiles: [],
    at: { file: dockerfile ?? nix ?? directory },
  };
}

/** What the image of a directory is called. */
export function directoryName(directory: RepositoryPath, rootName: string): string {
  return directory === "." ? rootName : posix.basename(directory);
}
