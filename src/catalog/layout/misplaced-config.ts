/** Files that look like the config file, and are not read. */
import { posix } from "node:path";
import { configPaths, usualConfigFile } from "../../config/config.ts";
import { oneRemark, type Remark } from "../../model/remark.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { directoryOf, joinPath } from "../../model/repository-path.ts";
import type { Files } from "../../ports.ts";

/** @param given the input `config`: who sets it has said which file it is. */
export async function misplacedConfigs(
  root: string,
  given: string | undefined,
  files: Pick<Files, "list">,
): Promise<readonly Remark[]> {
  if (given !== undefined) return [];
  const read = configPaths(given);
  const folders = [".", ...new Set(read.map(directoryOf))];
  const found = await Promise.all(
    folders.map(async (folder): Promise<readonly RepositoryPath[]> => {
      const entries = (await files.list(posix.join(root, folder))) ?? [];
      const alike = entries.filter(({ kind, name }) => kind !== "directory" && isAlike.test(name));
      return alike.map(({ name }) => joinPath(folder, name)).filter((path) => !read.includes(path));
    }),
  );
  const hint = `rename it to ${usualConfigFile}, or set the input "config" to its path`;
  return oneRemark(found.flat(), {
    one: (path) => ({ message: `${path} is not read: the config file is ${usualConfigFile}`, hint }),
    several: (listed) => ({ message: `${listed} are not read: the config file is ${usualConfigFile}`, hint }),
    item: String,
  });
}

const isAlike = /^\.?image[-_]?publish\.(?:ya?ml|json)$/i;
