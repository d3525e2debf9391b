/** Explains which rule of `touching` makes a changed file count for an image. */
import { isBakeName } from "../catalog/bake/bake-files.ts";
import type { Image } from "../catalog/catalog.ts";
import type { RepositoryPath } from "../model/repository-path.ts";
import { joinPath } from "../model/repository-path.ts";
import type { ContextInputs, ImageInputs } from "./sources/image-inputs.ts";
import { sourcesOf } from "./sources/sources.ts";

/** A clause about the file: "it is the Dockerfile". `configPaths` is where the config file may lie. */
export function whyCounts(
  path: RepositoryPath,
  image: Pick<Image, "argumentFiles" | "bakeFiles" | "variant" | "watch">,
  { recipe, contexts }: ImageInputs,
  configPaths: readonly RepositoryPath[],
): string {
  if (configPaths.includes(path)) return "it is the configuration, and this image's settings in it changed";
  if (image.bakeFiles.includes(path)) return "it is the bake file that defines the image";
  if (image.argumentFiles.includes(path)) return "it gives build arguments, and one that the image has changed";
  if (recipe.paths.some((each) => isAtOrAbove(path, each))) {
    const what = image.variant === "nix" ? "Nix file" : "Dockerfile";
    return path === recipe.path ? `it is the ${what}` : `the ${what} ${recipe.path} leads there`;
  }
  const ignored = contexts.find(({ ignorePaths }) => ignorePaths.includes(path));
  if (ignored !== undefined) return `it is the ignore file of ${describeContext(ignored)}`;
  const above = contexts.find(({ directory }) =>
    directory.paths.some((each) => each !== "." && isAtOrAbove(path, each)),
  );
  if (above !== undefined) return `${describeContext(above)} is in it`;
  const context = contexts.find((each) => isIn(path, each));
  if (context === undefined) return whyElsewhere(path, image);
  return image.variant === "nix" ? "the Nix file may read it" : whyInContext(path, context);
}

function whyElsewhere(
  path: RepositoryPath,
  { watch, bakeFiles, argumentFiles }: Pick<Image, "argumentFiles" | "watch" | "bakeFiles">,
): string {
  if (isBakeName(path)) return "the image's definition in bake files changed with it";
  if (watch.length === 0 && bakeFiles.length === 0 && argumentFiles.length > 0) {
    return "a file of build arguments leads there";
  }
  if (bakeFiles.length === 0) return "`watch` or `watch-all` names it";
  return watch.length === 0
    ? "buildx reads it with the image's bake file"
    : "`watch` or `watch-all` names it, or buildx reads it with the image's bake file";
}

function isIn(path: RepositoryPath, { directory: { target }, followed, ignore }: ContextInputs): boolean {
  if (target !== "." && !path.startsWith(`${target}/`)) return false;
  const inside = target === "." ? path : path.slice(target.length + 1);
  if (followed.kind === "whole") return !ignore.ignores(inside);
  const sources = sourcesOf(followed.sources);
  return sources.takes(inside) ? !ignore.ignores(inside) : sources.leadsTo(inside);
}

function whyInContext(path: RepositoryPath, context: ContextInputs): string {
  const { directory, followed, ignoreFile } = context;
  const kept = ignoreFile === undefined ? "" : `, and ${ignoreFile.path} doesn't leave it out`;
  const place = describeContext(context);
  if (followed.kind === "whole") return `it is in ${place}${kept === "" ? ", which has no ignore file" : kept}`;
  const source = followed.sources.find((each) => {
    const { takes, leadsTo } = sourcesOf([each]);
    const inside = directory.target === "." ? path : path.slice(directory.target.length + 1);
    return takes(inside) || leadsTo(inside);
  });
  const read = source === undefined ? directory.target : joinPath(directory.target, source);
  return `the build reads ${read} of ${place}${kept}`;
}

function describeContext({ name, directory: { path } }: ContextInputs): string {
  const place = path === "." ? "the repository's root" : path;
  if (name !== undefined) return `the context ${name} (${place})`;
  return path === "." ? `${place}, which is the build context` : `the build context ${place}`;
}

/** A submodule or a symlink may stand where a folder was. */
function isAtOrAbove(path: RepositoryPath, below: RepositoryPath): boolean {
  return path === below || below.startsWith(`${path}/`);
}
