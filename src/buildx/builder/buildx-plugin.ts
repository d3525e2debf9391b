/** Where the buildx plugin is that `docker buildx` starts. */
import { isAbsolute, join } from "node:path";
import { UserError } from "../../errors.ts";
import { followLinks, isWithin } from "../../lib/local-paths.ts";
import type { FileLooks, Files } from "../../ports.ts";

type ReadFiles = Pick<Files, "read"> & FileLooks;

/** docker/cli, cli-plugins/manager/manager_unix.go, `defaultSystemPluginDirs`. */
const systemFolders: readonly string[] = [
  "/usr/local/lib/docker/cli-plugins",
  "/usr/local/libexec/docker/cli-plugins",
  "/usr/lib/docker/cli-plugins",
  "/usr/libexec/docker/cli-plugins",
];

/**
 * The first one in the folders that docker looks in, in docker's order (docker/cli, cli-plugins/manager/manager.go,
 * `getPluginDirs` and `PluginRunCommand`).
 * @param workspace what is in here is not ours to start, whoever names it.
 * @returns `undefined` where there is none, or where only docker knows.
 */
export async function findBuildxPlugin(
  { DOCKER_CONFIG, HOME }: Readonly<Record<string, string | undefined>>,
  workspace: string,
  files: ReadFiles,
): Promise<string | undefined> {
  const config = DOCKER_CONFIG || (HOME ? join(HOME, ".docker") : "");
  try {
    const extra = isAbsolute(config) ? await extraFolders(join(config, "config.json"), files) : undefined;
    const checkout = (await followLinks(workspace, files))?.real;
    if (extra === undefined || checkout === undefined) return undefined;
    for (const folder of [...extra, join(config, "cli-plugins"), ...systemFolders]) {
      const path = join(folder, "docker-buildx");
      const followed = await followLinks(path, files);
      if (followed === undefined) return undefined;
      const found = await files.look(Buffer.from(followed.real));
      if (found === undefined) continue;
      const isOutside = ![followed.real, ...followed.links].some((each) => isWithin(each, checkout));
      return isOutside && found.kind === "file" && found.isExecutable ? path : undefined;
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
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
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
