/** Files that look like the config file, and are not read. */
import { posix } from "node:path";
import type { Files } from "../ports.ts";
import type { RepositoryPath } from "./catalog.ts";
import { configPaths, usualConfigFile } from "./config.ts";
import { type CatalogRemark, oneRemark } from "./remark.ts";
import { directoryOf, joinPath } from "./repository-path.ts";

/** @param given the input `config`: who sets it has said which file it is. */
export async function misplacedConfigs(
  root: string,
  given: string | undefined,
  files: Pick<Files, "list">,
): Promise<readonly CatalogRemark[]> {
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
