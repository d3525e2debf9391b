/** What docker and buildx get of our environment: what they need to find their parts, and nothing that they don't. */
import { helperVariables } from "../../oci/login/credential-helper.ts";

export type Environment = Readonly<Record<string, string>>;

export interface EnvironmentNeeds {
  /** Builds use the gha cache: buildx reads its address and token from the environment. */
  readonly cacheService: boolean;
  /** Builds use the agent of `--ssh`. */
  readonly ssh: boolean;
  /** docker's config.json names credential helpers, which find logins by variables of their own. */
  readonly credentialHelpers: boolean;
  /** Code is built that nobody trusts: no variable is there by which anyone logs in anywhere. */
  readonly withoutLogins?: boolean;
}

/** Where programs, certificates, docker's settings and proxies are. Proxies are in upper and in lower case. */
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

/**
 * The environment of nix-build: its own settings, and what any program needs to reach the network. `home` replaces the user's
 * own where nobody trusts what is built: no file in there holds a login, nor does a setting that is passed on.
 */
export function nixEnvironment(parent: Readonly<Record<string, string | undefined>>, home?: string): Environment {
  if (home !== undefined) return { ...nixEnvironment(withoutNixLogins(parent)), HOME: home };
  const isNixs = (name: string): boolean => /^(?:NIX_|XDG_)/.test(name) || ["USER", "LOGNAME", "LANG"].includes(name);
  const isAnyones = (name: string): boolean => always.includes(name) && !/^(?:DOCKER|BUILDX|KUBE)/.test(name);
  const taken = Object.entries(parent).flatMap(([name, value]) =>
    value !== undefined && (isNixs(name) || isAnyones(name)) ? [[name, value] as const] : [],
  );
  return Object.fromEntries(taken);
}

/** Where Nix looks for settings of the user's own. */
const nixHomes = /^(?:NIX_USER_CONF_FILES|XDG_(?:CONFIG|DATA|STATE|CACHE)_(?:HOME|DIRS))$/;
/** nix.conf(5): what holds logins, or names files that do. */
const nixLogins = /^\s*(?:(?:extra-)?access-tokens|netrc-file|(?:extra-)?secret-key-files|!?include)\b/;

/** NIX_CONFIG overrides the files, so that logins in the system's own file don't count either. */
function withoutNixLogins(parent: Readonly<Record<string, string | undefined>>): typeof parent {
  const kept = Object.entries(parent).filter(([name]) => !nixHomes.test(name));
  const settings = (parent.NIX_CONFIG ?? "").split("\n").filter((line) => line !== "" && !nixLogins.test(line));
  const config = [...settings, "access-tokens =", "netrc-file = /dev/null"].join("\n");
  return { ...Object.fromEntries(kept), NIX_CONFIG: config };
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

/** That of a build which has nothing to do with the cache service: its token is not for everybody who can write a cache line. */
export function withoutCacheService(environment: Environment): Environment {
  return without(environment, cacheService);
}

/** That of a docker child which talks to no registry: `buildx rm`, `load`. */
export function withoutLogins(environment: Environment): Environment {
  return without(environment, ["DOCKER_AUTH_CONFIG"]);
}

/** What a program such as tar needs. */
export function bareEnvironment(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => ["PATH", "TMPDIR"].includes(name)));
}

function without(environment: Environment, names: readonly string[]): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name)));
}

/** The whole environment of a docker child, taken from our own. */
export function dockerEnvironment(
  parent: Readonly<Record<string, string | undefined>>,
  needs: EnvironmentNeeds = { cacheService: false, ssh: false, credentialHelpers: false },
): Environment {
  // A kubeconfig's plugins find their logins as credential helpers do, and an engine behind ssh is reached by the agent.
  const hasHelpers = !needs.withoutLogins && (needs.credentialHelpers || Boolean(parent.KUBECONFIG));
  const needsAgent = needs.ssh || parent.DOCKER_HOST?.startsWith("ssh://") === true;
  const helpers = hasHelpers ? Object.keys(parent).filter((name) => helperVariables.test(name)) : [];
  const some = [...(needs.cacheService ? cacheService : []), ...(needsAgent ? ["SSH_AUTH_SOCK"] : [])];
  const names = new Set([...always, ...helpers, ...some]);
  if (needs.withoutLogins) names.delete("DOCKER_AUTH_CONFIG");
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
