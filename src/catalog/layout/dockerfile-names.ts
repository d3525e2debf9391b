/** The names by which a directory's Dockerfile is found. */
import type { RepositoryPath } from "../../model/repository-path.ts";
import { directoryOf, joinPath, lastPart } from "../../model/repository-path.ts";

/** The first that is there is the directory's Dockerfile. Docker reads `dockerfile` where there is no `Dockerfile`. */
export const dockerfileNames: readonly string[] = ["Dockerfile", "dockerfile", "Containerfile"];

/** Where a Dockerfile of this path may be (buildx, build/opt.go, `handleLowercaseDockerfile`). */
export function spellingsOf(path: RepositoryPath): readonly RepositoryPath[] {
  return lastPart(path) === "Dockerfile" ? [path, joinPath(directoryOf(path), "dockerfile")] : [path];
}
