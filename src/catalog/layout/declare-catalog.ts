/** All images that a repository's layout and its config file define, before dependencies between them are known. */
import { pathsInLines, readArgumentFiles } from "../../config/argument-files.ts";
import { type CatalogConfig, usualConfigFile } from "../../config/config.ts";
import type { UserError } from "../../errors.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { fileTargetNamed } from "../bake/file-targets.ts";
import type { BakeFolder } from "../bake/print.ts";
import { isBelow } from "../bake/read-bake.ts";
import { unknownImages } from "../graph/said-edges.ts";
import type { Concern } from "../graph/troubled.ts";
import { type OwnPlaces, placeOfName } from "../names/own-places.ts";
import { type DeclaredImages, declareImages, type SharedInputs } from "./declared-images.ts";
import { type FindInput, type FoundImages, findImages } from "./find-images.ts";
import { noneFound } from "./none-found.ts";

/** What a catalog is made from. */
export interface CatalogInput extends Omit<FindInput, "entryPaths" | "entryNames" | "configFile" | "given"> {
  readonly config: CatalogConfig;
  readonly inputs: SharedInputs;
  /** Problems in the entries of the config file, by their name. */
  readonly entryProblems?: ReadonlyMap<string, readonly UserError[]>;
  readonly ownPlaces: OwnPlaces;
  /** The forge's own registry, where images of other repositories are that this one may be a fork of. */
  readonly forgeHost: string;
}

export interface DeclaredCatalog extends DeclaredImages {
  readonly found: Pick<FoundImages, "unread" | "remarks" | "fileTargets">;
  /** Why there is no image. */
  readonly nothing: UserError | undefined;
}

/** The concerns are all that were found so far. */
export async function declareCatalog(input: CatalogInput): Promise<DeclaredCatalog> {
  const entryPaths = input.config.images
    .flatMap(({ settings }) => [settings.path, settings.file])
    .filter((each) => each !== undefined);
  const configFile = input.config.file ?? usualConfigFile;
  const entryNames = input.config.images.map(({ name }) => name);
  const { discovered } = input.config;
  const given = discovered?.directories;
  const [found, argumentFiles] = await Promise.all([
    findImages({ ...input, entryPaths, entryNames, configFile, given }),
    readArgumentFiles(namedArgumentFiles(input), input),
  ]);
  const declared = declareImages(found.images, input.config, input.inputs, input.rootName, {
    argumentFiles,
    isTroubled: found.isTroubled,
    givesFiles: (name) => fileTargetNamed(name, found.fileTargets) !== undefined,
    placeOf: (name) => placeOfName(name, input.ownPlaces),
  });
  const concerns: readonly Concern[] = [
    ...found.concerns.map((each) => withImagesBelow(each, found.unread, declared)),
    ...(discovered?.problems ?? []).map((problem) => ({ problem })),
    ...entryConcerns(input.entryProblems, declared),
    ...declared.concerns,
    ...unknownImages(declared.images, found.isTroubled, found.fileTargets),
  ];
  const isEmpty = declared.images.length === 0 && concerns.length === 0;
  const nothing = isEmpty ? await noneFound(found.excluded, input, configFile) : undefined;
  const remarks = [...(discovered?.remarks ?? []), ...found.remarks];
  return { ...declared, concerns, found: { ...found, remarks }, nothing };
}

function namedArgumentFiles({ config, inputs }: Pick<CatalogInput, "config" | "inputs">): readonly RepositoryPath[] {
  const settings = [config.defaults, ...config.images.map((entry) => entry.settings)];
  const named = settings.flatMap((each) => (each["build-args-file"] ?? []).map(({ value }) => value));
  return [...named, ...pathsInLines(inputs.buildArgsFile ?? [])];
}

/** Where a bake file can't be read, what is below its folder may be built as it says. */
function withImagesBelow(concern: Concern, unread: readonly BakeFolder[], declared: DeclaredImages): Concern {
  const at = unread.find(({ file }) => concern.images?.includes(file));
  if (at === undefined) return concern;
  const names = declared.images
    .filter(({ name, directory, bakeFiles }) =>
      declared.unplaced.has(name)
        ? !declared.concerns.some(({ images }) => images?.includes(name)) && bakeFiles.length === 0
        : bakeFiles.length === 0 && (directory === at.folder || isBelow(directory, at.folder)),
    )
    .map(({ name }) => name);
  return { ...concern, images: [...new Set([...(concern.images ?? []), ...names])] };
}

/** A mistake in the entry of an image that nobody finds may be what keeps it from being found: then others may be in its place. */
function entryConcerns(
  problems: CatalogInput["entryProblems"],
  { images, unplaced }: DeclaredImages,
): readonly Concern[] {
  return [...(problems ?? [])].flatMap(([entry, own]) => {
    const meant = images.filter(({ publicName, name }) => publicName === entry && !unplaced.has(name));
    const names = meant.length === 0 ? undefined : meant.map(({ name }) => name);
    return own.map((problem) => ({ problem, images: names }));
  });
}
