/** Which images a changed config file means: those that are planned otherwise than with the file as it was. */
import { posix } from "node:path";
import type { Image, RepositoryPath } from "../catalog/catalog.ts";
import { configPaths } from "../catalog/config.ts";
import type { TroubledImage } from "../catalog/troubled.ts";
import type { ConfigChange } from "../changes/affected.ts";
import type { Comparison } from "../changes/comparison.ts";
import type { Commit } from "../context/run-context.ts";
import { UserError } from "../errors.ts";
import { type ReadCatalog, readAsFarAsPossible } from "./read-catalog.ts";
import type { Session } from "./session.ts";
import { textWithoutPlaces } from "./text-without-places.ts";

/**
 * Compares what the file says now of each image with what it said at the base, both by today's files: what it said of images
 * that are gone concerns nobody. A file that could not be understood at the base means every image.
 */
export async function configChange(
  session: Session,
  comparison: Comparison,
  now: Pick<ReadCatalog, "catalog" | "troubled" | "settingsOf">,
): Promise<ConfigChange> {
  const paths = configPaths(session.inputs.settings.config);
  const changed = comparison.kind === "files" && comparison.files.some(({ path }) => paths.includes(path));
  if (!changed) return { paths, affects: () => false };
  try {
    const before = await readAtBase(session, comparison.base, paths);
    const told = new Set([
      ...before.catalog.images.map((image) => settingsText(image, before)),
      ...before.troubled.map((each) => troubleText(each, before)),
    ]);
    const same = new Set([
      ...now.catalog.images.filter((image) => told.has(settingsText(image, now))).map(({ name }) => name),
      ...now.troubled.filter((each) => told.has(troubleText(each, now))).map(({ image }) => image.name),
    ]);
    return { paths, affects: (name) => !same.has(name) };
  } catch (error) {
    if (error instanceof UserError) return { paths, affects: () => true };
    throw error;
  }
}

async function readAtBase(session: Session, base: Commit, paths: readonly RepositoryPath[]): Promise<ReadCatalog> {
  const { context, git, inputs } = session;
  const contents = await Promise.all(paths.map(async (path) => [path, await git.fileAt(base, path)] as const));
  const atBase = new Map(contents);
  const isThere = contents.some(([, bytes]) => bytes !== undefined);
  // A file that an input names, and that was not there yet, said nothing.
  const settings = isThere ? inputs.settings : { ...inputs.settings, config: undefined };
  return readAsFarAsPossible(
    { ...session, inputs: { ...inputs, settings } },
    { read: async (path) => atBase.get(posix.relative(context.workspace, path)) },
  );
}

/** The same problems are nothing new. */
function troubleText({ image, problems, waitsFor }: TroubledImage, settings: Pick<ReadCatalog, "settingsOf">): string {
  return [settingsText(image, settings), waitsFor ?? "", ...problems.map(({ message }) => message)].join("\n");
}

/** All that is said of an image, its lines and what follows from files left out. By what names others know it is said of these. */
function settingsText(image: Image, { settingsOf }: Pick<ReadCatalog, "settingsOf">): string {
  const { bases: _, unsettled: __, inputArguments: ___, knownAs: ____, watch, ...all } = image;
  const { aliases: _____, ...settings } = settingsOf(image.publicName, image);
  const said = all.variant === "nix" ? { ...all, reads: undefined } : { ...all, dockerfile: undefined };
  const watched = watch.map(({ value }) => value);
  return textWithoutPlaces([said, watched, settings]);
}
