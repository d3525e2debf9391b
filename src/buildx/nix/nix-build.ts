/** Runs nix-build, and gets the archive of an image out of what it made. */
import { posix } from "node:path";
import { type SourceLocation, UserError } from "../../errors.ts";
import { followLinks, isWithin } from "../../lib/local-paths.ts";
import { type Platform, partsOf } from "../../model/platform.ts";
import type { FileLooks, Log, Processes } from "../../ports.ts";
import type { Environment } from "../builder/environment.ts";
import { BuildError } from "../diagnosis/build-error.ts";
import { shortLine } from "../invocation/short-line.ts";

export interface NixDependencies {
  readonly processes: Processes;
  readonly files: FileLooks;
  readonly log: Pick<Log, "group">;
  /** The child's whole environment: what Nix needs, and no secret. */
  readonly nixEnvironment: Environment;
  /** The repository's root, absolute. */
  readonly workspace: string;
  /** Why expressions of the checkout may read and run nothing outside of it, a clause; `undefined` where they may. */
  readonly restricted: string | undefined;
  readonly signal: AbortSignal;
}

export interface NixBuild {
  readonly image: string;
  /** In the repository. */
  readonly nixFile: string;
  /** `undefined`: the machine's own. */
  readonly platform: Platform | undefined;
  /** A folder of its own, absolute. */
  readonly folder: string;
}

/**
 * Builds the expression and returns the path of a docker-archive (dockerTools.buildImage, buildLayeredImage): what it made, or
 * what the program that it made writes (streamLayeredImage).
 * @throws UserError where Nix is missing, BuildError where it fails, and where it makes something else.
 */
export async function nixArchive(build: NixBuild, deps: NixDependencies): Promise<string> {
  const { image, nixFile, folder } = build;
  const at = { file: nixFile };
  const made = await runNixBuild(build, deps);
  const followed = await followLinks(made, deps.files);
  const store = await followLinks(posix.dirname(made), deps.files);
  if (followed === undefined || store === undefined || !isWithin(followed.real, store.real)) {
    throw notAnImage(image, "made a symlink that leads out of Nix's store", at);
  }
  const look = await deps.files.look(Buffer.from(made));
  if (look?.kind === "directory") throw notAnImage(image, `made the folder ${posix.basename(made)}`, at);
  if (look?.kind !== "file" || look.size > largestProgram || !look.isExecutable || !(await isProgram(look)))
    return made;
  if (deps.restricted !== undefined) throw noProgram(image, deps.restricted, at);
  const archive = `${folder}/archive.tar`;
  const { code, stderr } = await deps.processes.run(made, [], {
    ...{ env: deps.nixEnvironment, cwd: folder, signal: deps.signal, stdoutFile: archive },
  });
  if (code === 0) return archive;
  throw failed(image, `the program that Nix made ended with exit code ${code}`, stderr.split("\n"), deps.workspace, at);
}

/** streamLayeredImage makes a few lines of shell or Python. */
const largestProgram = 65_536;

async function isProgram(look: { content(): Promise<Uint8Array> }): Promise<boolean> {
  return (
    Buffer.from(await look.content())
      .subarray(0, 2)
      .toString() === "#!"
  );
}

async function runNixBuild({ image, nixFile, platform, folder }: NixBuild, deps: NixDependencies): Promise<string> {
  const at = { file: nixFile };
  const lines: string[] = [];
  const limits = deps.restricted === undefined ? [] : restrictedOptions(deps.workspace);
  const args = ["--out-link", `${folder}/result`, ...systemOptions(platform), ...limits, `./${nixFile}`];
  const { code, stdout } = await nixRun(image, args, lines, deps);
  const paths = new TextDecoder()
    .decode(stdout)
    .split("\n")
    .filter((line) => line !== "");
  const [made, ...others] = paths;
  deps.log.group(
    `${image}: ${code === 0 ? "built" : "failed"} by nix-build${platform === undefined ? "" : ` for ${platform}`}`,
    lines,
  );
  if (code !== 0) {
    const how = deps.restricted === undefined ? "" : `, restricted to the checkout, as ${deps.restricted}`;
    throw failed(image, `nix-build ended with exit code ${code}${how}`, lines, deps.workspace, at);
  }
  if (made === undefined || others.length > 0) throw notAnImage(image, `makes ${paths.length} things`, at);
  return made;
}

async function nixRun(image: string, args: readonly string[], lines: string[], deps: NixDependencies) {
  const { nixEnvironment: env, workspace: cwd, signal, processes } = deps;
  const onLine = (line: string, stream: "stdout" | "stderr") => {
    if (stream === "stderr") lines.push(shortLine(line));
    if (lines.length > 1_000) lines.splice(0, 500);
  };
  try {
    return await processes.run("nix-build", args, { env, cwd, signal, onLine });
  } catch (cause) {
    // The only thing that is wrong before it runs is that it can't be run.
    if (!(cause instanceof UserError)) throw cause;
    throw new UserError(`${image} is made by Nix, and ${cause.message}`, {
      hint: "install Nix in a step before this one, or set `variant: dockerfile` to build only Dockerfiles",
      cause,
    });
  }
}

const machines: Readonly<Record<string, string>> = {
  amd64: "x86_64",
  arm64: "aarch64",
  "386": "i686",
  "arm/v7": "armv7l",
  "arm/v6": "armv6l",
  ppc64le: "powerpc64le",
};

/** What `builtins.currentSystem` is, and that this machine may build for it (nix.conf(5), "system", "extra-platforms"). */
function systemOptions(platform: Platform | undefined): readonly string[] {
  if (platform === undefined) return [];
  const { os, architecture, variant } = partsOf(platform);
  const name = variant === undefined ? architecture : `${architecture}/${variant}`;
  const system = `${machines[name] ?? architecture}-${os}`;
  return ["--option", "system", system, "--option", "extra-platforms", system];
}

/**
 * The evaluator reads the checkout, NIX_PATH and nothing else, and fetches nothing; builders run in the sandbox or not at all
 * (nix.conf(5), "restrict-eval", "allowed-uris", "sandbox", "sandbox-fallback").
 */
function restrictedOptions(workspace: string): readonly string[] {
  const options = { "restrict-eval": "true", "allowed-uris": "", sandbox: "true", "sandbox-fallback": "false" };
  return [
    ...Object.entries(options).flatMap(([name, value]) => ["--option", name, value]),
    "-I",
    `checkout=${workspace}`,
  ];
}

/**
 * A daemon may pass over the option `sandbox` of a user whom it doesn't trust: something of this machine that no sandbox has
 * is looked for by a builder. @throws UserError where it is found.
 */
export async function checkSandbox(
  image: string,
  nixFile: string,
  probe: string,
  deps: NixDependencies,
): Promise<void> {
  if (deps.restricted === undefined) return;
  const script = "if [ -e /etc/os-release ] || [ -e /var/tmp ]; then echo open; else echo shut; fi > $out";
  const expression = `derivation { name = "sandbox-${probe}"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" ${JSON.stringify(script).replaceAll("$", "\\$")} ]; }`;
  const args = ["--no-out-link", ...restrictedOptions(deps.workspace), "-E", expression];
  const { code, stdout } = await nixRun(image, args, [], deps);
  // A sandbox without a shell is one, too.
  if (code !== 0) return;
  const look = await deps.files.look(Buffer.from(new TextDecoder().decode(stdout).trim()));
  const answer = look?.kind === "file" ? new TextDecoder().decode(await look.content()).trim() : "";
  if (answer === "shut") return;
  throw new UserError(`${image} can't be built by Nix: its builders run without a sandbox, and ${deps.restricted}`, {
    hint: "set `sandbox = true` in the runner's nix.conf",
    at: { file: nixFile },
  });
}

function noProgram(image: string, why: string, at: SourceLocation): UserError {
  return new UserError(`${image} can't be built: its Nix file makes a program that writes the image, and ${why}`, {
    hint: "let it be what pkgs.dockerTools.buildLayeredImage gives, which runs nothing outside of Nix's sandbox",
    at,
  });
}

function notAnImage(image: string, what: string, at: SourceLocation): BuildError {
  return new BuildError(image, `its Nix file ${what}, where one archive of an image is expected`, {
    category: "unknown",
    hint: "let it be what pkgs.dockerTools.buildImage, buildLayeredImage or streamLayeredImage gives",
    at,
  });
}

const quotedLines = 5;

function failed(
  image: string,
  what: string,
  lines: readonly string[],
  workspace: string,
  at: SourceLocation,
): BuildError {
  const written = lines.map((line) => shortLine(line)).filter((line) => line.trim() !== "");
  const output = written.slice(-200);
  return new BuildError(image, what, {
    category: "command",
    hint: "see the lines of nix-build above, and fix the expression or what it needs",
    at: placeIn(written, workspace) ?? at,
    output,
    quoted: output.slice(-quotedLines),
  });
}

/** Nix says `at /checkout/images/a/default.nix:3:5:`; the first such place in the checkout. */
function placeIn(lines: readonly string[], workspace: string): SourceLocation | undefined {
  for (const line of lines) {
    const [, path = "", row, column] = /(?:^|\s)(\/\S+?\.nix):(\d+)(?::(\d+))?/.exec(line) ?? [];
    if (!path.startsWith(`${workspace}/`) || row === undefined) continue;
    const file = path.slice(workspace.length + 1);
    return { file, line: Number(row), ...(column === undefined ? {} : { column: Number(column) }) };
  }
  return undefined;
}
