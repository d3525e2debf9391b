/** Which images a changed config file means: those that are planned otherwise than with the file as it was. */
import { posix } from "node:path";
import type { Image } from "../catalog/catalog.ts";
import { configPaths } from "../catalog/config.ts";
import type { ConfigChange } from "../changes/affected.ts";
import type { Comparison } from "../changes/comparison.ts";
import { UserError } from "../errors.ts";
import { type ReadCatalog, readCatalog } from "./read-catalog.ts";
import type { Session } from "./session.ts";

/** Reads the file as it was at the base, where it changed. What can't be read or understood means every image. */
export async function configChange(
  session: Session,
  comparison: Comparison,
  now: Pick<ReadCatalog, "catalog" | "settingsOf">,
): Promise<ConfigChange> {
  const paths = configPaths(session.inputs.settings.config);
  const changed = comparison.kind === "files" && comparison.files.some(({ path }) => paths.includes(path));
  if (!changed) return { paths, affects: () => false };
  const { workspace } = session.context;
  const atBase = {
    read: (path: string) => session.git.fileAt(comparison.base, posix.relative(workspace, path)),
  };
  try {
    const before = await readCatalog(session, atBase);
    const told = new Map(before.catalog.images.map((image) => [image.name, settingsText(image, before)]));
    const same = new Set(
      now.catalog.images.filter((image) => told.get(image.name) === settingsText(image, now)).map(({ name }) => name),
    );
    return { paths, affects: (name) => !same.has(name) };
  } catch (error) {
    if (error instanceof UserError) return { paths, affects: () => true };
    throw error;
  }
}

/** All that is said of an image, its lines and what follows from files left out. */
function settingsText(image: Image, { settingsOf }: Pick<ReadCatalog, "catalog" | "settingsOf">): string {
  const { bases: _, unsettled: __, watch, ...all } = image;
  const said = all.variant === "nix" ? { ...all, reads: undefined } : { ...all, dockerfile: undefined };
  const watched = watch.map(({ value }) => value);
  return JSON.stringify([said, watched, settingsOf(image.publicName, image)], withoutPlaces);
}

/** Where something stands is nothing that it says. */
function withoutPlaces(key: string, value: unknown): unknown {
  if (key === "at" || key === "line") return undefined;
  if (value instanceof RegExp) return String(value);
  return value instanceof Map || value instanceof Set ? [...value] : value;
}
