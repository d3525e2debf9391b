/** The problem of a repository without images. */
import { UserError } from "../../errors.ts";
import { someOf } from "../../lib/text/some-of.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { placesToLook } from "./discover.ts";
import type { FindInput } from "./find-images.ts";
import { lookAround, whatToWrite } from "./look-around.ts";

/** @param excluded directories that hold an image, and that `path` excludes */
export async function noneFound(
  excluded: readonly RepositoryPath[],
  { root, files, globs, rootName }: Pick<FindInput, "root" | "files" | "globs" | "rootName">,
  configFile: RepositoryPath,
): Promise<UserError> {
  if (excluded.length > 0) return allExcluded(excluded);
  const around = async (hidden: boolean) =>
    whatToWrite(await lookAround(root, files, { hidden }), { rootName, configFile });
  return noImages(globs, (await around(false)) ?? (await around(true)));
}

function allExcluded(directories: readonly RepositoryPath[]): UserError {
  return new UserError(`"path" excludes every directory that holds an image: ${someOf(directories)}`, {
    hint: "remove an exclusion (!GLOB), or add a glob after it for the directories to keep: the last glob that matches wins",
  });
}

function noImages(globs: readonly string[], write: string | undefined): UserError {
  const looked = placesToLook(globs).join(", ");
  return new UserError(
    `no directory holds a Dockerfile, a Containerfile, a default.nix or a bake file: looked in ${looked}`,
    {
      hint:
        write ??
        'put each image into a directory such as images/NAME, name the directories with "path", or check that the repository is checked out',
    },
  );
}
