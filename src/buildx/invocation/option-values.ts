/** What values an attribute of one of docker's options takes: BuildKit refuses the others late, or passes them over. */

import { UserError } from "../../errors.ts";
import { didYouMean, didYouMeanText } from "../../lib/did-you-mean.ts";
import { goParseBool } from "../../model/buildflags/go-text.ts";
import { tryReference } from "../../model/reference.ts";

export interface Values {
  /** What to write, such as `true or false`. */
  readonly what: string;
  /** Where only these are taken. */
  readonly words?: readonly string[];
  readonly isValid: (value: string) => boolean;
}

export function oneOf(...words: readonly string[]): Values {
  return {
    what: `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`,
    words,
    isValid: (value) => words.includes(value),
  };
}

/** As Go's `strconv.ParseBool` takes them. */
export const flag: Values = {
  what: "true or false",
  words: ["true", "false"],
  isValid: (value) => goParseBool(value) !== undefined,
};

export const freeText: Values = { what: "a text", isValid: () => true };

export const whole: Values = { what: "a whole number, such as 3", isValid: (value) => /^[+-]?\d{1,9}$/.test(value) };

/** As Go's `time.ParseDuration` takes them. */
export const duration: Values = {
  what: "a duration, such as 60s or 1m30s",
  isValid: (value) => /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.test(value),
};

export const image: Values = {
  what: "the name of an image, such as ghcr.io/o/r:cache",
  isValid: (value) => tryReference(value) !== undefined,
};

/**
 * @param known what each attribute takes; one that is not in it may be of a newer BuildKit, unless it is nearly one of these.
 * @throws UserError for the first that no build would take, or not as it is meant.
 */
export function checkAttributes(
  attributes: Iterable<readonly [string, string]>,
  known: Readonly<Record<string, Values>>,
  owner: string,
): void {
  for (const [key, value] of attributes) {
    const values = Object.hasOwn(known, key) ? known[key] : undefined;
    if (values === undefined) {
      const like = didYouMean(key, Object.keys(known));
      if (like === undefined) continue;
      throw new UserError(`"${key}" isn't an attribute of ${owner}`, { hint: `did you mean "${like}"?` });
    }
    if (values.isValid(value)) continue;
    const hint = `write ${values.what}${didYouMeanText(value, values.words ?? [])}`;
    throw new UserError(`${key} of ${owner} can't be "${value}"`, { hint });
  }
}
