/** What becomes of the images' order where an alias is set. */
import type { Reference } from "../../model/reference.ts";
import type { Image, ImageName } from "../catalog.ts";

/** Whether a reference, if it names an image, means what this run makes of it. */
type IsMoved = (image: ImageName, reference: Reference) => boolean;

/** Whether one image depends on another, directly or not, or is the same. @param images with their edges */
export function dependency(images: readonly Pick<Image, "publicName" | "name" | "parents">[]) {
  const parents = parentsOf(images, () => []);
  return (name: string, on: string): boolean => reached(name, parents).has(on);
}

/**
 * Whether an alias such as `ghcr.io/up/{{name}}` can be set: no other image has it, and it doesn't make images depend
 * on one another in a circle, or on themselves.
 */
export function isUsableAlias(alias: string, images: readonly Image[], isMoved: IsMoved): boolean {
  return alias.includes("{{name}}") && !makesCircle(alias, images, isMoved);
}

function makesCircle(alias: string, images: readonly Image[], isMoved: IsMoved): boolean {
  const byAlias = Map.groupBy(images, ({ publicName }) => alias.replace("{{name}}", publicName.toLowerCase()));
  const added = ({ bases }: Image) =>
    bases.flatMap(({ reference }) =>
      (byAlias.get(reference.repository) ?? []).filter((each) => isMoved(each, reference)).map(({ name }) => name),
    );
  const parents = parentsOf(images, added);
  const changed = images.filter((each) => added(each).length > 0);
  return changed.some((each) => added(each).some((parent) => reached(parent, parents).has(each.name)));
}

type Parents = ReadonlyMap<string, readonly string[]>;

function parentsOf<T extends Pick<Image, "name" | "parents">>(
  images: readonly T[],
  added: (image: T) => readonly string[],
): Parents {
  return new Map(images.map((each) => [each.name, [...each.parents.map(({ parent }) => parent), ...added(each)]]));
}

function reached(name: string, parents: Parents): ReadonlySet<string> {
  const all = new Set([name]);
  for (const each of all) for (const parent of parents.get(each) ?? []) all.add(parent);
  return all;
}
