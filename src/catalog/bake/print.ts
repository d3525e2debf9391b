/** Asks buildx what bake files mean: groups, variables, functions, matrices and inheritance are its business. */
import { UserError } from "../../errors.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { joinPath, lastPart } from "../../model/repository-path.ts";
import type { Finished, Processes } from "../../ports.ts";
import { type BakeDefinition, readDefinition } from "./bake-definition.ts";

export interface BakeTools {
  readonly processes: Processes;
  /** Our own environment, of which docker gets what it needs to find its parts. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** The bake file that messages name, and the folder in which it means what its author meant. */
export interface BakeFolder {
  readonly folder: RepositoryPath;
  readonly file: RepositoryPath;
  /** The files that are read, where an input names them; unset: those that buildx finds in the folder. */
  readonly named?: readonly RepositoryPath[];
  /** The input names other files in the same folder. */
  readonly isShared?: boolean;
}

/** Distinguishes places with bake files. */
export function placeKey({ folder, named }: BakeFolder): string {
  return JSON.stringify([folder, named]);
}

/** A bake file with a mistake: that the program to read it is missing is none of these. */
export class BakeFileError extends UserError {
  override readonly name = "BakeFileError";
}

/**
 * What docker needs to find buildx. The rest of the environment is left out, because bake takes any variable of its
 * files from it: the plan must not depend on variables of the machine where it is made.
 */
const passed: readonly string[] = ["PATH", "HOME", "DOCKER_CONFIG", "BUILDX_CONFIG", "XDG_RUNTIME_DIR", "TMPDIR"];
const limit = 60_000;

// Secrets and agents are not needed to print, and those that aren't there would be an error.
const printing = ["buildx", "bake", "--print", "--progress", "quiet", "--set", "*.secrets=", "--set", "*.ssh="];

/**
 * Prints the definition of groups or targets, by default that of the group `default`. @returns `missing`: the first name that
 * there is no target or group of. @throws UserError for a file that buildx refuses, and where there is no buildx.
 */
export async function printBake(
  at: BakeFolder,
  names: readonly string[],
  root: string,
  tools: BakeTools,
): Promise<{ readonly definition: BakeDefinition } | { readonly missing: string }> {
  const { folder, file } = at;
  const args = [...printing, ...filesRead(at, root), ...names];
  const { code, stdout, stderr } = await running(args, joinPath(root, folder), file, tools);
  if (code === 0) return { definition: readDefinition(new TextDecoder().decode(stdout), file) };
  const missing = /failed to find target (\S+)/.exec(stderr)?.[1];
  if (missing !== undefined) return { missing };
  throw isBuildxMissing(stderr) ? noBuildx(file) : refused(at, stderr);
}

function filesRead({ named = [] }: BakeFolder, root: string): readonly string[] {
  return named.map((file) => `--file=${joinPath(root, file)}`);
}

/**
 * Prints what is wanted of several files by one process. Paths in the definition are relative to each target's own file.
 * @returns `undefined` where buildx refuses one of them. @throws UserError where there is no buildx.
 */
export async function printTogether(
  files: readonly BakeFolder[],
  names: readonly string[],
  root: string,
  tools: BakeTools,
): Promise<BakeDefinition | undefined> {
  const [first] = files;
  if (first === undefined) return undefined;
  const named = files.map(({ file }) => `--file=${joinPath(root, file)}`);
  const args = [...printing, ...named, ...names];
  const { code, stdout } = await running(args, joinPath(root, first.folder), first.file, tools);
  return code === 0 ? readDefinition(new TextDecoder().decode(stdout), first.file) : undefined;
}

/**
 * The values of the variables of bake files, as text: their defaults, or results of others. @throws UserError for a
 * file that buildx refuses, and where there is no buildx that can list them.
 */
export async function listVariables(
  at: BakeFolder,
  root: string,
  tools: BakeTools,
): Promise<ReadonlyMap<string, string>> {
  const { folder, file } = at;
  const args = ["buildx", "bake", "--list=type=variables,format=json", "--progress", "quiet", ...filesRead(at, root)];
  const { code, stdout, stderr } = await running(args, joinPath(root, folder), file, tools);
  if (/unknown flag: --(?:list|progress)/.test(stderr)) throw tooOld(file);
  if (code !== 0) throw isBuildxMissing(stderr) ? noBuildx(file) : refused(at, stderr);
  const listed: unknown = JSON.parse(new TextDecoder().decode(stdout));
  const entries: readonly unknown[] = Array.isArray(listed) ? listed : [];
  return new Map(
    entries.flatMap((entry) => {
      const { name, value } = Object.fromEntries(Object.entries(entry ?? {}));
      return typeof name === "string" && typeof value === "string" && value !== "" ? [[name, value] as const] : [];
    }),
  );
}

function cleanEnvironment(env: BakeTools["env"]): Record<string, string> {
  return Object.fromEntries(passed.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

async function running(
  args: readonly string[],
  cwd: string,
  file: RepositoryPath,
  { processes, env, signal }: BakeTools,
): Promise<Finished> {
  try {
    return await processes.run("docker", args, { cwd, env: cleanEnvironment(env), signal, timeout: limit });
  } catch (cause) {
    if (!(cause instanceof UserError) || !cause.message.includes("was not found")) throw cause;
    throw noBuildx(file, cause);
  }
}

/** Docker without the plugin takes `--print` for an option of its own. */
function isBuildxMissing(stderr: string): boolean {
  return /unknown flag: --print|is not a docker command|unknown command: docker buildx/.test(stderr);
}

function noBuildx(file: RepositoryPath, cause?: unknown): UserError {
  return new UserError(`${file} can't be read: it takes docker with buildx, which is not there`, {
    hint: "install docker with the buildx plugin (hosted runners have it), or write what the bake file states into image-publish.yml",
    at: { file },
    cause,
  });
}

/** Docker without buildx doesn't know the option either. */
function tooOld(file: RepositoryPath): UserError {
  return new UserError(`this docker's buildx can't list the variables of ${file}`, {
    hint: "install a buildx plugin that has `docker buildx bake --list`, or take the version from elsewhere, such as from=arg:VERSION",
    at: { file },
  });
}

function refused({ file: first, named = [first] }: BakeFolder, stderr: string): UserError {
  const lines = stderr.split("\n").map((line) => line.trim());
  const message = lines.findLast((line) => line.startsWith("ERROR:"))?.slice("ERROR:".length) ?? lines.join(" ");
  const lineIn = (file: RepositoryPath) =>
    new RegExp(`${lastPart(file).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}:(\\d+)`).exec(stderr)?.[1];
  const file = named.find((each) => lineIn(each) !== undefined) ?? first;
  const line = lineIn(file);
  return new BakeFileError(`docker buildx bake can't read ${file}: ${message.trim() || "it says nothing"}`, {
    hint: "fix the file; run `docker buildx bake --print` in its folder to see the same error",
    at: { file, ...(line === undefined ? {} : { line: Number(line) }) },
  });
}
