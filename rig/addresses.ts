/** Where each part is found once it runs, and what a child process needs to use them all. */
import { delimiter, join } from "node:path";
import { folder, readState } from "./folder.ts";

/** The rig's commands, first on PATH: docker, act, crane, node. */
export const bin = join(folder, "bin");

/** `DOCKER_CONFIG`: no login in it, ours or the user's. */
export const dockerConfig = join(folder, "docker");

/** The `DOCKER_HOST`. */
export const dockerHost = (): string => readState().engine ?? `unix://${join(folder, "run", "docker.sock")}`;

/** True where the rig uses the machine's engine and official images instead of bringing up its own. */
export const isHosted = (): boolean => readState().mode === "host";

export const registryHost = (): string => `127.0.0.1:${readState().ports.registry}`;
export const authRegistryHost = (): string => `127.0.0.1:${readState().ports.authRegistry}`;

/** The cache service, as `ACTIONS_RESULTS_URL`. */
export const cacheUrl = (): string => `http://127.0.0.1:${readState().ports.cache}/`;

/** This machine's address on the network of containers, in `own` mode. */
export const gateway = (): string => `192.168.${readState().subnet}.1`;

/** The builder's name. */
export const builder = "image-publish-rig";

/** Its container, as buildx names it. */
export const builderContainer = `buildx_buildkit_${builder}0`;

/** What a child process needs to use the engine and the builder. */
export const engineEnvironment = (): Record<string, string> => ({
  PATH: [bin, ...(process.env.PATH ?? "").split(delimiter).filter((part) => part !== bin)].join(delimiter),
  DOCKER_HOST: dockerHost(),
  DOCKER_CONFIG: dockerConfig,
  BUILDX_CONFIG: join(dockerConfig, "buildx"),
});
