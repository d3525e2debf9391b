/** One run of Trivy: an empty working directory, so that no setting of the checkout is taken, and a minimal environment. */

import { UserError } from "../../errors.ts";
import { plainLine, shortened } from "../../lib/plain-text.ts";
import { helperVariables } from "../../oci/login/credential-helper.ts";
import { dockerConfigFolder } from "../../oci/login/docker-config.ts";
import type { DockerVariables } from "../../oci/login/docker-login.ts";
import type { Finished, Processes } from "../../ports.ts";
import type { Tool } from "./tool.ts";

export interface Trivy extends Tool {
  readonly processes: Processes;
  readonly environment: Readonly<Record<string, string>>;
  /** Empty. */
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** Minutes that one run may take. Trivy's own five are too few for large images. */
export const longestRun = 15;

/**
 * Runs to the end, whatever the exit code. `env` comes on top of the environment. @throws UserError when it takes more than
 * so many minutes
 */
export function runTrivy(
  trivy: Trivy,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  minutes: number = longestRun + 1,
): Promise<Finished> {
  const { program, processes, environment, cwd, signal } = trivy;
  return processes.run(program, args, {
    cwd,
    env: { ...environment, ...env },
    timeout: minutes * 60_000,
    signal,
  });
}

export interface EnvironmentSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The run's own folder, for what Trivy wants to put into a home. */
  readonly home: string;
  /** What `privateDockerConfig` gave. */
  readonly login: DockerVariables;
  /** docker's config.json names credential helpers, which find their logins by the user's home and variables. */
  readonly usesHelpers: boolean;
}

const taken: readonly string[] = [
  "PATH",
  "TMPDIR",
  "TZ",
  "DOCKER_AUTH_CONFIG",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  // By it a runner finds what a killed job left behind, such as the server.
  "RUNNER_TRACKING_ID",
  ...["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]),
];

/**
 * Nothing of the job's tokens or of the user's settings for Trivy. What older versions don't know as an option is said by
 * variables, which they pass over.
 */
export function trivyEnvironment({
  env,
  home,
  login,
  usesHelpers,
}: EnvironmentSources): Readonly<Record<string, string>> {
  const names = usesHelpers ? Object.keys(env).filter((name) => helperVariables.test(name)) : [];
  const kept = [...new Set([...taken, ...names])].flatMap((name) => {
    const value = name in login ? login[name] : env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const dockerConfig = login.DOCKER_CONFIG ?? dockerConfigFolder(env);
  return {
    ...(dockerConfig === undefined ? {} : { DOCKER_CONFIG: dockerConfig }),
    HOME: home,
    ...Object.fromEntries(kept),
    TRIVY_DISABLE_TELEMETRY: "true",
    TRIVY_SKIP_VERSION_CHECK: "true",
    TRIVY_MODULE_DIR: `${home}/modules`,
  };
}

/** What Trivy said last of why it gives up, as one line without its time stamps. */
function lastWords({ stderr, code }: Pick<Finished, "stderr" | "code">): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const fatal = lines.findLastIndex((line) => line.includes("\tFATAL\t"));
  const lastLines = (fatal < 0 ? lines.slice(-1) : lines.slice(fatal))
    .join(" ")
    .replace(/^.*\tFATAL\t(?:Fatal error\t)?/, "");
  // The wrappings of each layer come first, the reason last.
  const reason = lastLines.replace(
    /^(?:run|image scan|scan|init|filter|filtering|flag|DB|database) (?:error|failed): /,
    "",
  );
  return reason === "" ? `exit code ${code}` : shortened(plainLine(reason), 600);
}

/** A run that failed. `about` is what it was for: `web (linux/arm64) could not be scanned`. */
export function trivyError(about: string, finished: Pick<Finished, "stderr" | "code">): UserError {
  const words = lastWords(finished);
  return new UserError(`${about}: ${words}`, { hint: remedies.find(({ of }) => of.test(words))?.hint ?? otherwise });
}

const otherwise = "run again; if it stays, run `trivy image` on the image yourself, or set `scan: false` meanwhile";

const remedies: readonly { readonly of: RegExp; readonly hint: string }[] = [
  {
    of: /ignore file not found|\.(?:trivyignore|ya?ml)\S* (?:error|parse error)/i,
    hint: "fix or remove the ignore file",
  },
  { of: /\bVEX\b/, hint: "fix the VEX document: OpenVEX and CSAF are understood" },
  {
    of: /UNAUTHORIZED|DENIED|\b40[13]\b/,
    hint: "let the job read the registry: `packages: read`, or `registry-username` and `registry-password`, and `registries` where only the config file names its host",
  },
  { of: /TOOMANYREQUESTS|\b429\b/, hint: "run again later, or log in to the registry: it allows more to those who do" },
  { of: /MANIFEST_UNKNOWN|NAME_UNKNOWN|\b404\b/, hint: "look whether the image is still in the registry" },
  { of: /no space left/, hint: "free disk space on the runner before this step" },
  { of: /deadline exceeded|timeout/i, hint: "run again; a larger runner scans large images faster" },
];
