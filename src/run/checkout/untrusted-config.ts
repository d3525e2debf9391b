/** The config file of an untrusted checkout: what it may decide, and what the base's file decides in its place. */
import { posix } from "node:path";
import { type CatalogConfig, configPaths, type ImageEntry, loadConfig, type ReadConfig } from "../../config/config.ts";
import type { SharedSettings } from "../../config/config-schema.ts";
import type { Layout } from "../../config/expand/layout.ts";
import { UserError } from "../../errors.ts";
import type { ForgeHistory } from "../../git/forge-history.ts";
import type { Git } from "../../git/git.ts";
import { GitFailure } from "../../git/git-command.ts";
import { isWithin } from "../../lib/local-paths.ts";
import type { Remark } from "../../model/remark.ts";
import type { Commit, RunContext } from "../../model/run-context.ts";
import type { CheckoutTrust } from "../../model/trust.ts";
import type { Files } from "../../ports.ts";
import type { RunInputs } from "../../settings/run-inputs.ts";
import { imageOrigins, type SettingOrigin } from "../../settings/setting-origins.ts";

/** The settings that an untrusted checkout's file may decide, and all others from its base's file. */
export interface MixedConfig {
  readonly config: CatalogConfig;
  /** Entries that describe no image by themselves: their settings hold if there is one of that name. */
  readonly settingsOnly: readonly ImageEntry[];
  /** Settings of the checkout's file that are ignored, as the base's file says otherwise or nothing. */
  readonly ignored: readonly string[];
}

export interface ConfigRun {
  readonly context: Pick<RunContext, "workspace">;
  readonly inputs: Pick<RunInputs, "settings">;
  readonly trust: CheckoutTrust;
  /** The commit whose files decide where those of an untrusted checkout may not; `undefined` where it is unknown. */
  readonly base: Commit | undefined;
  readonly history: Pick<ForgeHistory, "filesAt">;
  readonly git: Pick<Git, "root" | "missing" | "fetch">;
}

/**
 * The config of the checkout, in an untrusted one mixed with that of its base.
 * @param configFiles where the checkout's file is read from
 * @param layout the checkout's files, over which the patterns of both config files are read
 * @throws UserError where the base's file can't be read
 */
export async function loadMixedConfig(
  run: ConfigRun,
  configFiles: Pick<Files, "read">,
  layout: Layout | undefined = undefined,
): Promise<MixedConfig & Pick<ReadConfig, "problems" | "ofEntries">> {
  const { trust, base } = run;
  const { workspace } = run.context;
  const given = run.inputs.settings.config;
  const { config, ...wrong } = await loadConfig(workspace, given, configFiles, layout);
  if (trust.kind === "trusted" || (await isElsewhere(given, run)))
    return { config, settingsOnly: [], ignored: [], ...wrong };
  const paths = configPaths(given);
  const atBase = await contentsAt(paths, run);
  const read = async (path: string) => atBase.get(posix.relative(workspace, path));
  // A file that the base lacks says nothing, also where the input names it.
  const atThat = atBase.size === 0 ? undefined : given;
  const { config: ofBase, problems: more } = await loadConfig(workspace, atThat, { read }, layout);
  if (more.length > 0) throw wrongAtBase(base, more);
  return { ...mixedConfig(config, ofBase), ...wrong };
}

/** A file outside of the worktree, which an input names, is not the untrusted checkout's. */
async function isElsewhere(given: string | undefined, { context, git }: Pick<ConfigRun, "context" | "git">) {
  const isOutside = given !== undefined && (posix.isAbsolute(given) || posix.normalize(given).startsWith("../"));
  return isOutside && !isWithin(posix.resolve(context.workspace, given), await git.root());
}

async function contentsAt(
  paths: readonly string[],
  { base, history, git }: Pick<ConfigRun, "base" | "history" | "git">,
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (base === undefined) throw unreadable(base);
  try {
    // A commit is the same wherever it comes from, and the comparison with it needs it in the checkout, too.
    if ((await git.missing([base])).length > 0) await git.fetch([base], "tip");
    return await history.filesAt(base, paths);
  } catch (error) {
    if (error instanceof GitFailure) throw unreadable(base, error);
    throw error;
  }
}

function unreadable(base: Commit | undefined, cause?: unknown): UserError {
  const whose = base === undefined ? "the default branch" : base.slice(0, 7);
  return new UserError(
    `the config file of ${whose}, the base of this untrusted checkout, can't be read, so that nothing decides where images are pushed`,
    {
      hint: "let actions/checkout fetch the base (`fetch-depth: 0`), or give `token` the right to read contents",
      cause,
    },
  );
}

function wrongAtBase(base: Commit | undefined, problems: readonly UserError[]): UserError {
  const [first] = problems;
  const file = first?.at?.file ?? "the config file";
  return new UserError(`${file} of ${base?.slice(0, 7)}, the base of this untrusted checkout, has a mistake`, {
    hint: `correct ${file} on the base branch`,
    ...(first?.at === undefined ? {} : { at: first.at }),
    cause: first,
  });
}

/** What a reader of the run has to know of settings that the checkout's file has in vain. */
export function ignoredRemarks({ ignored }: MixedConfig, { base }: Pick<ConfigRun, "base">): readonly Remark[] {
  if (ignored.length === 0) return [];
  const names = ignored.map((each) => `\`${each}\``).join(", ");
  return [
    {
      message: `${names} of this checkout's config file ${ignored.length === 1 ? "is" : "are"} ignored: the checkout is untrusted`,
      hint: `the step's inputs and the config file at ${base?.slice(0, 7) ?? "the base"} decide ${ignored.length === 1 ? "it" : "them"}, until this is merged`,
    },
  ];
}

/** Pure. */
export function mixedConfig(checkout: CatalogConfig, base: CatalogConfig): MixedConfig {
  const ofBase = new Map(base.images.map((entry) => [entry.name, entry]));
  const named = new Set(checkout.images.map(({ name }) => name));
  return {
    config: {
      file: checkout.file,
      ...(checkout.discovered && { discovered: checkout.discovered }),
      watchAll: checkout.watchAll,
      defaults: mixed(checkout.defaults, base.defaults),
      bump: base.bump,
      images: checkout.images.map((entry) => ({
        ...entry,
        settings: mixed(entry.settings, ofBase.get(entry.name)?.settings ?? {}),
      })),
    },
    settingsOnly: base.images
      .filter(({ name }) => !named.has(name))
      .map((entry) => ({ ...entry, settings: mixed({}, entry.settings) })),
    ignored: ignoredOf(checkout, base),
  };
}

function ignoredOf(checkout: CatalogConfig, base: CatalogConfig): readonly string[] {
  const ofBase = new Map(base.images.map((entry) => [entry.name, entry.settings]));
  const restricted = (settings: SharedSettings, before: SharedSettings): readonly string[] =>
    Object.entries(settings).flatMap(([key, value]) =>
      originOf(key) === "trusted" && written(value) !== written(new Map(Object.entries(before)).get(key)) ? [key] : [],
    );
  const bump = written(checkout.bump) === written(base.bump) ? [] : ["bump"];
  const all = [
    ...restricted(checkout.defaults, base.defaults),
    ...checkout.images.flatMap(({ name, settings }) => restricted(settings, ofBase.get(name) ?? {})),
    ...bump,
  ];
  return [...new Set(all)].sort();
}

/** What is written, wherever it is written. */
function written(value: unknown): string {
  return JSON.stringify(value, (key, each) => (key === "at" || key === "line" ? undefined : each)) ?? "";
}

function mixed<T extends SharedSettings>(checkout: T, base: T): T {
  const isFrom = (origin: SettingOrigin) => (entry: readonly [string, unknown]) => originOf(entry[0]) === origin;
  const entries = [
    ...Object.entries(checkout).filter(isFrom("any")),
    ...Object.entries(base).filter(isFrom("trusted")),
  ];
  // Each value stays under its own key.
  return Object.fromEntries(entries) as T;
}

function originOf(setting: string): SettingOrigin {
  const known: Readonly<Record<string, SettingOrigin>> = imageOrigins;
  return (Object.hasOwn(known, setting) ? known[setting] : undefined) ?? "trusted";
}
