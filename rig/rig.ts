import { actPath } from "./act.ts";
import {
  authRegistryHost,
  bin,
  builder,
  cacheUrl,
  dockerConfig,
  dockerHost,
  engineEnvironment,
  registryHost,
} from "./addresses.ts";
import { cacheToken } from "./cache.ts";
import { folder, readState } from "./folder.ts";
import { type Gitea, gitea } from "./gitea.ts";
import { oracles } from "./oracles.ts";
import { binfmtImage } from "./qemu.ts";
import { USERNAME } from "./registry.ts";

/** Where everything is, once it is up. */
export interface Rig {
  /** The rig's own folder. */
  folder: string;
  /** The engine's `DOCKER_HOST`, a Unix socket. */
  dockerHost: string;
  /** The `DOCKER_CONFIG` folder: plugins and builders, no logins. `makeDockerConfig` makes others. */
  dockerConfig: string;
  /** A `docker-container` builder without QEMU, on this machine's network. It is nobody's default: name it. */
  builder: string;
  /** Host and port of an open registry, plain HTTP. Use repository names of your own, nothing empties it. */
  registry: string;
  /** One that asks for a name and a password. */
  authRegistry: { host: string; username: string; password: string };
  /** GitHub's cache service. `resetCache` empties it, `cacheToken` makes tokens for other refs. */
  cache: { resultsUrl: string; token: string };
  /** A forge with a registry of its own; `undefined` before `up` was told to start it, for it is not part of the default. */
  gitea: Gitea | undefined;
  /** The image that registers arm64 with `--privileged … --install arm64`. */
  binfmtImage: string;
  /** The workflow runner; see `runWorkflow`. */
  act: string;
  /** The folder of the programs that answer as BuildKit would: build, dockerfile, ignore, words. */
  oracles: string;
  /** The folder of the rig's commands: node (24 or newer), docker, act, in `own` mode crane. First on `env.PATH`. */
  bin: string;
  /** What a child process needs to use all of this: this process's environment, completed. */
  env: Record<string, string>;
}

/** The rig as it is once it is up. */
export function describe(): Rig {
  const { password } = readState();
  const cache = { resultsUrl: cacheUrl(), token: cacheToken() };
  const own = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => !!entry[1]));
  return {
    folder,
    dockerHost: dockerHost(),
    dockerConfig,
    builder,
    registry: registryHost(),
    authRegistry: { host: authRegistryHost(), username: USERNAME, password },
    cache,
    gitea: gitea(),
    binfmtImage: binfmtImage(),
    act: actPath,
    oracles: oracles(),
    bin,
    env: {
      ...own,
      ...engineEnvironment(),
      ACTIONS_RESULTS_URL: cache.resultsUrl,
      ACTIONS_RUNTIME_TOKEN: cache.token,
      ACTIONS_CACHE_SERVICE_V2: "true",
    },
  };
}
