/** Which images a changed bake file means: those whose target means something else than with the files as they were. */
import { posix } from "node:path";
import { type Attempt, attemptLater } from "../catalog/attempt.ts";
import { bakeNames, composeNames } from "../catalog/bake/bake-files.ts";
import type { BakeFolder } from "../catalog/bake/print.ts";
import { imagesByFolder } from "../catalog/bake/read-bake.ts";
import type { RepositoryPath } from "../catalog/catalog.ts";
import type { FoundImage } from "../catalog/found-image.ts";
import { directoryOf, joinPath } from "../catalog/repository-path.ts";
import type { BakeChange } from "../changes/affected.ts";
import type { Comparison } from "../changes/comparison.ts";
import { filtered, mapped } from "../pause.ts";
import type { ReadCatalog } from "./read-catalog.ts";
import type { Session } from "./session.ts";
import { textWithoutPlaces } from "./text-without-places.ts";

type Compared = Extract<Comparison, { readonly kind: "files" }>;

const everyTarget: BakeChange = { affects: () => true };

/** How many folders are written at a time. */
const together = 4;

/**
 * Has the changed files printed as they were at the base, and compares with what was printed of them as they are. All targets of
 * a file count where that can't be had, and in an untrusted checkout, where nothing is printed but what the catalog needs.
 */
export async function bakeChange(
  session: Session,
  comparison: Comparison,
  { catalog, baked }: Pick<ReadCatalog, "catalog" | "baked">,
): Promise<BakeChange> {
  if (comparison.kind !== "files" || session.trust.kind === "untrusted") return everyTarget;
  const changed = new Set(comparison.files.map(({ path }) => path));
  const files = new Set(catalog.images.flatMap(({ bakeFiles }) => bakeFiles.filter((path) => changed.has(path))));
  const folders = new Map([...files].map((file) => [directoryOf(file), { folder: directoryOf(file), file }]));
  if (folders.size === 0) return everyTarget;
  const before = await imagesAtBase(session, comparison, [...folders.values()]);
  const isSame = (image: FoundImage): boolean => {
    const same = before.get(directoryOf(image.at.file))?.find(({ name }) => name === image.name);
    return same !== undefined && textWithoutPlaces(same) === textWithoutPlaces(image);
  };
  const same = await filtered(baked, isSame);
  const unchanged = new Set(same.map(({ name, at }) => `${directoryOf(at.file)}\0${name}`));
  return {
    affects: ({ name, bakeFiles }) => !bakeFiles.some((path) => unchanged.has(`${directoryOf(path)}\0${name}`)),
  };
}

/** What the files of folders said at the base. A folder is missing where nobody knows: no image of it counts as unchanged. */
async function imagesAtBase(
  session: Session,
  comparison: Compared,
  folders: readonly BakeFolder[],
): Promise<ReadonlyMap<RepositoryPath, readonly FoundImage[]>> {
  const { context, inputs, outside, folder, buildx } = session;
  const root = `${folder}/bake-${comparison.base}/${posix.basename(context.workspace)}`;
  const write = ({ folder: each }: BakeFolder) => attemptLater(() => writeBase(session, comparison, each, root));
  const written = await mapped(folders, write, together);
  return imagesByFolder(
    folders.filter((_, at) => isWritten(written[at])),
    {
      root,
      rootName: context.repo.toLowerCase(),
      files: outside.files,
      names: inputs.settings.bakeTarget,
      // What was written there names no other file.
      tools: { ...outside, processes: buildx },
    },
  );
}

function isWritten(attempt: Attempt<boolean> | undefined): boolean {
  return attempt !== undefined && "value" in attempt && attempt.value;
}

/** Everything that buildx reads of a folder when nobody names a file. */
const readNames: readonly string[] = [...bakeNames, ...composeNames, ".env"];

/**
 * Writes what buildx would have read of a folder at the base below a root of the run's own. @returns whether it could: not where
 * a file could not be had, was a link, or names others.
 */
async function writeBase(
  { context, git, outside, checkoutFiles }: Session,
  { base, files }: Compared,
  folder: RepositoryPath,
  root: string,
): Promise<boolean> {
  if (posix.normalize(folder) !== folder || posix.isAbsolute(folder) || folder.startsWith("..")) return false;
  const change = new Map(files.map((file) => [file.path, file.change]));
  const contents: (readonly [string, Uint8Array])[] = [];
  for (const name of readNames) {
    const path = joinPath(folder, name);
    const bytes = await git.fileAt(base, path);
    if (bytes !== undefined) contents.push([name, bytes]);
    else if (change.get(path) === "added") continue;
    // Something that is no regular file was there, or still is.
    else if (change.has(path) || (await isThere(path, context.workspace, checkoutFiles))) return false;
  }
  if (contents.some(([name, bytes]) => composeNames.includes(name) && namesFiles(bytes))) return false;
  await outside.files.makeDirectory(posix.join(root, folder));
  for (const [name, bytes] of contents) {
    await outside.files.write(posix.join(root, folder, name), bytes, { private: true });
  }
  return true;
}

/** An untracked file counts for both sides alike, and so can't be told from one that the base had. */
async function isThere(path: RepositoryPath, workspace: string, files: Session["checkoutFiles"]): Promise<boolean> {
  return (await files.read(posix.join(workspace, path))) !== undefined;
}

/** Whether a compose file has the word of a key under which it names files that are read with it. */
function namesFiles(compose: Uint8Array): boolean {
  return /\b(?:include|extends|env_file|label_file)\b/.test(new TextDecoder().decode(compose));
}
