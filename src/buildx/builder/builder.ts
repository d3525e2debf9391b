/** Finds the builder that builds: the one that is there when it can, else one of our own. */
import { UserError } from "../../errors.ts";
import type { Platform } from "../../model/platform.ts";
import { type Repository, splitRepository } from "../../model/reference.ts";
import type { Finished, Processes } from "../../ports.ts";
import { lastMessage, shortLine } from "../invocation/short-line.ts";
import { type Environment, withoutLogins } from "./environment.ts";
import { type InspectedBuilder, parseInspect } from "./inspect-builder.ts";

export interface Builder {
  readonly name: string;
  readonly driver: string;
  /** What it can build for, natively or through an emulator. */
  readonly platforms: readonly Platform[];
  /** Whether it runs on this machine's kernel, where emulators can be registered for it. */
  readonly isHere: boolean;
  /** Removes the builder, where it is one of ours; does nothing to another. */
  readonly remove: () => Promise<void>;
}

export interface BuilderRequest {
  /** The input `builder`; `undefined`: the current one. */
  readonly builder: string | undefined;
  /** Where will be pushed: a builder of our own must reach a registry on this machine. */
  readonly repositories: readonly Repository[];
  /** Rights that builds ask for: a builder of our own must grant them. */
  readonly entitlements: readonly string[];
  /** What distinguishes a builder of our own from those of other runs. */
  readonly suffix: string;
}

export interface BuilderDependencies {
  readonly processes: Processes;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** The first buildx whose progress, metadata and error locations (0.18, by path) are what we read. */
const minimumBuildx = "0.19.0";

const install = `install buildx ${minimumBuildx} or later, which reports progress as data and lines by their path, for example with docker/setup-buildx-action before this step`;

/** The first BuildKit that rewrites timestamps, ignores errors of a cache and takes attestations of all exporters. */
const minimumBuildkit = "0.13.0";

/**
 * The builder to use, started. The `docker` driver can't push by digest, so where it is the current one a builder of
 * our own is made; the caller removes it at the end.
 * @throws UserError when docker, buildx or the named builder is missing, too old, or doesn't start.
 */
export async function findBuilder(request: BuilderRequest, deps: BuilderDependencies): Promise<Builder> {
  const named = request.builder === undefined ? [] : [request.builder];
  const [version, inspected] = await Promise.all([
    docker(["buildx", "version"], deps),
    docker(["buildx", "inspect", "--bootstrap", ...named], deps),
  ]);
  checkVersion(version);
  const found = await usable(inspected, request.builder, deps);
  if (found.driver !== "docker") return { ...found, remove: async () => {} };
  if (request.builder !== undefined) {
    throw new UserError(`the builder "${request.builder}" has the docker driver, which can't push by digest`, {
      hint: "name a builder with the docker-container, remote or kubernetes driver, or none: one is made then",
    });
  }
  return createBuilder(request, deps);
}

/** The builder as it is now: an emulator that came meanwhile adds platforms. @throws UserError when it doesn't start. */
export async function inspectAgain(builder: Builder, deps: BuilderDependencies): Promise<Builder> {
  const inspected = await docker(["buildx", "inspect", "--bootstrap", builder.name], deps);
  const { platforms, isHere } = await usable(inspected, builder.name, deps);
  return { ...builder, platforms, isHere };
}

/** What is used of an inspected builder. @throws UserError where none of its nodes can build. */
async function usable(
  inspected: Finished,
  name: string | undefined,
  deps: BuilderDependencies,
): Promise<Omit<Builder, "remove">> {
  const found = inspected.code === 0 ? parseInspect(textOf(inspected)) : undefined;
  if (found === undefined || found.problem !== undefined) {
    // One that could not be started is described all the same.
    const known =
      found ?? parseInspect(textOf(await docker(["buildx", "inspect", ...(name === undefined ? [] : [name])], deps)));
    throw unusable(name, found?.problem ?? inspected.stderr, known);
  }
  const { driver, platforms, isHere } = found;
  // The engine's own is not what builds here.
  if (driver !== "docker" && found.buildkit !== undefined && isOlder(found.buildkit, minimumBuildkit)) {
    throw new UserError(
      `the builder "${shortLine(found.name, 80)}" runs BuildKit ${found.buildkit}, which is too old`,
      {
        hint: `give it BuildKit ${minimumBuildkit} or later, which exports what is asked for here, or leave the input \`builder\` empty`,
      },
    );
  }
  return { name: found.name, driver, platforms, isHere };
}

/** A builder of our own, started; the caller removes it. @throws UserError when it can't be made, nothing left behind then. */
export async function createBuilder(request: BuilderRequest, deps: BuilderDependencies): Promise<Builder> {
  const name = `image-publish-${request.suffix}`;
  // buildx grants the host's network alone, and only where nothing else is said.
  const granted = request.entitlements.some((each) => each === insecure) ? ["network.host", insecure] : [];
  const flags = granted.map((each) => `--allow-insecure-entitlement=${each}`).join(" ");
  const grants = flags === "" ? [] : ["--buildkitd-flags", flags];
  const network = request.repositories.some(isOnThisMachine) ? ["--driver-opt", "network=host"] : [];
  const remove = async (): Promise<void> => {
    // At the end of a cancelled run too, so not under its signal, but with a limit.
    const { signal: _, ...rest } = deps;
    const args = ["buildx", "rm", "--force", name];
    const removed = await rest.processes.run("docker", args, { env: withoutLogins(rest.environment), timeout: 60_000 });
    if (removed.code !== 0) throw new Error(`docker buildx rm ${name}: ${lastMessage(removed.stderr)}`);
  };
  const args = [
    "buildx",
    "create",
    "--driver",
    "docker-container",
    "--name",
    name,
    ...network,
    ...grants,
    "--bootstrap",
  ];
  try {
    const created = await docker(args, deps);
    if (created.code !== 0) {
      throw new UserError(`no builder could be made: ${lastMessage(created.stderr)}`, {
        hint: "set one up before this step, for example with docker/setup-buildx-action",
      });
    }
    return await inspectAgain({ name, driver: "docker-container", platforms: [], isHere: true, remove }, deps);
  } catch (error) {
    await remove().catch(() => {});
    throw error;
  }
}

const insecure = "security.insecure";

/** The first of these rights that a builder refuses to a build of a context of nothing. */
export async function findRefusal(
  entitlements: readonly string[],
  builder: string,
  context: string,
  deps: BuilderDependencies,
): Promise<string | undefined> {
  const allowed = entitlements.map((each) => `--allow=${each}`);
  const args = [
    "buildx",
    "build",
    "--builder",
    builder,
    "--progress=quiet",
    "--output=type=cacheonly",
    ...allowed,
    context,
  ];
  const { stderr } = await docker(args, deps);
  return /granting entitlement (\S+) is not allowed/.exec(stderr)?.[1];
}

/** A loopback address in a container is the container's own. */
function isOnThisMachine(repository: Repository): boolean {
  const host = splitRepository(repository).host.replace(/:\d+$/, "");
  return host === "localhost" || host.endsWith(".localhost") || host.startsWith("127.") || host === "[::1]";
}

function checkVersion(version: Finished): void {
  if (version.code !== 0) {
    throw new UserError("docker has no buildx here", { hint: install, cause: new Error(lastMessage(version.stderr)) });
  }
  // `github.com/docker/buildx v0.29.1 <commit>`; a build from source may say no version, and is trusted.
  const found = /\bv?(\d+)\.(\d+)\.(\d+)/.exec(textOf(version));
  if (found === null) return;
  if (isOlder(found[0], minimumBuildx)) throw new UserError(`buildx ${found[0]} is too old`, { hint: install });
}

/** Compares major and minor version. */
function isOlder(version: string, than: string): boolean {
  const order = (text: string): number => {
    const [major, minor] = text.replace(/^v/, "").split(".");
    return Number(major) * 1e6 + Number(minor);
  };
  return order(version) < order(than);
}

function unusable(
  name: string | undefined,
  problem: string,
  { driver = "", endpoint }: Partial<Pick<InspectedBuilder, "driver" | "endpoint">> = {},
): UserError {
  const message = lastMessage(problem);
  const isElsewhere = driver === "remote" || driver === "kubernetes";
  if (!isElsewhere && /Cannot connect to the Docker daemon|dial unix|permission denied/i.test(message)) {
    return new UserError(`docker's engine can't be reached: ${message}`, {
      hint: "start the engine, or give this user the right to use its socket",
    });
  }
  const which = name === undefined ? "the current builder" : `the builder "${shortLine(name, 80)}"`;
  if (isElsewhere && endpoint !== undefined && silent.test(message)) {
    return new UserError(`${which} doesn't answer at ${shortLine(endpoint, 200)}: ${message}`, {
      hint: `start it, or check its address${name === undefined ? "" : ` (\`docker buildx inspect ${shortLine(name, 80)}\`)`}, or choose another with \`builder\``,
    });
  }
  return new UserError(`${which} can't be used: ${message}`, {
    hint: isElsewhere
      ? `check that what it connects to (driver ${driver}) runs and can be reached from here, or choose another with \`builder\``
      : "see `docker buildx ls` for the builders there are, or leave the input `builder` empty",
  });
}

/** How a connection fails that nobody takes. */
const silent = /deadline exceeded|timed? ?out|connection (?:refused|reset)|no such host|no route to host|unreachable/i;

function docker(args: readonly string[], deps: BuilderDependencies): Promise<Finished> {
  // Only what starts a builder may have to read its image from a registry.
  const env = args.includes("--bootstrap") ? deps.environment : withoutLogins(deps.environment);
  return deps.processes.run("docker", args, { env, signal: deps.signal, timeout: 180_000 });
}

function textOf(finished: Finished): string {
  return new TextDecoder().decode(finished.stdout);
}
