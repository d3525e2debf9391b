/** From what an event changed to the images that it makes us publish. Pure. */

import type { Catalog, Image } from "../catalog/catalog.ts";
import type { WrittenAbsent } from "../catalog/names/absent-images.ts";
import type { ChangedFile } from "../git/changed-file.ts";
import { indexFiles } from "../git/checkout/file-index.ts";
import { someOf } from "../lib/text/some-of.ts";
import type { Reason } from "../model/reason.ts";
import { oneRemark, type RemarkKind } from "../model/remark.ts";
import type { RepositoryPath } from "../model/repository-path.ts";
import { directoryOf, lastPart } from "../model/repository-path.ts";
import type { Commit } from "../model/run-context.ts";
import type { EventComparison } from "./comparison.ts";
import { withBuiltOn } from "./sources/built-on.ts";
import { takesGit } from "./sources/context-files.ts";
import type { ImageInputs } from "./sources/image-inputs.ts";
import { watchedFiles, watchProblem } from "./sources/watch.ts";
import { type Touched, touching } from "./touching.ts";

export interface AffectedInput {
  readonly catalog: Catalog;
  readonly comparison: EventComparison;
  /** The commit that is checked out. */
  readonly commit: Commit;
  /** Of all images of the catalog; not looked at unless files are compared. */
  readonly inputs: ReadonlyMap<string, ImageInputs>;
  /** Names of the images that the run is about. */
  readonly selected: ReadonlySet<string>;
  readonly config: ConfigChange;
  /** `undefined`: a changed bake file affects all images that it describes. */
  readonly bake?: FilesChange | undefined;
  /** What became of files of build arguments. */
  readonly argumentFiles?: FilesChange | undefined;
  /** Images that hold what no change can be seen of, with the reason as a clause. */
  readonly unseen: ReadonlyMap<string, string>;
  /** Names of images with problems: what can't be seen of them is no reason. */
  readonly troubled?: ReadonlySet<string>;
}

/** What became of the config file. */
export interface ConfigChange {
  /** Where it may lie, or may have lain. */
  readonly paths: readonly RepositoryPath[];
  /** Whether the settings of an image of this name differ, where one of these paths changed; `true` in doubt. */
  affects(name: string): boolean;
}

/** What became of bake files, or of files of build arguments. */
export interface FilesChange {
  /** The changed files that change, or may change, what they define of the image; none where it stays the same. */
  filesOf(image: Image): readonly ChangedFile[];
}

export interface Affected {
  /** The reasons of each affected image, by name, in the catalog's order; who is not in it is not affected. */
  readonly affected: ReadonlyMap<string, readonly Reason[]>;
  /** Never built; to be reported. */
  readonly deleted: readonly DeletedImage[];
}

/** An image whose Dockerfile or Nix file the event deleted. */
export interface DeletedImage {
  readonly directory: RepositoryPath;
  readonly recipe: RepositoryPath;
}

/** The affected images, those that depend on them included. @throws UserError when `watch` isn't a valid pattern. */
export async function affectedImages(input: AffectedInput): Promise<Affected> {
  const { catalog, comparison, selected } = input;
  switch (comparison.kind) {
    case "nothing":
      return { affected: new Map(), deleted: [] };
    case "everything":
      return { affected: becauseOf(comparison.because, catalog, selected), deleted: [] };
    case "files": {
      const reasons = withBuiltOn(catalog, await reasonsByFile(input, comparison));
      const affected = catalog.images.flatMap(({ name }) => {
        const found = selected.has(name) ? reasons.get(name) : undefined;
        return found === undefined ? [] : [[name, found] as const];
      });
      return { affected: new Map(affected), deleted: deletedImages(catalog, comparison.files) };
    }
  }
}

function becauseOf(reason: Reason, { images }: Catalog, selected: ReadonlySet<string>): Affected["affected"] {
  return new Map(images.filter(({ name }) => selected.has(name)).map(({ name }) => [name, [reason]]));
}

/** The reasons in an image itself. */
async function reasonsByFile(
  { catalog, inputs, commit, config, bake, argumentFiles, unseen, troubled }: AffectedInput,
  { files, base }: Compared,
): Promise<ReadonlyMap<string, readonly Reason[]>> {
  const index = indexFiles(files);
  const touched = touching(index);
  const watched = watchedFiles(index);
  const settings = config.paths.flatMap((path) => index.at(path) ?? []);
  const reasons = new Map<string, readonly Reason[]>();
  for (const image of catalog.images) {
    const own = inputs.get(image.name);
    if (own === undefined) throw new Error(`nobody says what goes into ${image.name}`);
    const isTroubled = troubled?.has(image.name) === true;
    const others = [
      ...(settings.length > 0 && config.affects(image.name) ? settings : []),
      ...(bake?.filesOf(image) ?? image.bakeFiles.flatMap((path) => index.at(path) ?? [])),
      ...(argumentFiles?.filesOf(image) ?? []),
      ...(isTroubled && watchProblem(image.watch) !== undefined ? [] : await watched(image.watch)),
    ];
    if (isTroubled) {
      const found = fileReasons(await touched(own, others));
      if (found.length > 0) reasons.set(image.name, found);
      continue;
    }
    const takesCommit = base !== commit && own.contexts.some(takesGit);
    const detail = own.outside === undefined ? unseen.get(image.name) : `${own.outside} lies outside the checkout`;
    const found: readonly Reason[] = [
      ...fileReasons(await touched(own, others)),
      ...(takesCommit ? [{ kind: "commit" } as const] : []),
      ...(detail === undefined ? [] : [{ kind: "unseen", detail } as const]),
    ];
    if (found.length > 0) reasons.set(image.name, found);
  }
  return reasons;
}

type Compared = Extract<EventComparison, { readonly kind: "files" }>;

function fileReasons({ named, count, doubtful }: Touched): readonly Reason[] {
  const more = count - named.length;
  const doubt = doubtful?.followed.kind === "whole" ? doubtful.followed.doubt : undefined;
  return [
    ...named.map(({ path, change }): Reason => ({ kind: "file", path, change })),
    ...(more > 0 ? [{ kind: "more-files", count: more } as const] : []),
    ...(doubt === undefined ? [] : [{ kind: "doubt", ...doubt } as const]),
  ];
}

/** Deleted Dockerfiles beside the images that are left: elsewhere, nobody knows whether one was an image. */
function deletedImages({ images }: Catalog, files: readonly ChangedFile[]): readonly DeletedImage[] {
  const directories = new Set(images.map((image) => image.directory));
  const places = new Set([...directories].filter((each) => each !== ".").map(directoryOf));
  return files
    .filter(
      ({ path, change }) =>
        change === "deleted" && /^(?:(?:[Dd]ocker|Container)file|default\.nix)$/.test(lastPart(path)),
    )
    .map(({ path }): DeletedImage => ({ directory: directoryOf(path), recipe: path }))
    .filter(({ directory }) => directory !== "." && !directories.has(directory) && places.has(directoryOf(directory)));
}

/** The message about deleted images. @param absent references to names that aren't images of this repository. */
export function describeDeleted(deleted: readonly DeletedImage[], absent: readonly WrittenAbsent[] = []) {
  return oneRemark(deleted, lost(absent));
}

function lost(absent: readonly WrittenAbsent[]): RemarkKind<DeletedImage> {
  const hint = (gone: readonly DeletedImage[]): string => {
    const names = new Set(gone.map(({ directory }) => lastPart(directory).toLowerCase()));
    const users = absent.filter(({ repository }) => names.has(lastPart(repository)));
    const who = users.length === 0 ? "" : ` (${someOf(users, { write: ({ written }) => written })})`;
    return `what was published stays in the registry; remove what still names it${who}, and its tags when nobody needs them`;
  };
  return {
    one: (each) => ({
      message: `${lastPart(each.directory)} isn't built any more: ${each.recipe} was deleted`,
      hint: hint([each]),
    }),
    several: (listed, all) => ({
      message: `${all.length} images aren't built any more, as these files were deleted: ${listed}`,
      hint: hint(all),
    }),
    item: ({ recipe }) => recipe,
  };
}
