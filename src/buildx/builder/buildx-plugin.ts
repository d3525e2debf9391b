/** Where the buildx plugin is that `docker buildx` starts. */
import { isAbsolute, join } from "node:path";
import { UserError } from "../../errors.ts";
import type { DirectoryEntry, Files } from "../../ports.ts";

type ReadFiles = Pick<Files, "list" | "read">;

const plugin = "docker-buildx";

/** docker/cli, cli-plugins/manager/manager_unix.go, `defaultSystemPluginDirs`. */
const systemFolders: readonly string[] = [
  "/usr/local/lib/docker/cli-plugins",
  "/usr/local/libexec/docker/cli-plugins",
  "/usr/lib/docker/cli-plugins",
  "/usr/libexec/docker/cli-plugins",
];

/**
 * The first one in the folders that docker looks in, in docker's order (docker/cli, cli-plugins/manager/manager.go,
 * `getPluginDirs`). `undefined` where there is none, or where only docker knows.
 */
export async function findBuildxPlugin(
  { DOCKER_CONFIG, HOME }: Readonly<Record<string, string | undefined>>,
  files: ReadFiles,
): Promise<string | undefined> {
  const config = DOCKER_CONFIG || (HOME ? join(HOME, ".docker") : "");
  const extra = isAbsolute(config) ? await extraFolders(join(config, "config.json"), files) : undefined;
  if (extra === undefined) return undefined;
  for (const folder of [...extra, join(config, "cli-plugins"), ...systemFolders]) {
    const entries = await listed(folder, files);
    const isHere = entries.some(({ name, kind }) => name === plugin && (kind === "file" || kind === "symlink"));
    if (isHere) return join(folder, plugin);
  }
  return undefined;
}

/** `cliPluginsExtraDirs` of docker's config.json; `undefined` where it is not what docker documents. */
async function extraFolders(path: string, files: ReadFiles): Promise<readonly string[] | undefined> {
  try {
    const bytes = await files.read(path);
    const config: unknown = bytes === undefined ? {} : JSON.parse(new TextDecoder().decode(bytes));
    const { cliPluginsExtraDirs: folders = [] } = Object.fromEntries(Object.entries(config ?? {}));
    const isKnown = Array.isArray(folders) && folders.every((each) => typeof each === "string" && isAbsolute(each));
    return isKnown ? folders : undefined;
  } catch (error) {
    if (error instanceof UserError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Docker goes past a folder that it can't read. */
async function listed(folder: string, files: ReadFiles): Promise<readonly DirectoryEntry[]> {
  try {
    return (await files.list(folder)) ?? [];
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
