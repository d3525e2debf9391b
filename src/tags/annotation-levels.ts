/** What annotations are on, as BuildKit takes it: a word, for manifests perhaps with `[os/arch]`. */
import { UserError } from "../errors.ts";
import { didYouMeanText } from "../lib/did-you-mean.ts";

const levels = ["manifest", "index", "manifest-descriptor", "index-descriptor"];

/** The levels, each once. @throws UserError for one that doesn't exist. */
export function readLevels(given: readonly string[]): readonly string[] {
  const unknown = given.find((level) => !levels.includes(level.replace(/\[[a-z0-9/._-]+\]$/i, "")));
  if (unknown === undefined) return [...new Set(given)];
  throw new UserError(`"${unknown}" is nothing that has annotations`, {
    hint: `write one of ${levels.join(", ")}${didYouMeanText(unknown, levels)}`,
  });
}
