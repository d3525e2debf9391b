/** Branch names that would take over a tag which belongs to something else. */
import { readPep440 } from "./pep440.ts";

/**
 * What a tag made from a branch's name would be taken for, as a phrase; `undefined` for a name that is nobody's.
 * Anyone who may push a branch could otherwise replace a release: the reference lets a branch `1.2` take the tag `1.2`.
 */
export function reservedMeaning(name: string): string | undefined {
  return meanings.find(({ matches }) => matches(name))?.meaning;
}

const meanings: readonly { readonly meaning: string; readonly matches: (name: string) => boolean }[] = [
  { meaning: "the tag latest", matches: (name) => /^latest$/i.test(name) },
  { meaning: "a pull request", matches: (name) => /^pr-\d+$/i.test(name) },
  { meaning: "a commit", matches: (name) => /^(?:sha-)?[0-9a-f]{7,64}$/i.test(name) },
  { meaning: "the images' cache", matches: (name) => /^buildcache(?:-.*)?$/i.test(name) },
  { meaning: "a source hash", matches: (name) => /^src-[0-9a-f]{16}$/i.test(name) },
  {
    meaning: "a version",
    matches: (name) => /^v?\d+(?:\.\d+)+(?:[-+_].*)?$/i.test(name) || readPep440(name) !== undefined,
  },
];
