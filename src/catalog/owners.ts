/** Which image a repository's name means. */
import { UserError } from "../errors.ts";
import type { Repository } from "../oci/reference.ts";
import { someOf } from "../some-of.ts";
import type { ImageName } from "./catalog.ts";

/** The images that a repository is the name of: one, or the two variants of one. */
export type Owners = ReadonlyMap<Repository, readonly ImageName[]>;

export interface NamedImage {
  readonly image: ImageName;
  /** Where it is, or would be, pushed. */
  readonly knownAs: readonly Repository[];
  readonly aliases: readonly Repository[];
}

/** Own names go before aliases. */
export function ownersOf(images: readonly NamedImage[]): Owners {
  const owners = new Map<Repository, ImageName[]>();
  const add = (image: ImageName, names: readonly Repository[]): void => {
    for (const each of names) {
      const there = owners.get(each);
      if (there === undefined) owners.set(each, [image]);
      else if (!there.includes(image)) there.push(image);
    }
  };
  for (const { image, knownAs } of images) add(image, knownAs);
  for (const { image, aliases } of images) add(image, aliases);
  return owners;
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
