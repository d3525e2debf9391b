/** Which rule makes a changed file count for an image: what `touching` decides, told. */
import type { Image, RepositoryPath } from "../catalog/catalog.ts";
import { type IgnoreFile, ignorePaths } from "./ignore-files.ts";

/** A clause about the file: "it is the Dockerfile". `config` is the config file, where it has a place of its own. */
export function whyCounts(
  path: RepositoryPath,
  image: Image,
  ignoreFile: IgnoreFile,
  config: RepositoryPath | undefined,
): string {
  const { own, shared } = ignorePaths(image);
  if (path === config || usualConfig.test(path)) return "it is the configuration, which may mean any image";
  if (isAtOrAbove(path, image.dockerfilePath)) return "it is the Dockerfile";
  if (path === own || (path === shared && ignoreFile.path !== own)) return "it is the ignore file of the build context";
  if (image.context !== "." && isAtOrAbove(path, image.context)) return `the build context ${image.context} lies in it`;
  const place = image.context === "." ? "the repository's root, which is the build context" : image.context;
  const where = image.context === "." ? place : `the build context ${place}`;
  const kept =
    ignoreFile.path === undefined ? "which has no ignore file" : `and ${ignoreFile.path} doesn't leave it out`;
  return `it lies in ${where}, ${kept}`;
}

const usualConfig = /^\.(?:github|forgejo|gitea)\/image-publish\.ya?ml$/;

/** A submodule or a symlink may stand where a folder was. */
function isAtOrAbove(path: RepositoryPath, below: RepositoryPath): boolean {
  return path === below || below.startsWith(`${path}/`);
}
