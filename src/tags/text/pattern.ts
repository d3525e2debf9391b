/** Regular expressions in rules: the users' own, in JavaScript's language, as docker/metadata-action has them. */
import { type Context, createContext, runInContext } from "node:vm";
import { UserError } from "../../errors.ts";

/** A regular expression, as `re` or `/re/flags`. @throws UserError when it doesn't compile or has flags without sense here. */
export function readPattern(text: string): RegExp {
  const [, source = text, flags = ""] = /^\/(.+)\/([a-z]*)$/.exec(text) ?? [];
  try {
    // With `g` the reference's groups are lost and the first match counts: the same as without it for the whole match.
    return new RegExp(source, flags.replaceAll("g", ""));
  } catch (cause) {
    throw new UserError(`"${text}" isn't a valid regular expression`, {
      cause,
      hint: 'correct it; a pattern that holds a comma must be in quotes with its name, such as type=match,"pattern=\\d{1,3}"',
    });
  }
}

/** How many capture groups the expression has. */
export function groupCount(pattern: RegExp): number {
  // With an empty alternative anything matches, and the match has a slot for every group.
  return (new RegExp(`${pattern.source}|`, pattern.flags).exec("")?.length ?? 1) - 1;
}

type Match = readonly (string | undefined)[];

/**
 * What the expression finds in a text, as `exec` does. Node ends a script that takes too long, within an expression too;
 * an engine that can't run away (RE2) would lack what rules use: looking ahead and behind.
 * @param limit in milliseconds
 * @throws UserError where it takes longer
 */
export function find(pattern: RegExp, text: string, limit = longestSearch): Match | undefined {
  const known = found.get(pattern)?.get(text);
  if (known !== undefined) return known.match;
  const match = search(pattern, text, limit);
  // The same few expressions are asked of the same ref for every image, and a script of its own takes its time.
  const ofPattern = found.get(pattern) ?? new Map<string, { readonly match: Match | undefined }>();
  found.set(pattern, ofPattern.set(text, { match }));
  return match;
}

const found = new WeakMap<RegExp, Map<string, { readonly match: Match | undefined }>>();

/**
 * In milliseconds. A good expression takes a thousandth, and nothing else of the run goes on meanwhile: no signal is handled.
 */
const longestSearch = 90;
const secondSearch = 5;

/** In milliseconds: after so much of it, searches that run away are none of chance. */
const wasteAllowed = 1_500;
let wasted = 0;

function search(pattern: RegExp, text: string, limit: number): Match | undefined {
  if (wasted >= wasteAllowed) throw tooLong(`${shown(pattern)} is not looked for: others took too long before`);
  try {
    return searchWithin(limit, pattern, text);
  } catch {
    // Once more and longer, as a busy machine may have let it wait.
    try {
      return searchWithin(limit * secondSearch, pattern, text);
    } catch (cause) {
      wasted += limit * secondSearch;
      throw tooLong(`${shown(pattern)} takes too long to find in "${text.slice(0, 100)}"`, cause);
    }
  }
}

function searchWithin(timeout: number, pattern: RegExp, text: string): Match | undefined {
  room ??= createContext({});
  const match: RegExpExecArray | null = runInContext("pattern.exec(text)", Object.assign(room, { pattern, text }), {
    timeout,
  });
  return match === null ? undefined : [...match];
}

function tooLong(what: string, cause?: unknown): UserError {
  const hint = "write it without a repetition of what is itself repeated, such as (a+)+ or (.*,)*";
  return new UserError(what, { cause, hint });
}

function shown(pattern: RegExp): string {
  const text = String(pattern);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** Made once, where there is a rule with an expression. */
let room: Context | undefined;
