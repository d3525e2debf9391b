import type { Catalog, FileTarget } from "../catalog/catalog.ts";
import { anyNumber, anyOne, exactly, pathExpression } from "../catalog/layout/path-expression.ts";
import { throwProblems, UserError } from "../errors.ts";
import { didYouMeanText } from "../lib/did-you-mean.ts";
import { type ListedGlob, listedGlobs, onlyExcludes } from "../lib/glob-list.ts";
import { someOf } from "../lib/text/some-of.ts";

/**
 * The names of the images that `only` means: all for an empty list. `*` is any number of characters, `?` is one. What an
 * image is called in public means both variants of it. `!` excludes, `{a,b}` are alternatives, and the last glob that matches
 * an image counts.
 * @param fileTargets what gives no image and may be named as if it did
 * @throws UserError (or `Problems`) for what matches no image.
 */
export function selectImages(
  { images }: Catalog,
  only: readonly string[],
  fileTargets: readonly FileTarget[],
): ReadonlySet<string> {
  const names = images.map((image) => image.name);
  if (only.length === 0) return new Set(names);
  const matched = only.flatMap(globsOf).map((each) => ({ ...each, found: namesThatMatch(each.glob, images) }));
  throwProblems(matched.flatMap((each) => (each.found.length > 0 ? [] : noMatch(each, names, fileTargets))));
  const selected = new Set(onlyExcludes(only) ? names : []);
  for (const { found, isExclusion } of matched) {
    for (const name of found) {
      if (isExclusion) selected.delete(name);
      else selected.add(name);
    }
  }
  if (selected.size === 0 && names.length > 0) throw allExcluded(only);
  return selected;
}

function globsOf(entry: string): readonly ListedGlob[] {
  try {
    return listedGlobs(entry);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`\`only\`: ${error.message}`, { hint: error.hint, cause: error, input });
  }
}

function allExcluded(only: readonly string[]): UserError {
  return new UserError(`\`only\` excludes every image that it names: ${only.join(", ")}`, {
    hint: "the last glob that matches counts: write exclusions (!NAME) behind what they exclude from",
    input,
  });
}

function namesThatMatch(glob: string, images: Catalog["images"]): readonly string[] {
  const matches = matcherOf(glob);
  return images
    .filter(({ name, publicName, group }) =>
      [name, publicName, group].some((each) => each !== undefined && matches(each)),
    )
    .map(({ name }) => name);
}

const listed = 20;
const input = { name: "only" };

function noMatch(
  { glob, isExclusion }: ListedGlob,
  names: readonly string[],
  fileTargets: readonly FileTarget[],
): readonly UserError[] {
  const matches = matcherOf(glob);
  const meant = fileTargets.filter(({ name, target }) => matches(name) || matches(target));
  if (meant.length === 0) return [unknown(glob, names)];
  return isExclusion ? [] : [givesFiles(glob, meant)];
}

function givesFiles(glob: string, meant: readonly FileTarget[]): UserError {
  const targets = someOf(meant, { write: ({ target, file }) => `${target} (${file})` });
  return new UserError(`\`only\` names "${glob}", which gives files and no image: ${targets}`, {
    hint: "take it out of `only`, or give the target an output of type=image",
    input,
  });
}

function unknown(glob: string, names: readonly string[]): UserError {
  return new UserError(`\`only\` names "${glob}", and no image is called that`, {
    hint: `choose from ${someOf(names, { most: listed })}${didYouMeanText(glob, names)}`,
    input,
  });
}

function matcherOf(glob: string): (name: string) => boolean {
  return pathExpression([...glob].map((each) => (each === "*" ? anyNumber : each === "?" ? anyOne : exactly(each))));
}
