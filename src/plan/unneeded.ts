/** Images that are not published, and that a run need not build. Pure. */
import type { Catalog } from "../catalog/catalog.ts";
import type { ReasonsByImage } from "./needed.ts";

export interface UnneededInput {
  readonly catalog: Catalog;
  /** By the event. */
  readonly affected: ReasonsByImage;
  /** What is done for each image that is published and that the run is about. */
  readonly actions: ReadonlyMap<string, "build" | "other">;
}

/**
 * The affected images that nobody pulls and that nothing which is built takes anything from: those whose published images are
 * there already, and on a release all of them, as they are not released themselves. What no published image takes anything from is
 * built otherwise, to see whether it can be.
 */
export function unneededImages({ catalog, affected, actions }: UnneededInput): ReadonlySet<string> {
  const unneeded = new Set<string>();
  const needed = new Set<string>();
  const takenFrom = new Set<string>();
  // Children come after their parents, so that one pass from the end sees every need.
  for (const { name, repositories, parents } of catalog.images.toReversed()) {
    const isHelper = repositories.length === 0;
    const isReleased = affected.get(name)?.every(({ kind }) => kind === "tag") === true && actions.size > 0;
    const isUnneeded = isHelper && !needed.has(name) && (takenFrom.has(name) || isReleased);
    if (isUnneeded && affected.has(name)) unneeded.add(name);
    const isBuilt = isHelper ? needed.has(name) || (affected.has(name) && !isUnneeded) : actions.get(name) === "build";
    for (const { parent } of parents) {
      if (isBuilt) needed.add(parent);
      if (isHelper ? takenFrom.has(name) : actions.has(name)) takenFrom.add(parent);
    }
  }
  return unneeded;
}
