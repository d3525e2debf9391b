/** Which images changed files of build arguments mean: those that get another value than with the files as they were. */
import { posix } from "node:path";
import type { FilesChange } from "../../../changes/affected.ts";
import type { EventComparison } from "../../../changes/comparison.ts";
import type { Links } from "../../../changes/sources/links.ts";
import { UserError } from "../../../errors.ts";
import type { Files } from "../../../ports.ts";
import { everyImage } from "../parted.ts";
import { type CatalogRun, type ReadCatalog, readAsFarAsPossible } from "../read-catalog.ts";
import type { AsBefore } from "./bake-change.ts";
import { type BaseFile, baseFiles } from "./base-files.ts";
import type { ComparedConfig } from "./config-change.ts";
import { settingsTexts } from "./settings-text.ts";

const unchanged: FilesChange & AsBefore = { filesOf: () => [], isAsBefore: () => false };

/**
 * Reads the files as they were at the base, and compares what all other files make of both. Where that can't be had, all images
 * count whose settings name a changed file.
 * @param config the config file of the base, if it is known
 */
export async function argumentsChange(
  run: CatalogRun,
  comparison: EventComparison,
  { now, config }: { readonly now: ReadCatalog; readonly config: ComparedConfig },
  links: Links,
): Promise<FilesChange & AsBefore> {
  if (comparison.kind !== "files") return unchanged;
  const before = baseFiles(run.git, comparison, links);
  const images = [...everyImage(now), ...everyImage(config.read)];
  const named = [...new Set(images.flatMap(({ argumentFiles }) => argumentFiles))];
  const changes = new Map(comparison.files.map((file) => [file.path, file]));
  const changedAt = await Promise.all(
    named.map(
      async (path) => [path, (await before.placesOf(path)).flatMap((each) => changes.get(each) ?? [])] as const,
    ),
  );
  const changed = new Map(changedAt.filter(([, files]) => files.length > 0));
  if (changed.size === 0) return unchanged;
  const contents = await Promise.all([...changed.keys()].map(async (path) => [path, await before.at(path)] as const));
  const then = await readAtBase(run, config, new Map(contents));
  const former = new Map(everyImage(then ?? config.read).map((image) => [image.name, image]));
  const textsThen = new Set(then === undefined ? [] : settingsTexts(then).values());
  const [between, today] = [settingsTexts(config.read), settingsTexts(now)];
  const isSame = (texts: ReadonlyMap<string, string>, name: string) => textsThen.has(texts.get(name) ?? "");
  return {
    isAsBefore: (name) => isSame(today, name),
    filesOf(image) {
      // With the config file of the base, today's files change nothing: it is the config file that changed.
      if (isSame(today, image.name) || isSame(between, image.name)) return [];
      const paths = [...image.argumentFiles, ...(former.get(image.name)?.argumentFiles ?? [])];
      return [...new Set(paths.flatMap((path) => changed.get(path) ?? []))];
    },
  };
}

/** @returns `undefined` where nobody knows what the files said. */
async function readAtBase(
  run: CatalogRun,
  config: ComparedConfig,
  contents: ReadonlyMap<string, BaseFile>,
): Promise<ReadCatalog | undefined> {
  if ([...contents.values()].includes("unknown")) return undefined;
  const { checkoutFiles } = run;
  const files: Pick<Files, "read" | "list"> = {
    list: checkoutFiles.list,
    async read(path) {
      const found = contents.get(posix.relative(run.context.workspace, path));
      return found === undefined || found === "unknown" ? checkoutFiles.read(path) : found.bytes;
    },
  };
  try {
    return await readAsFarAsPossible({ ...config.run, checkoutFiles: files }, config.configFiles);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
