/** The files that buildx bake reads in a folder when nobody names one (buildx, bake/bake.go, `defaultFilenames`). */
import type { RepositoryPath } from "../../model/repository-path.ts";
import { directoryOf, joinPath, lastPart } from "../../model/repository-path.ts";
import type { BakeFolder } from "./print.ts";

/** Written for bake: where one lies, it says which images there are. */
export const bakeNames: readonly string[] = [
  "docker-bake.hcl",
  "docker-bake.json",
  "docker-bake.override.hcl",
  "docker-bake.override.json",
];

/** Written to run things, most often; bake takes their services with a `build` section for targets. */
export const composeNames: readonly string[] = [
  "compose.yaml",
  "compose.yml",
  "docker-compose.yaml",
  "docker-compose.yml",
];

export function isBakeName(path: RepositoryPath): boolean {
  return bakeNames.includes(lastPart(path)) || composeNames.includes(lastPart(path));
}

/** All bake files, or compose files, that may be next to one and are read with it. */
function bakeFilesBeside(file: RepositoryPath): readonly RepositoryPath[] {
  const names = composeNames.includes(lastPart(file)) ? composeNames : bakeNames;
  return names.map((name) => joinPath(directoryOf(file), name));
}

/** The paths of the files that are, or may be, read in a place. */
export function filesOfPlace({ file, named }: BakeFolder): readonly RepositoryPath[] {
  return named ?? bakeFilesBeside(file);
}

/** Whether a compose file may have a `build` section. */
export function mayBuild(compose: Uint8Array): boolean {
  return /(?:^\s+|[{,]\s*)["']?build["']?\s*:/m.test(new TextDecoder().decode(compose));
}
