/** Files that a build reads and that the checkout has not, or not really. */
import type { Catalog, RepositoryPath } from "../catalog/catalog.ts";
import { onceEach } from "../once-each.ts";
import { mapped } from "../pause.ts";
import { type Checkout, lookAt } from "./checkout.ts";
import { contextFiles } from "./context-files.ts";
import type { ImageInputs } from "./image-inputs.ts";
import type { ListedFile, Listing } from "./listing.ts";

export interface Incomplete {
  readonly image: string;
  /** The first of them. */
  readonly path: RepositoryPath;
  readonly count: number;
}

export interface IncompleteFiles {
  /** Left out of a sparse checkout. */
  readonly absent: readonly Incomplete[];
  /** What Git LFS left in the place of large files. */
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
  const among = onceEach((files: readonly ListedFile[]) => kinds.map((is) => files.filter(is)));
  const read = async (name: string) => Promise.all((inputs.get(name)?.contexts ?? []).map(filesOf));
  const byImage = await mapped(images, async ({ name }) => ({ name, contexts: await read(name) }));
  const [absent, large] = kinds.map((_, kind) =>
    byImage.flatMap(({ name, contexts }): readonly Incomplete[] => {
      const files = contexts.flatMap((each) => among(each)[kind] ?? []);
      const [first] = files;
      return first === undefined ? [] : [{ image: name, path: first.path, count: new Set(files).size }];
    }),
  );
  return { absent: absent ?? [], pointers: large ?? [] };
}

async function pointersIn({ large, files }: Listing, checkout: Checkout): Promise<readonly ListedFile[]> {
  const listed = [...large].flatMap((path) => files.at(path) ?? []);
  const isPointer = await Promise.all(listed.map(({ path }) => isPointerAt(path, checkout)));
  return listed.filter((_, index) => isPointer[index]);
}

/** A pointer is a short text (git-lfs, docs/spec.md). */
async function isPointerAt(path: RepositoryPath, checkout: Checkout): Promise<boolean> {
  const found = await lookAt(checkout, path);
  if (found?.kind !== "file" || found.size > 1024) return false;
  return new TextDecoder().decode(await found.content()).startsWith("version https://git-lfs.github.com/spec/");
}
