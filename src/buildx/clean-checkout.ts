/**
 * A copy of the checkout without the credentials in git's folders. BuildKit's frontends, which a Dockerfile may choose, can ask
 * for any file of a context, also for those that are ignored: what must not enter a build can't be where it is made from.
 */
import { posix } from "node:path";
import { UserError } from "../errors.ts";
import { isWithin } from "../lib/local-paths.ts";
import type { FileLinks, Files } from "../ports.ts";
import { cleanConfig, type GitFolderDependencies, settingsOf, withoutSecrets } from "./git-credentials.ts";
import { lastMessage } from "./invocation/short-line.ts";

export interface CopyDependencies extends GitFolderDependencies {
  readonly files: GitFolderDependencies["files"] & Pick<Files, "write" | "makeDirectory" | "remove"> & FileLinks;
}

/** As many names in one command line as all systems take. */
const batch = 200;

/**
 * Copies a checkout into a folder, which must not be there yet. Times and modes stay; git's objects are shared, as nobody
 * changes them. @param secret files with a credential, absolute. @throws UserError where it can't be copied.
 */
export async function cleanCheckout(
  checkout: string,
  secret: readonly string[],
  folder: string,
  deps: CopyDependencies,
): Promise<void> {
  if (isWithin(folder, checkout)) throw inItself(folder);
  const entries = ((await deps.files.list(checkout)) ?? []).map(({ name }) => name);
  await copy(
    checkout,
    entries.filter((name) => name !== ".git"),
    folder,
    deps,
  );
  const git = entries.includes(".git") ? await deps.files.look(Buffer.from(`${checkout}/.git`)) : undefined;
  if (git?.kind === "directory") {
    const names = ((await deps.files.list(`${checkout}/.git`)) ?? []).map(({ name }) => name);
    await copy(
      `${checkout}/.git`,
      names.filter((name) => name !== "objects"),
      `${folder}/.git`,
      deps,
    );
    await share(`${checkout}/.git/objects`, `${folder}/.git`, deps);
  } else if (git !== undefined) await copy(checkout, [".git"], folder, deps);
  for (const path of secret) await clean(posix.join(folder, posix.relative(checkout, path)), deps);
}

async function copy(from: string, names: readonly string[], to: string, deps: CopyDependencies): Promise<void> {
  await deps.files.makeDirectory(to);
  for (let at = 0; at < names.length; at += batch) {
    const sources = names.slice(at, at + batch).map((name) => `${from}/${name}`);
    const { code, stderr } = await run("cp", ["-a", ...sources, to], deps);
    if (code !== 0) throw notCopied(stderr);
  }
}

/** Hard links, where both are on one disk and the system allows it. */
async function share(from: string, to: string, deps: CopyDependencies): Promise<void> {
  const { code } = await run("cp", ["-al", from, to], deps);
  if (code === 0) return;
  await deps.files.remove(`${to}/objects`);
  await copy(posix.dirname(from), [posix.basename(from)], to, deps);
}

function run(program: string, args: readonly string[], { processes, environment: env, signal }: CopyDependencies) {
  return processes.run(program, args, { env, signal });
}

/** A config stays one; other text loses its passwords, and what holds more than these is left out. */
async function clean(path: string, deps: CopyDependencies): Promise<void> {
  const { files } = deps;
  const bytes = await files.read(path);
  if (bytes === undefined) return;
  const isConfig = /^config(?:\.worktree)?$/.test(posix.basename(path));
  const text = isConfig ? cleanConfig(await settingsOf(path, deps)) : undefined;
  await files.remove(path);
  if (text !== undefined) await files.write(path, text);
  else if (path.includes("/.git/logs/")) await files.write(path, withoutSecrets(new TextDecoder().decode(bytes)));
}

function notCopied(stderr: string): UserError {
  return new UserError(`the checkout can't be copied without its credentials: ${lastMessage(stderr)}`, {
    hint: "set `persist-credentials: false` at actions/checkout, so that there are none",
  });
}

function inItself(folder: string): UserError {
  return new UserError(
    `the checkout can't be copied without its credentials, as it holds the run's folder, ${folder}`,
    {
      hint: "set `persist-credentials: false` at actions/checkout, or RUNNER_TEMP to a folder outside of the checkout",
    },
  );
}
