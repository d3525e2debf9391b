/** Which images a changed config file means: those that are planned otherwise than with the file as it was. */
import { posix } from "node:path";
import type { ConfigChange } from "../../../changes/affected.ts";
import type { EventComparison } from "../../../changes/comparison.ts";
import type { Links } from "../../../changes/sources/links.ts";
import { configPaths } from "../../../config/config.ts";
import { UserError } from "../../../errors.ts";
import type { Files } from "../../../ports.ts";
import { type CatalogRun, type ReadCatalog, readAsFarAsPossible } from "../read-catalog.ts";
import { type BaseFiles, baseFiles } from "./base-files.ts";
import { settingsTexts } from "./settings-text.ts";

/** A config file, and what today's other files make of it. */
export interface ComparedConfig {
  readonly read: ReadCatalog;
  /** For `readAsFarAsPossible`. */
  readonly run: CatalogRun;
  readonly configFiles: Pick<Files, "read">;
}

export function configOfToday(run: CatalogRun, now: ReadCatalog): ComparedConfig {
  return { read: now, run, configFiles: run.checkoutFiles };
}

/**
 * Compares what the file says now of each image with what it said at the base, both by today's files. Images that no longer
 * exist are ignored. A file that could not be understood at the base means every image.
 * @returns `before`: the config file at the base; `undefined` where nobody knows what it said.
 */
export async function configChange(
  run: CatalogRun,
  comparison: EventComparison,
  now: ReadCatalog,
  links: Links,
): Promise<ConfigChange & { readonly before: ComparedConfig | undefined }> {
  const given = configPaths(run.inputs.settings.config);
  const unchanged = configOfToday(run, now);
  if (comparison.kind !== "files") return { paths: given, affects: () => false, before: unchanged };
  const files = baseFiles(run.git, comparison, links);
  const paths = [...new Set((await Promise.all(given.map(files.placesOf))).flat())];
  if (!comparison.files.some(({ path }) => paths.includes(path)))
    return { paths, affects: () => false, before: unchanged };
  const before = await readAtBase(run, files, given);
  if (before === undefined) return { paths, affects: () => true, before };
  const textsBefore = new Set(settingsTexts(before.read).values());
  const texts = settingsTexts(now);
  return { paths, affects: (name) => !textsBefore.has(texts.get(name) ?? ""), before };
}

/** @returns `undefined` where nobody knows what the file said. */
async function readAtBase(
  run: CatalogRun,
  before: BaseFiles,
  paths: readonly string[],
): Promise<ComparedConfig | undefined> {
  const { context, inputs } = run;
  const contents = await Promise.all(paths.map(async (path) => [path, await before.at(path)] as const));
  const atBase = new Map(contents.flatMap(([path, file]) => (file === "unknown" ? [] : [[path, file.bytes] as const])));
  if (atBase.size < contents.length) return undefined;
  const isThere = [...atBase.values()].some((bytes) => bytes !== undefined);
  // A file that an input names, and that was not there yet, said nothing.
  const settings = isThere ? inputs.settings : { ...inputs.settings, config: undefined };
  const atThat = { ...run, inputs: { ...inputs, settings } };
  const configFiles: ComparedConfig["configFiles"] = {
    read: async (path) => atBase.get(posix.relative(context.workspace, path)),
  };
  try {
    return { read: await readAsFarAsPossible(atThat, configFiles), run: atThat, configFiles };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
