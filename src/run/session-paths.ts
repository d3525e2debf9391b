/** Which paths of the machine a session may open, and where it keeps what is its own. */
import { posix } from "node:path";
import type { Settings } from "../config/inputs.ts";
import { UserError } from "../errors.ts";
import type { Git } from "../git/git.ts";
import {
  followLinks,
  isWithin,
  type LocalPaths,
  localPaths,
  type NamedPath,
  type PathSetting,
} from "../lib/local-paths.ts";
import { parseCacheEntries } from "../model/buildflags/cache-entry.ts";
import { parseSshAgent } from "../model/buildflags/ssh-agent.ts";
import { isUrl } from "../model/repository-path.ts";
import type { RunContext } from "../model/run-context.ts";
import type { CheckoutTrust } from "../model/trust.ts";
import type { FileLooks, Files } from "../ports.ts";
import type { RunInputs } from "../settings/run-inputs.ts";
import type { Outside } from "./outside.ts";

export interface SessionPathsInput {
  readonly trust: CheckoutTrust;
  readonly context: Pick<RunContext, "workspace">;
  readonly inputs: Pick<RunInputs, "settings">;
  /** With those that a sparse checkout leaves out. */
  readonly files: FileLooks;
  readonly env: Outside["env"];
  readonly git: Pick<Git, "root">;
  /** The run's own. */
  readonly folder: string;
}

/** The rules that hold for this run's paths. */
export async function openPaths({
  trust,
  context,
  inputs,
  files,
  env,
  git,
  folder,
}: SessionPathsInput): Promise<LocalPaths> {
  const { workspace: checkout } = context;
  const rules = {
    checkout,
    boundary: trust.kind === "trusted" ? runnerWorkspace(checkout, env) : await git.root(),
    untrusted: trust.kind === "trusted" ? undefined : trust.why,
    named: namedPaths(inputs.settings),
    own: [folder, `${folder}-history`],
  };
  return localPaths(rules, files);
}

/** Other steps put files beside the checkout, too. */
function runnerWorkspace(checkout: string, env: Outside["env"]): string {
  const workspace = env.GITHUB_WORKSPACE;
  return workspace !== undefined && posix.isAbsolute(workspace) && isWithin(checkout, posix.normalize(workspace))
    ? posix.normalize(workspace)
    : checkout;
}

/** The paths in the values of inputs. */
export function namedPaths(settings: Settings): readonly NamedPath[] {
  const { config, context, file, buildContexts, secretFiles, ssh, cacheFrom, cacheTo } = settings;
  const values = (lines: Settings["secretFiles"]): readonly string[] =>
    lines.map(({ text }) => text.slice(text.indexOf("=") + 1).trim());
  const of = (setting: PathSetting, paths: readonly (string | undefined)[]): readonly NamedPath[] =>
    paths.flatMap((path) => (path === undefined || path === "" ? [] : [{ setting, path }]));
  return [
    ...of("config", [config]),
    ...of("context", [context]),
    ...of("file", [file]),
    ...of("build-contexts", values(buildContexts).map(contextFolder)),
    ...of("secret-files", values(secretFiles)),
    ...of(
      "ssh",
      ssh.flatMap(({ text }) => parseSshAgent(text).paths),
    ),
    ...of(
      "cache-from",
      cacheFrom.flatMap(({ text }) => cacheFolders(text, "src")),
    ),
    ...of(
      "cache-to",
      cacheTo.flatMap(({ text }) => cacheFolders(text, "dest")),
    ),
  ];
}

/** The folder that a named context reads; `undefined` for an image or an address. */
export function contextFolder(value: string): string | undefined {
  const [, layout] = /^oci-layout:\/\/([^@]*?)(?::[^/@]*)?(?:@.*)?$/s.exec(value) ?? [];
  if (layout !== undefined) return layout;
  if (value.startsWith("cwd://")) return value.slice("cwd://".length);
  return isUrl(value) || value.startsWith("target:") ? undefined : value;
}

/** The folders of a cache line such as `type=local,src=…`; none of one that buildx refuses. */
export function cacheFolders(line: string, key: "src" | "dest"): readonly string[] {
  return entriesOf(line).flatMap(({ type, attributes }) => {
    const folder = type === "local" ? attributes.get(key) : undefined;
    return folder === undefined ? [] : [folder];
  });
}

/** A line that can't be read is an error of its own, before anything is built. */
function entriesOf(line: string): ReturnType<typeof parseCacheEntries> {
  try {
    return parseCacheEntries(line);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/**
 * The folder above a run's own: `temp`, unless that is in the workspace, where a build's context could reach it (runners of
 * one's own, act).
 */
export async function privateParent(
  { workspace, temp }: Pick<RunContext, "workspace" | "temp">,
  {
    files,
    env,
    log,
  }: {
    readonly files: Pick<Files, "read"> & FileLooks;
    readonly env: Outside["env"];
    readonly log: Pick<Outside["log"], "info">;
  },
): Promise<string> {
  const real = async (path: string): Promise<string> => (await followLinks(path, files))?.real ?? path;
  const root = await real(runnerWorkspace(workspace, env));
  if (!isWithin(await real(temp), root)) return temp;
  const other = env.TMPDIR || "/tmp";
  if (isWithin(await real(other), root)) return temp;
  log.info(`RUNNER_TEMP is in the workspace, where builds could read it: this run keeps its files in ${other}`);
  return other;
}

/** Inputs whose paths in the checkout start there, as those of the config file do, also where they are written in full. */
export function fromCheckout(inputs: RunInputs, checkout: string): RunInputs {
  const { config, context, file, buildContexts, buildArgsFile, bakeFile } = inputs.settings;
  const relative = (path: string): string =>
    posix.isAbsolute(path) && isWithin(posix.normalize(path), checkout) ? posix.relative(checkout, path) || "." : path;
  const contexts = buildContexts.map((line) => {
    const equals = line.text.indexOf("=");
    return { ...line, text: line.text.slice(0, equals + 1) + relative(line.text.slice(equals + 1).trim()) };
  });
  const settings = {
    ...inputs.settings,
    config: config && relative(config),
    context: context && relative(context),
    file: file && relative(file),
    buildContexts: contexts,
    bakeFile: bakeFile.map((line) => ({
      ...line,
      text: line.text
        .split(/\s\+\s/)
        .map(relative)
        .join(" + "),
    })),
    buildArgsFile: buildArgsFile.map((line) => ({ ...line, text: relative(line.text) })),
  };
  return { ...inputs, settings };
}
