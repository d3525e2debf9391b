/** How git is called: with an environment of its own, no hooks, no prompts, no surprises from anyone's configuration. */
import { messageOf, UserError } from "../errors.ts";
import type { Finished, Processes } from "../ports.ts";
import { gitRemedy } from "./git-remedy.ts";

export interface GitOptions {
  readonly processes: Processes;
  /** The checkout, absolute. */
  readonly workspace: string;
  /** The same with symlinks followed, by which git knows it. */
  readonly realWorkspace?: string;
  /** The step's environment; git gets the few variables of it that it needs. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The forge that the token is for. */
  readonly serverUrl: string;
  /** Used where the checkout's own credentials don't do (`persist-credentials: false`). */
  readonly token: string | undefined;
  readonly signal?: AbortSignal;
}

/** Git did not do what it was asked to; the message says why. A cancelled run is none of these. */
export class GitFailure extends UserError {
  override readonly name = "GitFailure";
}

/** What `ask` finds; `undefined` where git fails. */
export async function unlessGitFails<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

export interface GitCommand {
  /** Runs without the network, also where a partial clone would fetch what it lacks. Exit codes beside 0 can be allowed. */
  local(
    args: readonly string[],
    call?: { readonly codes?: readonly number[]; readonly input?: string | Uint8Array },
  ): Promise<Finished>;
  /** Runs with the network: with the checkout's credentials, and then with the token if those don't do. */
  network(args: readonly string[], timeout: number, input?: string): Promise<Finished>;
}

const localTimeout = 60_000;

/** The server's error for a commit that it does not have. */
export const notOnServer = /not our ref|couldn't find remote ref|no such remote ref/i;

/** Both reject with a `GitFailure`, or with the signal's reason. */
export function gitCommand(options: GitOptions): GitCommand {
  const base = minimalEnvironment(options.env);
  const authorized = authorizedEnvironment(base, options);
  let inUse = base;
  return {
    async local(args, { codes = [0], input } = {}) {
      // Git ignores an empty list of allowed protocols; "none" isn't a protocol.
      const env = { ...base, GIT_NO_LAZY_FETCH: "1", GIT_ALLOW_PROTOCOL: "none" };
      const finished = await run(options, args, env, localTimeout, input);
      if (codes.includes(finished.code)) return finished;
      throw failure(args, finished);
    },
    async network(args, timeout, input) {
      const first = await run(options, args, inUse, timeout, input);
      if (first.code === 0) return first;
      if (authorized === undefined || inUse === authorized || notOnServer.test(first.stderr))
        throw failure(args, first);
      const second = await run(options, args, authorized, timeout, input);
      if (second.code !== 0) throw failure(args, isRefused(second) ? first : second);
      inUse = authorized;
      return second;
    },
  };
}

/** The token doesn't do either: what was said without it is as good, and names what the checkout lacks. */
function isRefused({ stderr }: Finished): boolean {
  return !notOnServer.test(stderr) && /authentication failed|could not read username|error: 40[13]/i.test(stderr);
}

async function run(
  { processes, workspace, realWorkspace = workspace, signal }: GitOptions,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  timeout: number,
  input?: string | Uint8Array,
): Promise<Finished> {
  try {
    return await processes.run("git", [...settings([...new Set([workspace, realWorkspace])]), ...args], {
      cwd: workspace,
      env,
      timeout,
      ...(input === undefined ? {} : { input }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new GitFailure(messageOf(cause), { cause, hint: cause instanceof UserError ? cause.hint : remedy });
  }
}

/** Per call, for nothing may stay behind in the repository's or the user's configuration. */
function settings(workspaces: readonly string[]): readonly string[] {
  const values = [
    // A checkout by another user, as in a container job, is not "dubious" to us: we were sent to it.
    ...workspaces.map((each) => `safe.directory=${each}`),
    "core.quotepath=off",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "gc.auto=0",
    "maintenance.auto=false",
  ];
  return ["--no-pager", "--no-optional-locks", ...values.flatMap((value) => ["-c", value])];
}

const takenOver = [
  ...["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "SSH_AUTH_SOCK"],
  ...["http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"],
  ...["GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_NO_VERIFY", "SSL_CERT_FILE", "SSL_CERT_DIR"],
];

function minimalEnvironment(env: GitOptions["env"]): Readonly<Record<string, string>> {
  const kept = takenOver.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  // Messages are distinguished by their English text. A ref under refs/replace gives a commit other parents than its
  // own.
  const always = { LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_ASKPASS: "", GIT_NO_REPLACE_OBJECTS: "1" };
  return { ...Object.fromEntries(kept), ...always };
}

/**
 * The token as a header for the forge alone, by environment ("GIT_CONFIG_COUNT" in git-config(1)). The empty value first
 * drops the header that a checkout may have left: two of them are refused.
 */
function authorizedEnvironment(base: Readonly<Record<string, string>>, { token, serverUrl }: GitOptions) {
  if (!token) return undefined;
  const key = `http.${serverUrl}/.extraheader`;
  const credentials = Buffer.from(`x-access-token:${token}`).toString("base64");
  return {
    ...base,
    GIT_CONFIG_COUNT: "3",
    GIT_CONFIG_KEY_0: key,
    GIT_CONFIG_VALUE_0: "",
    GIT_CONFIG_KEY_1: key,
    GIT_CONFIG_VALUE_1: `AUTHORIZATION: basic ${credentials}`,
    // Whoever is redirected to is not the forge; older versions of curl show the header on another port.
    GIT_CONFIG_KEY_2: "http.followRedirects",
    GIT_CONFIG_VALUE_2: "false",
  };
}

const remedy = "see what git says above, and check the repository out again if it is damaged";

function failure(args: readonly string[], { code, stderr }: Finished): GitFailure {
  const lines = stderr.split("\n").map((line) => line.trim());
  const line = lines.find((line) => /^(?:fatal|error|ERROR): /.test(line)) ?? lines.find((line) => line !== "");
  const why = line?.replace(/^(?:fatal|error|ERROR): /, "") ?? `it ended with code ${code}`;
  const all = stderr.trim();
  const more = all === line ? {} : { cause: new Error(all) };
  const command = args.find((each, index) => each !== "-c" && args[index - 1] !== "-c") ?? "";
  return new GitFailure(`git ${command} failed: ${why}`, { hint: gitRemedy(stderr) ?? remedy, ...more });
}
