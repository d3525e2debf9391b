/** Regular expressions in rules. */
import { UserError } from "../errors.ts";

/** A regular expression, as `re` or `/re/flags`. @throws UserError when it doesn't compile or has flags without sense here. */
export function readPattern(text: string): RegExp {
  const [, source = text, flags = ""] = /^\/(.+)\/([a-z]*)$/.exec(text) ?? [];
  try {
    // With `g` the reference's groups are lost and the first match counts: the same as without it for the whole match.
    return new RegExp(source, flags.replaceAll("g", ""));
  } catch (cause) {
    throw new UserError(`"${text}" is no regular expression`, {
      cause,
      hint: 'mend it; one that holds a comma must stand in quotes with its name, such as type=match,"pattern=\\d{1,3}"',
    });
  }
}

/** How many capture groups the expression has. */
export function groupCount(pattern: RegExp): number {
  // With an empty alternative anything matches, and the match has a slot for every group.
  return (new RegExp(`${pattern.source}|`, pattern.flags).exec("")?.length ?? 1) - 1;
}
