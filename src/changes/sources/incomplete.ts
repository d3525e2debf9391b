/** Files that a build reads and that the checkout has not, or not really. */
import type { Catalog } from "../../catalog/catalog.ts";
import { type Checkout, lookAt } from "../../git/checkout/checkout.ts";
import { memoize } from "../../lib/memoize.ts";
import { mapped } from "../../lib/pause.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { directoryOf } from "../../model/repository-path.ts";
import { contextFiles } from "./context-files.ts";
import type { ImageInputs } from "./image-inputs.ts";
import type { ListedFile, Listing } from "./listing.ts";

export interface Incomplete {
  readonly image: string;
  /** The first of them. */
  readonly path: RepositoryPath;
  readonly count: number;
  /** In which they are, none in another; sorted. */
  readonly folders: readonly RepositoryPath[];
}

export interface IncompleteFiles {
  /** Left out of a sparse checkout. */
  readonly absent: readonly Incomplete[];
  /** Pointer files of Git LFS, which replace large files. */
  readonly pointers: readonly Incomplete[];
}

export interface IncompleteInput {
  readonly inputs: ReadonlyMap<string, ImageInputs>;
  readonly listing: Listing;
  readonly checkout: Checkout;
}

export async function incompleteFiles(
  { images }: Catalog,
  { inputs, listing, checkout }: IncompleteInput,
): Promise<IncompleteFiles> {
  const pointers = new Set(await pointersIn(listing, checkout));
  if (pointers.size === 0 && !listing.isSparse) return { absent: [], pointers: [] };
  const filesOf = contextFiles(listing.files);
  const kinds = [({ isAbsent }: ListedFile) => isAbsent === true, (file: ListedFile) => pointers.has(file)];
  const among = memoize((files: readonly ListedFile[]) => kinds.map((is) => files.filter(is)));
  const read = async (name: string) => {
    const own = inputs.get(name);
    return [ownFiles(own, listing), ...(await Promise.all((own?.contexts ?? []).map(filesOf)))];
  };
  const byImage = await mapped(images, async ({ name }) => ({ name, contexts: await read(name) }));
  const [absent, large] = kinds.map((_, kind) =>
    byImage.flatMap(({ name, contexts }): readonly Incomplete[] => {
      const files = new Set(contexts.flatMap((each) => among(each)[kind] ?? []));
      const [first] = files;
      const paths = [...files].map(({ path }) => path);
      return first === undefined
        ? []
        : [{ image: name, path: first.path, count: files.size, folders: foldersOf(paths) }];
    }),
  );
  return { absent: absent ?? [], pointers: large ?? [] };
}

/** What says how an image is built may be in none of its contexts. */
function ownFiles(inputs: ImageInputs | undefined, { files }: Listing): readonly ListedFile[] {
  if (inputs === undefined) return [];
  const places = [inputs.recipe, ...inputs.contexts.map(({ ignoreFile }) => ignoreFile)];
  return places.flatMap((place) => place?.paths ?? []).flatMap((path) => files.at(path) ?? []);
}

function foldersOf(paths: readonly RepositoryPath[]): readonly RepositoryPath[] {
  const folders = [...new Set(paths.map(directoryOf))].sort();
  return folders.filter((each) => !folders.some((other) => each !== other && isIn(each, other)));
}

function isIn(path: RepositoryPath, folder: RepositoryPath): boolean {
  return folder === "." || path.startsWith(`${folder}/`);
}

async function pointersIn({ large, files }: Listing, checkout: Checkout): Promise<readonly ListedFile[]> {
  const listed = [...large].flatMap((path) => files.at(path) ?? []).filter(({ isAbsent }) => isAbsent !== true);
  const isPointer = await Promise.all(listed.map(({ path }) => isPointerAt(path, checkout)));
  return listed.filter((_, index) => isPointer[index]);
}

/** A pointer is a short text (git-lfs, docs/spec.md). */
async function isPointerAt(path: RepositoryPath, checkout: Checkout): Promise<boolean> {
  const found = await lookAt(checkout, path);
  if (found?.kind !== "file" || found.size > 1024) return false;
  return new TextDecoder().decode(await found.content()).startsWith("version https://git-lfs.github.com/spec/");
}
