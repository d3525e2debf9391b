/** What docker and buildx get of our environment: what they need to find their parts, and nothing that they don't. */
import { helperVariables } from "../oci/credential-helper.ts";

export type Environment = Readonly<Record<string, string>>;

export interface EnvironmentNeeds {
  /** Builds use the gha cache: buildx reads its address and token from the environment. */
  readonly cacheService: boolean;
  /** Builds use the agent of `--ssh`. */
  readonly ssh: boolean;
  /** docker's config.json names credential helpers, which find logins by variables of their own. */
  readonly credentialHelpers: boolean;
}

/** Where programs, certificates, docker's settings and proxies are. Proxies stand in both cases. */
const always: readonly string[] = [
  "PATH",
  "HOME",
  "TMPDIR",
  "TZ",
  "XDG_RUNTIME_DIR",
  "DOCKER_HOST",
  "DOCKER_CONTEXT",
  "DOCKER_CONFIG",
  "DOCKER_AUTH_CONFIG",
  "DOCKER_CERT_PATH",
  "DOCKER_TLS_VERIFY",
  "DOCKER_API_VERSION",
  "BUILDX_CONFIG",
  "BUILDX_BUILDER",
  "KUBECONFIG",
  "KUBERNETES_SERVICE_HOST",
  "KUBERNETES_SERVICE_PORT",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "all_proxy",
];

/** What nix-build gets: its own settings, and what any program needs to reach the network. */
export function nixEnvironment(parent: Readonly<Record<string, string | undefined>>): Environment {
  const isNixs = (name: string): boolean => /^(?:NIX_|XDG_)/.test(name) || ["USER", "LOGNAME", "LANG"].includes(name);
  const isAnyones = (name: string): boolean => always.includes(name) && !/^(?:DOCKER|BUILDX|KUBE)/.test(name);
  const taken = Object.entries(parent).flatMap(([name, value]) =>
    value !== undefined && (isNixs(name) || isAnyones(name)) ? [[name, value] as const] : [],
  );
  return Object.fromEntries(taken);
}

/**
 * A folder of the checkout that looks like a bare repository has a config of its author's: git, which buildx and Nix run in
 * contexts, doesn't obey it (git-config(1), "safe.bareRepository", "GIT_CONFIG_COUNT").
 */
export const carefulGit: Environment = {
  GIT_CONFIG_COUNT: "1",
  GIT_CONFIG_KEY_0: "safe.bareRepository",
  GIT_CONFIG_VALUE_0: "explicit",
};

/** What a JavaScript action gets of the runner's cache service (buildx, `type=gha`: "authentication"). */
const cacheService: readonly string[] = [
  "ACTIONS_RUNTIME_TOKEN",
  "ACTIONS_RESULTS_URL",
  "ACTIONS_CACHE_SERVICE_V2",
  "ACTIONS_CACHE_URL",
];

/** The whole environment of a docker child, taken from our own. */
export function dockerEnvironment(
  parent: Readonly<Record<string, string | undefined>>,
  needs: EnvironmentNeeds = { cacheService: false, ssh: false, credentialHelpers: false },
): Environment {
  // A kubeconfig's plugins find their logins as credential helpers do, and an engine behind ssh is reached by the agent.
  const hasHelpers = needs.credentialHelpers || Boolean(parent.KUBECONFIG);
  const needsAgent = needs.ssh || parent.DOCKER_HOST?.startsWith("ssh://") === true;
  const helpers = hasHelpers ? Object.keys(parent).filter((name) => helperVariables.test(name)) : [];
  const some = [...(needs.cacheService ? cacheService : []), ...(needsAgent ? ["SSH_AUTH_SOCK"] : [])];
  const names = new Set([...always, ...helpers, ...some]);
  const taken = [...names].flatMap((name) => {
    const value = parent[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // The first two keep hints and colours out of what we read, the last a copy of the provenance out of the metadata file.
  return Object.fromEntries([
    ...taken,
    ["DOCKER_CLI_HINTS", "false"],
    ["NO_COLOR", "1"],
    ["BUILDX_METADATA_PROVENANCE", "disabled"],
  ]);
}
