/** Which images a changed bake file means: those whose target means something else than with the files as they were. */
import { posix } from "node:path";
import { bakeNames, composeNames } from "../catalog/bake/bake-files.ts";
import { type BakeInput, imagesOfFolder } from "../catalog/bake/read-bake.ts";
import type { Catalog, RepositoryPath } from "../catalog/catalog.ts";
import { directoryOf, joinPath } from "../catalog/repository-path.ts";
import type { BakeChange } from "../changes/affected.ts";
import type { Comparison } from "../changes/comparison.ts";
import { UserError } from "../errors.ts";
import { mapped } from "../pause.ts";
import { bakeTools } from "./bake-tools.ts";
import type { Session } from "./session.ts";
import { textWithoutPlaces } from "./text-without-places.ts";

type Compared = Extract<Comparison, { readonly kind: "files" }>;

const everyTarget: BakeChange = { affects: () => true };

/** How many folders are printed at a time, each by two processes that one processor is busy with. */
const together = 2;

/**
 * Has the files of each folder printed as they are and as they were at the base. All targets of a file count where that can't be
 * had, and in an untrusted checkout, where nothing is printed but what the catalog needs.
 */
export async function bakeChange(session: Session, comparison: Comparison, { images }: Catalog): Promise<BakeChange> {
  if (comparison.kind !== "files" || session.trust.kind === "untrusted") return everyTarget;
  const changed = new Map(comparison.files.map((file) => [file.path, file]));
  const files = new Set(images.flatMap(({ bakeFiles }) => bakeFiles.filter((path) => changed.has(path))));
  const folders = new Map([...files].map((file) => [directoryOf(file), file]));
  if (folders.size === 0) return everyTarget;
  const same = await mapped(
    [...folders],
    async ([folder, file]) => [folder, await sameTargets(session, comparison, { folder, file })] as const,
    together,
  );
  const sameIn = new Map(same);
  return {
    affects: ({ name, bakeFiles }) => !bakeFiles.some((path) => sameIn.get(directoryOf(path))?.has(name) === true),
  };
}

interface Folder {
  readonly folder: RepositoryPath;
  /** A bake file of it that changed. */
  readonly file: RepositoryPath;
}

/** The names of the images that the files of a folder describe as they did at the base. */
async function sameTargets(session: Session, comparison: Compared, at: Folder): Promise<ReadonlySet<string>> {
  const { context, inputs, outside } = session;
  const input = { rootName: context.repo.toLowerCase(), names: inputs.settings.bakeTarget };
  try {
    const root = await writeBase(session, comparison, at.folder);
    if (root === undefined) return new Set();
    // What was written there names no other file.
    const before = await textsOf(at, { ...input, root, tools: { ...outside, processes: session.buildx } });
    const now = await textsOf(at, { ...input, root: context.workspace, tools: bakeTools(session) });
    return new Set([...now].flatMap(([name, text]) => (before.get(name) === text ? [name] : [])));
  } catch (error) {
    // No image counts as unchanged for what could not be compared.
    if (error instanceof UserError) return new Set();
    throw error;
  }
}

async function textsOf(at: Folder, input: BakeInput): Promise<ReadonlyMap<string, string>> {
  return new Map((await imagesOfFolder(at, input)).map((image) => [image.name, textWithoutPlaces(image)]));
}

/** Everything that buildx reads of a folder when nobody names a file. */
const readNames: readonly string[] = [...bakeNames, ...composeNames, ".env"];

/**
 * Writes what buildx would have read of a folder at the base into a folder of the run's own, of the same name. @returns where the
 * repository's root is then; `undefined` where a file could not be had, was a link, or names others.
 */
async function writeBase(
  { context, folder: own, git, outside, checkoutFiles }: Session,
  { base, files }: Compared,
  folder: RepositoryPath,
): Promise<string | undefined> {
  if (posix.normalize(folder) !== folder || posix.isAbsolute(folder) || folder.startsWith("..")) return undefined;
  const root = `${own}/bake-${base}/${posix.basename(context.workspace)}`;
  const change = new Map(files.map((file) => [file.path, file.change]));
  const contents: (readonly [string, Uint8Array])[] = [];
  for (const name of readNames) {
    const path = joinPath(folder, name);
    const bytes = await git.fileAt(base, path);
    if (bytes !== undefined) contents.push([name, bytes]);
    else if (change.get(path) === "added") continue;
    // Something that is no regular file was there, or still is.
    else if (change.has(path) || (await isThere(path, context.workspace, checkoutFiles))) return undefined;
  }
  if (contents.some(([name, bytes]) => composeNames.includes(name) && namesFiles(bytes))) return undefined;
  await outside.files.makeDirectory(posix.join(root, folder));
  for (const [name, bytes] of contents) {
    await outside.files.write(posix.join(root, folder, name), bytes, { private: true });
  }
  return root;
}

/** An untracked file counts for both sides alike, and so can't be told from one that the base had. */
async function isThere(path: RepositoryPath, workspace: string, files: Session["checkoutFiles"]): Promise<boolean> {
  return (await files.read(posix.join(workspace, path))) !== undefined;
}

/** Whether a compose file has the word of a key under which it names files that are read with it. */
function namesFiles(compose: Uint8Array): boolean {
  return /\b(?:include|extends|env_file|label_file)\b/.test(new TextDecoder().decode(compose));
}
