/** References that have a version, which only a template or a shell knows. */

import { plainLine } from "../../lib/plain-text.ts";
import { isTag, type Repository } from "../../model/reference.ts";
import type { ReadPin } from "./read-pin.ts";

/** What follows a name up to the end of the reference: words, variables and expressions of templates; or a version in quotes. */
export const unreadVersion =
  ":(?:[\"'](?=v?\\d)[\\w.@:+-]+[\"']|(?:\\$?\\{\\{[^\\n]*?\\}\\}|\\$\\{[^{}\\n]*\\}|\\$\\([^()\\n]*\\)|[\\w.$%@:/+-])+)";

const literal = /(?<![\w.$/-])(?:v?\d+(?:\.\d+)+(?:[\w.-]*\w)?)(?!\.?[\w$%{])|sha256:[0-9a-f]{64}/g;
const partOfLiteral = /(?<![\w.$])v?\d+\.(?:\d|[$%{])/;

/** What names a version in a text that isn't one: the tag where there is one alone. `undefined`: nothing does. */
export function versionIn(text: string): { readonly tag: string | undefined } | undefined {
  const literals = text.match(literal) ?? [];
  if (literals.length === 0 && !partOfLiteral.test(text)) return undefined;
  const [only, ...others] = literals.filter(isTag);
  return { tag: others.length === 0 ? only : undefined };
}

/** `undefined` where it has no version. @param rest what follows the name, with its colon. */
export function unreadPin(repository: Repository, name: string, rest: string, start: number): ReadPin | undefined {
  const version = /[$%{@+"']/.test(rest) ? versionIn(rest) : undefined;
  return (
    version && {
      repository,
      text: plainLine(`${name}${rest}`),
      start,
      tag: version.tag,
      digest: undefined,
      values: {
        doubt: { why: "a variable or a template decides on its version", remedy: "write the whole reference there" },
      },
    }
  );
}
