/** Credentials in git's own folder, as older versions of actions/checkout leave them there: found, and taken out of a copy. */
import { posix } from "node:path";
import { limitCalls } from "../lib/limit.ts";
import type { FileLooks, Files, Processes } from "../ports.ts";
import type { Environment } from "./builder/environment.ts";

export interface GitFolderDependencies {
  readonly processes: Processes;
  readonly files: Pick<Files, "read" | "list"> & FileLooks;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** A setting of a config file: `http.https://github.com/.extraheader`. */
export interface GitSetting {
  readonly key: string;
  readonly value: string;
}

/** Files with a credential in the git folders of a directory, absolute; submodules' are in the main one. */
export async function gitCredentialFiles(directory: string, deps: GitFolderDependencies): Promise<readonly string[]> {
  const folders = await gitFolders(directory, deps);
  const found = await Promise.all(folders.map((folder) => credentialFilesIn(folder, directory, deps)));
  const store = posix.join(directory, ".git-credentials");
  return [...new Set([...found.flat(), ...(await withCredential([store], deps))])];
}

/** Git folders in a directory, of clones in it, too. A `.git` that is a file points elsewhere. */
async function gitFolders(directory: string, { processes, files, environment: env, signal }: GitFolderDependencies) {
  const { stdout } = await processes.run("find", [directory, "-name", ".git", "-prune", "-print0"], { env, signal });
  const paths = new TextDecoder()
    .decode(stdout)
    .split("\0")
    .filter((path) => path !== "");
  const looks = await Promise.all(paths.map((path) => files.look(Buffer.from(path))));
  return paths.filter((_, index) => looks[index]?.kind === "directory");
}

/** What a config file includes counts where it is in the directory, too. */
async function credentialFilesIn(folder: string, directory: string, deps: GitFolderDependencies) {
  const files = await smallFiles(folder, deps);
  const configs = files.filter(isConfig);
  const settings = await Promise.all(configs.map((path) => settingsOf(path, deps)));
  const included = settings.flatMap((each, index) =>
    each
      .filter(({ key }) => /^include(?:if\..*)?\.path$/is.test(key))
      .map(({ value }) => posix.resolve(posix.dirname(configs[index] ?? folder), value)),
  );
  const inside = included.filter((path) => path.startsWith(`${directory}/`));
  return withCredential([...files, ...inside], deps);
}

const reads = 16;

async function withCredential(paths: readonly string[], deps: GitFolderDependencies): Promise<readonly string[]> {
  const holds = limitCalls(reads, async (path: string): Promise<boolean> => {
    const look = await deps.files.look(Buffer.from(path));
    if (look?.kind !== "file" || look.size > largest) return false;
    if (isConfig(path)) return (await settingsOf(path, deps)).some(isCredential);
    return hasSecret(new TextDecoder().decode(await look.content()));
  });
  const answers = await Promise.all(paths.map(holds));
  return paths.filter((_, index) => answers[index]);
}

/** Git's own lists of objects and refs are larger, and hold none. */
const largest = 1024 * 1024;
const passedOver: ReadonlySet<string> = new Set(["objects", "lfs", "refs"]);

async function smallFiles(folder: string, deps: GitFolderDependencies): Promise<readonly string[]> {
  const entries = (await deps.files.list(folder)) ?? [];
  const found = await Promise.all(
    entries.map(async ({ name, kind }) => {
      const path = `${folder}/${name}`;
      if (kind === "directory") return passedOver.has(name) ? [] : smallFiles(path, deps);
      return kind === "file" && name !== "index" ? [path] : [];
    }),
  );
  return found.flat();
}

function isConfig(path: string): boolean {
  return /^config(?:\.worktree)?$/.test(posix.basename(path));
}

/** As git reads them, without what the file includes; none where git can't read it. */
export async function settingsOf(
  path: string,
  { processes, environment: env, signal }: Omit<GitFolderDependencies, "files">,
): Promise<readonly GitSetting[]> {
  const args = ["config", "--file", path, "--no-includes", "--null", "--list"];
  const { code, stdout } = await processes.run("git", args, { env, signal });
  if (code !== 0) return [];
  const records = new TextDecoder().decode(stdout).split("\0");
  return records
    .filter((record) => record !== "")
    .map((record) => {
      const end = record.indexOf("\n");
      return end < 0 ? { key: record, value: "true" } : { key: record.slice(0, end), value: record.slice(end + 1) };
    });
}

/** Whether a setting holds a credential: a header, a password in an address, a helper that prints one. */
export function isCredential({ key, value }: GitSetting): boolean {
  if (/\.extraheader$/i.test(key)) return value.trim() !== "";
  if (/^credential\./i.test(key) && /\b(?:password|token)=/i.test(value)) return true;
  return hasSecret(key) || hasSecret(value);
}

/** An address with a password, or with a token as its user; a header; a private key. */
export function hasSecret(text: string): boolean {
  return address().test(text) || /\bauthorization:\s*\S|-----BEGIN [A-Z ]*PRIVATE KEY/i.test(text);
}

/** The name of a user alone is none. */
function address(): RegExp {
  return /(?<=[a-z][a-z0-9+.-]*:\/\/)(?:[^\s/@:"']*:[^\s/@"']+|(?:gh[a-z]_|github_pat_|glpat-)[^\s/@:"']+:?)@/gi;
}

/** The text of a config file without credentials: everything else is as it was, helpers and includes aside. */
export function cleanConfig(settings: readonly GitSetting[]): string {
  const kept = settings.flatMap(({ key, value }) => {
    if (/\.extraheader$/i.test(key) || /^(?:credential|include|includeif)\./i.test(key)) return [];
    if (/^core\.(?:sshcommand|askpass|gitproxy|fsmonitor|hookspath)$/i.test(key) || hasSecret(key)) return [];
    const clean = withoutSecrets(value);
    return hasSecret(clean) ? [] : [settingText(key, clean)];
  });
  return kept.join("");
}

export function withoutSecrets(text: string): string {
  return text.replaceAll(address(), "");
}

/** git-config(1), "Syntax": a subsection and a value in quotes may hold anything but a NUL. */
function settingText(key: string, value: string): string {
  const [first, last] = [key.indexOf("."), key.lastIndexOf(".")];
  const [section, name] = [key.slice(0, first), key.slice(last + 1)];
  const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;
  const head = first === last ? section : `${section} ${quoted(key.slice(first + 1, last))}`;
  return `[${head}]\n\t${name} = ${quoted(value).replaceAll("\n", "\\n").replaceAll("\t", "\\t")}\n`;
}
