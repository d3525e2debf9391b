/** From images that are affected to those that build on them. */
import type { Catalog, Image, UnsettledBase } from "../catalog/catalog.ts";
import { familiarRepository } from "../oci/reference.ts";
import type { Reason } from "./reason.ts";

type Reasons = ReadonlyMap<string, readonly Reason[]>;

/** The reasons of images, with those of all that build on one of them, or may do so. */
export function withBuiltOn({ images }: Catalog, own: Reasons): Reasons {
  const open = images.filter(({ unsettled }) => unsettled.length > 0);
  const doubtful = new Map<string, readonly Reason[]>();
  for (;;) {
    const reasons = withParents(images, own, doubtful);
    const found = open.flatMap((image) => {
      const known = doubtful.get(image.name) ?? [];
      const more = mayBuildOn(image, images).filter(({ reason }) => reasons.has(reason.image));
      return more.length > known.length ? [[image.name, more.map(({ reason }) => reason)] as const] : [];
    });
    if (found.length === 0) return reasons;
    for (const [name, more] of found) doubtful.set(name, more);
  }
}

/** Parents stand before their children, so that one pass is enough. */
function withParents(images: readonly Image[], own: Reasons, doubtful: Reasons): Reasons {
  const reasons = new Map<string, readonly Reason[]>();
  for (const image of images) {
    const parents = [...new Set(image.parents.map(({ parent }) => parent))].filter((name) => reasons.has(name));
    const found = [
      ...(own.get(image.name) ?? []),
      ...parents.map((name): Reason => ({ kind: "builds-on", image: name })),
      ...(doubtful.get(image.name) ?? []),
    ];
    if (found.length > 0) reasons.set(image.name, found);
  }
  return reasons;
}

/** The images that a base whose name nobody knows yet may be; never one that builds on the image itself. */
function mayBuildOn(
  image: Image,
  images: readonly Image[],
): readonly { readonly reason: Extract<Reason, { readonly kind: "unknown-base" }> }[] {
  if (image.unsettled.length === 0) return [];
  const parents = new Set(image.parents.map(({ parent }) => parent));
  const above = new Set([image.name]);
  for (const each of images) if (each.parents.some(({ parent }) => above.has(parent))) above.add(each.name);
  return images
    .filter(({ name }) => !above.has(name) && !parents.has(name))
    .flatMap((other) => {
      const base = image.unsettled.find((each) => mayBe(each, other));
      return base === undefined ? [] : [{ reason: { kind: "unknown-base", image: other.name, base: base.text } }];
    });
}

/** The names of all images that one may turn out to build on, directly or not, as nobody knows what some base is; sorted. */
export function possibleBases(image: Image, images: readonly Image[]): readonly string[] {
  if (image.unsettled.length === 0) return [];
  const byName = new Map(images.map((each) => [each.name, each]));
  const found = new Set<string>();
  const visit = (each: Image): void => {
    const next = mayBuildOn(each, images).map(({ reason }) => reason.image);
    for (const name of each === image ? next : [...next, ...each.parents.map(({ parent }) => parent)]) {
      const other = byName.get(name);
      if (other === undefined || found.has(name)) continue;
      found.add(name);
      visit(other);
    }
  };
  visit(image);
  return [...found].sort();
}

/** What stands before the first variable leaves few images: with a tag in it, one repository alone. */
function mayBe({ text }: UnsettledBase, { knownAs }: Image): boolean {
  const [start = ""] = text.toLowerCase().split(/[$"'\\`]/, 1);
  if (start === "") return true;
  const repository = /^(.*):[^/:]*$/.exec(start)?.[1];
  const names = knownAs.flatMap((each) => [each, familiarRepository(each)]);
  return names.some((each) => (repository === undefined ? each.startsWith(start) : each === repository));
}
