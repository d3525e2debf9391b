/** From what an event changed to the images that it makes us publish. Pure. */
import type { Catalog, Image, RepositoryPath } from "../catalog/catalog.ts";
import { directoryOf, lastPart } from "../catalog/repository-path.ts";
import type { ChangedFile } from "./changed-file.ts";
import type { Comparison } from "./comparison.ts";
import { type FileIndex, indexFiles } from "./file-index.ts";
import type { IgnoreFiles } from "./ignore-files.ts";
import type { Reason } from "./reason.ts";
import { selectImages } from "./select.ts";
import { type Touched, touching } from "./touching.ts";

export interface AffectedInput {
  readonly catalog: Catalog;
  readonly comparison: Comparison;
  /** Of all images of the catalog; not looked at unless files are compared. */
  readonly ignores: IgnoreFiles;
  /** Globs of names; empty: all. */
  readonly only: readonly string[];
  /** The config file, where it has a place of its own. */
  readonly config: RepositoryPath | undefined;
}

export interface Affected {
  /** The reasons of each affected image, by name, in the catalog's order; who is not in it is not affected. */
  readonly affected: ReadonlyMap<string, readonly Reason[]>;
  /** Never built; to be reported. */
  readonly deleted: readonly DeletedImage[];
}

/** An image whose Dockerfile the event deleted. */
export interface DeletedImage {
  readonly directory: RepositoryPath;
  readonly dockerfile: RepositoryPath;
}

/** The affected images, those that build on them included. @throws UserError when `only` names no image. */
export function affectedImages({ catalog, comparison, ignores, only, config }: AffectedInput): Affected {
  const selected = selectImages(catalog, only);
  const isSelected = ([name]: readonly [string, unknown]) => selected.has(name);
  switch (comparison.kind) {
    case "nothing":
      return { affected: new Map(), deleted: [] };
    case "everything":
      return { affected: becauseOf(comparison.because, catalog, selected), deleted: [] };
    case "files": {
      const index = indexFiles(comparison.files);
      const reasons = reasonsByFile(catalog, index, ignores, config);
      return { affected: new Map([...reasons].filter(isSelected)), deleted: deletedImages(catalog, comparison.files) };
    }
  }
}

function becauseOf(reason: Reason, { images }: Catalog, selected: ReadonlySet<string>): Affected["affected"] {
  return new Map(images.filter(({ name }) => selected.has(name)).map(({ name }) => [name, [reason]]));
}

/** Where the config file is looked for. A change may mean any image: what it meant before is not known here. */
const configFiles: readonly RepositoryPath[] = [".github", ".forgejo", ".gitea"].flatMap((folder) =>
  ["yml", "yaml"].map((ending) => `${folder}/image-publish.${ending}`),
);

function reasonsByFile(
  { images }: Catalog,
  index: FileIndex,
  ignores: IgnoreFiles,
  config: RepositoryPath | undefined,
): ReadonlyMap<string, readonly Reason[]> {
  const settings = [...new Set([...configFiles, ...(config === undefined ? [] : [config])])];
  const touched = touching({ index, ignores, ofAll: settings.flatMap((path) => index.at(path) ?? []) });
  const files = new Map(images.map((image) => [image.name, fileReasons(touched(image))]));
  const isAnyTouched = [...files.values()].some((each) => each.length > 0);
  const reasons = new Map<string, readonly Reason[]>();
  // Parents stand before their children, so that one pass is enough.
  for (const image of images) {
    const unknown = isAnyTouched ? unknownBases(image) : [];
    const found = [...(files.get(image.name) ?? []), ...parentReasons(image, reasons), ...unknown];
    if (found.length > 0) reasons.set(image.name, found);
  }
  return reasons;
}

function parentReasons(image: Image, affected: ReadonlyMap<string, unknown>): readonly Reason[] {
  const parents = new Set(image.parents.map((edge) => edge.parent));
  return [...parents].filter((name) => affected.has(name)).map((name) => ({ kind: "builds-on", image: name }));
}

/** A base that nobody knows before the build may be any image, also one that changed. */
function unknownBases({ unsettled }: Image): readonly Reason[] {
  return unsettled.map(({ text }) => ({ kind: "unknown-base", base: text }));
}

function fileReasons({ named, count }: Touched): readonly Reason[] {
  const reasons = named.map(({ path, change }): Reason => ({ kind: "file", path, change }));
  const more = count - named.length;
  return more > 0 ? [...reasons, { kind: "more-files", count: more }] : reasons;
}

/** Deleted Dockerfiles beside the images that are left: elsewhere, nobody knows whether one was an image. */
function deletedImages({ images }: Catalog, files: readonly ChangedFile[]): readonly DeletedImage[] {
  const directories = new Set(images.map((image) => image.directory));
  const places = new Set([...directories].filter((each) => each !== ".").map(directoryOf));
  return files
    .filter(({ path, change }) => change === "deleted" && /^(?:Docker|Container)file$/.test(lastPart(path)))
    .map(({ path }): DeletedImage => ({ directory: directoryOf(path), dockerfile: path }))
    .filter(({ directory }) => directory !== "." && !directories.has(directory) && places.has(directoryOf(directory)));
}

/** What a person is told of a deleted image. */
export function describeDeleted({ directory }: DeletedImage): { readonly message: string; readonly hint: string } {
  return {
    message: `${lastPart(directory)} is no image any more: ${directory} has lost its Dockerfile, so nothing is built from it`,
    hint: "what was published stays in the registry; remove what still names it, and its tags when nobody needs them",
  };
}
