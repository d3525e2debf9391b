/** From images that are affected to those that build on them. */
import type { Catalog, Image, UnsettledBase } from "../../catalog/catalog.ts";
import type { Reason } from "../../model/reason.ts";
import { familiarRepository } from "../../model/reference.ts";

type Reasons = ReadonlyMap<string, readonly Reason[]>;

/** The reasons of images, with those of all that build on one of them, or may do so. */
export function withBuiltOn({ images }: Catalog, own: Reasons): Reasons {
  const unknownOf = unknownBases(images);
  const affected = affectedBy(images, own, unknownOf);
  const doubtful = new Map<string, readonly Reason[]>();
  for (const image of images) {
    const bases = unknownOf(image).filter((reason) => affected.has(reason.image));
    if (bases.length > 0) doubtful.set(image.name, bases);
  }
  return withParents(images, own, doubtful);
}

/** The names of images with reasons of their own, and of all that build on them or may do so, directly or not. */
function affectedBy(images: readonly Image[], own: Reasons, unknownOf: UnknownBases): ReadonlySet<string> {
  const builtOn = new Map<string, string[]>();
  for (const image of images) {
    const bases = [...image.parents.map(({ parent }) => parent), ...unknownOf(image).map((reason) => reason.image)];
    for (const base of bases) {
      const there = builtOn.get(base);
      if (there === undefined) builtOn.set(base, [image.name]);
      else there.push(image.name);
    }
  }
  const affected = new Set(images.flatMap(({ name }) => ((own.get(name) ?? []).length > 0 ? [name] : [])));
  for (const name of affected) for (const each of builtOn.get(name) ?? []) affected.add(each);
  return affected;
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

type UnknownBase = Extract<Reason, { readonly kind: "unknown-base" }>;
type UnknownBases = (image: Image) => readonly UnknownBase[];

/** The images that a base of an unknown name may be; never one that depends on the image itself. */
function unknownBases(images: readonly Image[]): UnknownBases {
  const known = new Map<Image, readonly UnknownBase[]>();
  const find = (image: Image): readonly UnknownBase[] => {
    const parents = new Set(image.parents.map(({ parent }) => parent));
    const above = new Set([image.name]);
    for (const each of images) if (each.parents.some(({ parent }) => above.has(parent))) above.add(each.name);
    const matches = image.unsettled.map((base) => ({ base, isOne: mayBe(base) }));
    return images
      .filter(({ name }) => !above.has(name) && !parents.has(name))
      .flatMap((other): readonly UnknownBase[] => {
        const found = matches.find(({ isOne }) => isOne(other));
        return found === undefined ? [] : [{ kind: "unknown-base", image: other.name, base: found.base.text }];
      });
  };
  return (image) => {
    if (image.unsettled.length === 0) return [];
    const found = known.get(image) ?? find(image);
    known.set(image, found);
    return found;
  };
}

/** The names of all images that one may turn out to build on, directly or not, as nobody knows what some base is; sorted. */
export function possibleBases(images: readonly Image[]): (image: Image) => readonly string[] {
  const unknownOf = unknownBases(images);
  const byName = new Map(images.map((each) => [each.name, each]));
  const unknown = (image: Image) => unknownOf(image).map((reason) => reason.image);
  const parents = (image: Image) => image.parents.map(({ parent }) => parent);
  // Where many images may be one another's bases, the one before has found what this one would.
  let before: { readonly name: string; readonly below: ReadonlySet<string> } | undefined;
  const addAll = (names: readonly string[], found: Set<string>): void => {
    const done = new Set<string>();
    const open: string[] = [];
    const add = (name: string): void => {
      if (!byName.has(name) || found.has(name)) return;
      found.add(name);
      open.push(name);
      if (name !== before?.name) return;
      done.add(name);
      for (const each of before.below) done.add(each);
    };
    names.forEach(add);
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const image = done.has(name) ? undefined : byName.get(name);
      if (image !== undefined) for (const each of [...unknown(image), ...parents(image)]) add(each);
    }
    for (const each of done) found.add(each);
  };
  return (image) => {
    if (image.unsettled.length === 0) return [];
    const found = new Set<string>();
    addAll(unknown(image), found);
    const below = new Set(found);
    addAll(parents(image), below);
    before = { name: image.name, below };
    return [...found].sort();
  };
}

/** What stands before the first variable leaves few images: with a tag in it, one repository alone. */
function mayBe({ text }: UnsettledBase): (image: Image) => boolean {
  const [start = ""] = text.toLowerCase().split(/[$"'\\`]/, 1);
  if (start === "") return () => true;
  const repository = /^(.*):[^/:]*$/.exec(start)?.[1];
  const fits = (name: string) => (repository === undefined ? name.startsWith(start) : name === repository);
  return ({ knownAs }) => knownAs.some((each) => fits(each) || fits(familiarRepository(each)));
}
