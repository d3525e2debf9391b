/** `docker buildx` by the plugin itself: docker's client, which would start it, takes more than half of the time of a short command. */
import { NotStarted } from "../../errors.ts";
import { memoize } from "../../lib/memoize.ts";
import type { FileLooks, FileStreams, Files, Processes } from "../../ports.ts";
import { findBuildxPlugin } from "./buildx-plugin.ts";
import { isDockersClient } from "./docker-client.ts";

export interface DirectBuildxDependencies {
  readonly processes: Processes;
  readonly files: Pick<Files, "read"> & FileLooks & Pick<FileStreams, "readStream">;
  /** By which docker and its plugin are found. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts the plugin as docker does (docker/cli, docs/extend/cli_plugins.md: its name comes first in the arguments, and a
 * variable names docker), so it finds context, engine and certificates in the same way and writes the same.
 * @param workspace nothing in here is started in docker's place.
 * @returns `processes` with that; docker is started where the plugin isn't known, and where `docker` isn't docker's own client.
 */
export function directBuildx({ processes, files, env }: DirectBuildxDependencies, workspace: string): Processes {
  const plugin = memoize(async () =>
    (await isDockersClient(env.PATH, files)) ? findBuildxPlugin(env, workspace, files) : undefined,
  );
  return {
    async run(program, args, options) {
      const path = program === "docker" && args[0] === "buildx" ? await plugin(undefined) : undefined;
      if (path === undefined) return processes.run(program, args, options);
      try {
        const asPlugin = { ...options.env, DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: program };
        return await processes.run(path, args, { ...options, env: asPlugin });
      } catch (error) {
        if (!(error instanceof NotStarted)) throw error;
        return processes.run(program, args, options);
      }
    },
  };
}
