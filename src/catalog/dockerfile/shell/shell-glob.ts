/**
 * Matching of `*` and `?`, neither of which takes a newline. A pattern is looked for piece by piece from the left: between two
 * stars the first place of a piece leaves the most to what follows, so that nothing is tried twice.
 */
import { type Allowance, spend } from "./allowance.ts";

/** Characters; `undefined` is any one but a newline. */
type Segment = readonly (string | undefined)[];

export interface Glob {
  /** What stands between the stars, with the search table of each that has no `?`. */
  readonly segments: readonly Part[];
  /** No match goes past a line's end. */
  readonly isOfOneLine: boolean;
}

interface Part {
  readonly segment: Segment;
  readonly table: readonly number[] | undefined;
}

type Text = readonly string[];

export interface Match {
  readonly start: number;
  readonly end: number;
}

export function glob(segments: readonly Segment[]): Glob {
  const rest = segments.filter((segment, index) => index === 0 || index === segments.length - 1 || segment.length > 0);
  return {
    segments: rest.map((segment) => ({ segment, table: segment.includes(undefined) ? undefined : fallbacks(segment) })),
    isOfOneLine: !segments.some((segment) => segment.includes("\n")),
  };
}

/** Where the match that begins at `from` ends: the longest, or the shortest. */
export function matchAt(
  text: Text,
  from: number,
  { segments }: Glob,
  longest: boolean,
  work: Allowance,
): number | undefined {
  const [first, ...others] = segments;
  if (first === undefined || !fits(text, from, first.segment, work)) return undefined;
  let end = from + first.segment.length;
  let limit = -1;
  for (const [index, each] of others.entries()) {
    if (end > limit) limit = lineEnd(text, end, work);
    const { length } = each.segment;
    const isLast = index === others.length - 1;
    if (isLast && longest) {
      const last = lastPlace(text, end, limit, each, work);
      return last === undefined ? undefined : last + length;
    }
    const place = firstPlace(text, end, limit, each, work);
    if (place === undefined) return undefined;
    end = place + length;
  }
  return end;
}

/** The first match that begins at `from` or later, the longest of those. */
export function firstGlobMatch(text: Text, from: number, pattern: Glob, work: Allowance): Match | undefined {
  const [first] = pattern.segments;
  if (first === undefined) return undefined;
  for (let at = from; at <= text.length; ) {
    const start = firstPlace(text, at, text.length, first, work);
    if (start === undefined) return undefined;
    const end = matchAt(text, start, pattern, true, work);
    if (end !== undefined) return { start, end };
    // What is missing in the rest of the line is missing for every later start in it.
    at = pattern.isOfOneLine ? lineEnd(text, start, work) + 1 : start + 1;
  }
  return undefined;
}

/** Where the segment begins first, from `from` to `limit`. */
function firstPlace(text: Text, from: number, limit: number, part: Part, work: Allowance): number | undefined {
  if (part.table !== undefined) return placesOf(text, from, limit, part.segment, part.table, true, work);
  for (let at = from; at <= limit; at++) if (fits(text, at, part.segment, work)) return at;
  return undefined;
}

/** Where the segment begins last, from `from` to `limit`. */
function lastPlace(text: Text, from: number, limit: number, part: Part, work: Allowance): number | undefined {
  if (part.table !== undefined) return placesOf(text, from, limit, part.segment, part.table, false, work);
  for (let at = limit; at >= from; at--) if (fits(text, at, part.segment, work)) return at;
  return undefined;
}

/** Knuth, Morris and Pratt: after a mismatch the table says how much of the segment still fits. */
function placesOf(
  text: Text,
  from: number,
  limit: number,
  segment: Segment,
  table: readonly number[],
  isFirst: boolean,
  work: Allowance,
): number | undefined {
  if (segment.length === 0) return from > limit ? undefined : isFirst ? from : limit;
  let found: number | undefined;
  let matched = 0;
  let at = from;
  for (; at < text.length && at - matched <= limit; at++) {
    while (matched > 0 && segment[matched] !== text[at]) matched = table[matched - 1] ?? 0;
    if (segment[matched] === text[at]) matched += 1;
    if (matched < segment.length) continue;
    found = at - matched + 1;
    if (isFirst) break;
    matched = table[matched - 1] ?? 0;
  }
  spend(work, at - from);
  return found === undefined || found > limit ? undefined : found;
}

function fits(text: Text, at: number, segment: Segment, work: Allowance): boolean {
  let matched = 0;
  while (matched < segment.length && takes(segment[matched], text[at + matched])) matched += 1;
  spend(work, matched + 1);
  return matched === segment.length;
}

function takes(one: string | undefined, character: string | undefined): boolean {
  return one === undefined ? character !== undefined && character !== "\n" : one === character;
}

/** The next newline, or the text's end. */
function lineEnd(text: Text, from: number, work: Allowance): number {
  const found = text.indexOf("\n", from);
  const end = found < 0 ? text.length : found;
  // Quicker than a character at a time.
  spend(work, (end - from) / 8);
  return end;
}

/** For each length of the segment's start, the longest shorter start with which it ends. */
function fallbacks(segment: Segment): readonly number[] {
  const table: number[] = [0];
  let length = 0;
  for (let at = 1; at < segment.length; at++) {
    while (length > 0 && segment[at] !== segment[length]) length = table[length - 1] ?? 0;
    if (segment[at] === segment[length]) length += 1;
    table.push(length);
  }
  return table;
}
