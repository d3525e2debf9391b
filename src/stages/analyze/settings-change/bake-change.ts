/** Which images changed bake files mean: those of which they say something else than with the files as they were. */
import { posix } from "node:path";
import { bakeNames, isBakeName } from "../../../catalog/bake/bake-files.ts";
import { type BakeReads, bakeReads } from "../../../catalog/bake/bake-paths.ts";
import type { Image } from "../../../catalog/catalog.ts";
import type { FilesChange } from "../../../changes/affected.ts";
import type { EventComparison } from "../../../changes/comparison.ts";
import type { Links } from "../../../changes/sources/links.ts";
import { UserError } from "../../../errors.ts";
import type { ChangedFile } from "../../../git/changed-file.ts";
import { mapped } from "../../../lib/pause.ts";
import type { RepositoryPath } from "../../../model/repository-path.ts";
import { directoryOf, lastPart } from "../../../model/repository-path.ts";
import { everyImage } from "../parted.ts";
import { type CatalogRun, type ReadCatalog, readAsFarAsPossible } from "../read-catalog.ts";
import { type BaseFiles, baseFiles, type ComparedFiles } from "./base-files.ts";
import { type FormerFiles, layOutBase } from "./base-layout.ts";
import type { ComparedConfig } from "./config-change.ts";
import { settingsTexts } from "./settings-text.ts";

/** By folder with bake files, the changed files that buildx reads there. */
type ChangedReads = ReadonlyMap<RepositoryPath, readonly ChangedFile[]>;

/** How many folders are read at a time. */
const together = 16;

/** As many changed files may be what a path with a variable names. */
const mostFormer = 200;

const unchanged: FilesChange & AsBefore = { filesOf: () => [], isAsBefore: () => false };

export interface AsBefore {
  /** Whether an image is known to be what it was at the base, whatever became of config and bake files. */
  isAsBefore(name: string): boolean;
}

/**
 * Has the bake files printed as they were at the base, and compares what all other files make of both. Where that can't be had,
 * and in an untrusted checkout, where nothing is printed but what the catalog needs, all images count that a changed file
 * describes, or may have described.
 * @param config the config file of the base, if it is known: what bake files change is seen by it
 */
export async function bakeChange(
  run: CatalogRun,
  comparison: EventComparison,
  { now, config }: { readonly now: ReadCatalog; readonly config: ComparedConfig },
  links: Links,
): Promise<FilesChange & AsBefore> {
  if (comparison.kind !== "files") return unchanged;
  const before = baseFiles(run.git, comparison, links);
  const folders = new Set([
    ...everyImage(now).flatMap(foldersOf),
    ...comparison.files.filter(({ path }) => isBakeName(path)).map(({ path }) => directoryOf(path)),
  ]);
  const named = namedFiles(everyImage(now));
  const changed = await changedReads([...folders], run, comparison, before, named);
  if (changed.size === 0) return unchanged;
  const then =
    run.trust.kind === "untrusted" ? undefined : await readAtBase(run, comparison, config, before, changed, named);
  const unread = then === undefined ? changed : unreadAt(then, changed);
  const texts = await bakeTexts(unread, before, named);
  // What a target that can't be built would be is unknown.
  const faulty = new Set(now.troubled.flatMap(({ image, problems }) => (problems.length > 0 ? [image.name] : [])));
  const doubtful = (image: Image) => mayDescribe(image, faulty.has(image.name) ? changed : unread, texts);
  if (then === undefined) return { filesOf: doubtful, isAsBefore: () => false };
  return compared({ then, middle: config.read, now }, changed, doubtful);
}

/** The folders whose files can't be read. */
function unreadAt({ troubled }: ReadCatalog, changed: ChangedReads): ChangedReads {
  const folders = new Set(troubled.flatMap(({ kind, image }) => (kind === "file" ? [directoryOf(image.name)] : [])));
  return new Map([...changed].filter(([folder]) => folders.has(folder)));
}

interface Readings {
  /** By the config and bake files of the base. */
  readonly then: ReadCatalog;
  /** By the config file of the base, if it is known, and today's bake files. */
  readonly middle: ReadCatalog;
  readonly now: ReadCatalog;
}

function compared(
  { then, middle, now }: Readings,
  changed: ChangedReads,
  doubtful: FilesChange["filesOf"],
): FilesChange & AsBefore {
  const textsThen = new Set(settingsTexts(then).values());
  const former = new Map(everyImage(then).map((image) => [image.name, image]));
  const between = settingsTexts(middle);
  const today = settingsTexts(now);
  const same = everyImage(now).filter(
    (image) => doubtful(image).length === 0 && textsThen.has(today.get(image.name) ?? ""),
  );
  const asBefore = new Set(same.map(({ name }) => name));
  return {
    isAsBefore: (name) => asBefore.has(name),
    filesOf(image) {
      const files = doubtful(image);
      if (files.length > 0 || asBefore.has(image.name) || textsThen.has(between.get(image.name) ?? "")) return files;
      const either = [image, former.get(image.name)].flatMap((each) => (each === undefined ? [] : foldersOf(each)));
      const own = [...new Set(either)].flatMap((folder) => changed.get(folder) ?? []);
      return [...new Set(own.length > 0 ? own : [...changed.values()].flat())];
    },
  };
}

function foldersOf({ bakeFiles }: Image): readonly RepositoryPath[] {
  return [...new Set(bakeFiles.map(directoryOf))];
}

/** The changed files of an image's own folder; without bake files, those that had its name, and may have described it. */
function mayDescribe(
  image: Image,
  changed: ChangedReads,
  texts: ReadonlyMap<RepositoryPath, string>,
): readonly ChangedFile[] {
  const folders = foldersOf(image);
  if (folders.length > 0) return folders.flatMap((folder) => changed.get(folder) ?? []);
  return [...new Set([...changed.values()].flat())].filter(({ path }) => texts.get(path)?.includes(image.publicName));
}

/** What bake files held. */
async function bakeTexts(
  changed: ChangedReads,
  before: BaseFiles,
  named: ReadonlySet<RepositoryPath>,
): Promise<ReadonlyMap<RepositoryPath, string>> {
  const paths = [...new Set([...changed.values()].flat().map(({ path }) => path))].filter(
    (path) => bakeNames.includes(lastPart(path)) || named.has(path),
  );
  const former = await formerFiles(paths, before);
  return new Map(
    [...former].flatMap(([path, bytes]) => (bytes ? [[path, new TextDecoder().decode(bytes)] as const] : [])),
  );
}

async function changedReads(
  folders: readonly RepositoryPath[],
  run: CatalogRun,
  { files }: ComparedFiles,
  before: BaseFiles,
  named: ReadonlySet<RepositoryPath>,
): Promise<ChangedReads> {
  const { context, checkoutFiles, outside } = run;
  const input = { root: context.workspace, files: checkoutFiles, home: outside.env.HOME };
  const found = await mapped(
    folders,
    async (folder) => {
      const reads = await bakeReads(folder, input, namedIn(folder, named));
      return [folder, changedIn(files, await withPlaces(reads, before))] as const;
    },
    together,
  );
  return new Map(found.filter(([, some]) => some.length > 0));
}

/** Bake files of other names than buildx looks for, which an input names. */
function namedFiles(images: readonly Image[]): ReadonlySet<RepositoryPath> {
  return new Set(images.flatMap(({ bakeFiles }) => bakeFiles).filter((file) => !isBakeName(file)));
}

function namedIn(folder: RepositoryPath, named: ReadonlySet<RepositoryPath>): readonly RepositoryPath[] {
  return [...named].filter((file) => directoryOf(file) === folder);
}

async function withPlaces({ paths, beginnings }: BakeReads, before: BaseFiles): Promise<BakeReads> {
  const places = await Promise.all(paths.map((path) => before.placesOf(path)));
  return { paths: [...new Set(places.flat())], beginnings };
}

function changedIn(files: readonly ChangedFile[], { paths, beginnings }: BakeReads): readonly ChangedFile[] {
  const named = new Set(paths);
  return files.filter(({ path }) => named.has(path) || beginnings.some((beginning) => path.startsWith(beginning)));
}

/** @returns `undefined` where nobody knows what the files said. */
async function readAtBase(
  run: CatalogRun,
  comparison: ComparedFiles,
  config: ComparedConfig,
  before: BaseFiles,
  changed: ChangedReads,
  named: ReadonlySet<RepositoryPath>,
): Promise<ReadCatalog | undefined> {
  const { context, checkoutFiles, outside, folder: own } = run;
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const inside = posix.relative(context.workspace, path);
    const places = new Set(await before.placesOf(inside));
    const found = comparison.files.some((file) => places.has(file.path)) ? await before.at(inside) : undefined;
    if (found === undefined) return checkoutFiles.read(path);
    return found === "unknown" ? undefined : found.bytes;
  };
  try {
    const input = { root: context.workspace, files: { read }, home: outside.env.HOME };
    const reads = await mapped([...changed.keys()], async (folder) =>
      withPlaces(await bakeReads(folder, input, namedIn(folder, named)), before),
    );
    const paths = reads.flatMap((each) => each.paths).filter(isInside);
    const differing = [...new Set(reads.flatMap((each) => changedIn(comparison.files, each).map(({ path }) => path)))];
    if (differing.length > mostFormer) return undefined;
    const former = await formerFiles(differing, before);
    if (former.size < differing.length) return undefined;
    const folder = `${own}/base-${comparison.base}`;
    const root = `${folder}/${posix.basename(context.workspace)}`;
    const layout = await layOutBase(run, root, former, paths, (each) => changed.has(each));
    return await readAsFarAsPossible({ ...config.run, ...layout, folder }, config.configFiles);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function isInside(path: string): boolean {
  return !posix.isAbsolute(path) && path !== ".." && !path.startsWith("../");
}

/** What files held; those are missing of which nobody knows. */
async function formerFiles(paths: readonly RepositoryPath[], before: BaseFiles): Promise<FormerFiles> {
  const former = await mapped(paths, async (path) => [path, await before.at(path)] as const, together);
  return new Map(former.flatMap(([path, file]) => (file === "unknown" ? [] : [[path, file.bytes] as const])));
}
