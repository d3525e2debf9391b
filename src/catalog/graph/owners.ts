/** Which image a repository's name means. */
import { UserError } from "../../errors.ts";
import { someOf } from "../../lib/text/some-of.ts";
import type { Repository } from "../../model/reference.ts";
import type { ImageName } from "../catalog.ts";

/** The images that a repository is the name of. */
export type Owners = ReadonlyMap<Repository, readonly ImageName[]>;

/** The names by which references mean an image. */
export interface ImagePlaces {
  /** Where it is, or would be, pushed. */
  readonly knownAs: readonly Repository[];
  /** Where only other runs push it. */
  readonly unpushed: readonly Repository[];
  readonly aliases: readonly Repository[];
}

/** All of them, each once. */
export function namesIn({ knownAs, unpushed, aliases }: ImagePlaces): readonly Repository[] {
  return [...new Set([...knownAs, ...unpushed, ...aliases])];
}

export interface NamedImage extends ImagePlaces {
  readonly image: ImageName;
}

/** Whether tags decide which image a repository means: it has several images, and not just the two variants of one. */
export function isSharedBy(owners: readonly ImageName[]): boolean {
  const [first] = owners;
  return owners.some(({ publicName }) => publicName !== first?.publicName);
}

/** Own names go before aliases. */
export function ownersOf(images: readonly NamedImage[]): Owners {
  const named = [
    ...images.flatMap(({ image, knownAs }) => knownAs.map((name) => ({ image, name }))),
    ...images.flatMap(({ image, aliases }) => aliases.map((name) => ({ image, name }))),
  ];
  const elsewhere = images.flatMap(({ image, unpushed }) => unpushed.map((name) => ({ image, name })));
  const byName = Map.groupBy([...named, ...elsewhere], ({ name }) => name);
  return new Map([...byName].map(([name, all]) => [name, [...new Set(all.map(({ image }) => image))]]));
}

/** A problem for each alias that several images have, or that is another image's own name. */
export function aliasCollisions(images: readonly NamedImage[], owners: Owners): readonly UserError[] {
  return [...new Set(images.flatMap(({ aliases }) => aliases))].flatMap((alias) => {
    const names = [...new Set((owners.get(alias) ?? []).map(({ publicName }) => publicName))];
    if (names.length < 2) return [];
    return [
      new UserError(`the alias ${alias} would be the name of several images: ${someOf(names)}`, {
        hint: 'put {{name}} into "aliases", such as ghcr.io/upstream/repo/{{name}}, or name one image\'s place in its entry of the config file',
      }),
    ];
  });
}
