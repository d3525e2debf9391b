import type { Catalog } from "../catalog/catalog.ts";
import { anyNumber, anyOne, exactly, pathExpression } from "../catalog/path-expression.ts";
import { throwProblems, UserError } from "../errors.ts";
import { didYouMean } from "../nearest.ts";

/**
 * The names of the images that `only` means: all for an empty list. `*` is any number of characters, `?` is one. What an
 * image is called in public means both variants of it.
 * @throws UserError (or `Problems`) for what matches no image.
 */
export function selectImages({ images }: Catalog, only: readonly string[]): ReadonlySet<string> {
  const names = images.map((image) => image.name);
  if (only.length === 0) return new Set(names);
  const matched = only.map((glob) => ({ glob, found: namesThatMatch(glob, images) }));
  throwProblems(matched.filter(({ found }) => found.length === 0).map(({ glob }) => noMatch(glob, names)));
  return new Set(matched.flatMap(({ found }) => found));
}

function namesThatMatch(glob: string, images: Catalog["images"]): readonly string[] {
  const matches = matcherOf(glob);
  return images.filter(({ name, publicName }) => matches(name) || matches(publicName)).map(({ name }) => name);
}

const listed = 20;

function noMatch(glob: string, names: readonly string[]): UserError {
  const some = names.slice(0, listed).join(", ");
  const more = names.length > listed ? `, and ${names.length - listed} more` : "";
  return new UserError(`\`only\` names "${glob}", and no image is called that`, {
    hint: `choose from ${some}${more}${didYouMean(glob, names)}`,
  });
}

function matcherOf(glob: string): (name: string) => boolean {
  return pathExpression([...glob].map((each) => (each === "*" ? anyNumber : each === "?" ? anyOne : exactly(each))));
}
