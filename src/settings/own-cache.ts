/** Docker's own cache lines, from inputs and config: read once, with their expressions left for each image to fill in. */
import { type CacheDirection, checkCacheEntry } from "../buildx/cache/cache-types.ts";
import { UserError } from "../errors.ts";
import type { SourcedLine } from "../lib/text/sourced-line.ts";
import { type CacheEntry, parseCacheEntries } from "../model/buildflags/cache-entry.ts";
import { type Parsed, parseLines } from "../tags/text/lines.ts";

/** A line that the user wrote. Values may hold expressions; the type holds none. */
export interface OwnCacheEntry extends CacheEntry {
  /** Whether an input of the workflow says it. */
  readonly isInput: boolean;
}

/** Reads lines of `cache-from` and `cache-to`; those that a file holds have a place. */
export function readCacheLines(lines: readonly SourcedLine[], direction: CacheDirection): Parsed<OwnCacheEntry> {
  const { values, problems } = parseLines(lines, (line) => readLine(line, direction));
  return { values: values.flat(), problems };
}

/** @param fill replaces expressions by values; the result is never parsed as a part of the line. */
export function filledEntry({ type, attributes }: CacheEntry, fill: (text: string) => string): CacheEntry {
  return { type, attributes: new Map([...attributes].map(([key, value]) => [key, fill(value)])) };
}

function readLine({ text, at }: SourcedLine, direction: CacheDirection): readonly OwnCacheEntry[] {
  const isInput = at === undefined;
  return templates(text).map((entry) => {
    checkCacheEntry(entry, direction);
    if (!isInput) checkService(entry);
    return { ...entry, isInput };
  });
}

/** An expression may hold quotes and commas, which are no part of the line's own. */
function templates(text: string): readonly CacheEntry[] {
  if (text.includes("\0")) throw new UserError("a cache line contains a NUL character", { hint: "remove it" });
  const expressions: string[] = [];
  const masked = text.replace(/\{\{\{[^{}]*\}\}\}|\{\{[^{}]*\}\}/g, (expression) => {
    expressions.push(expression);
    return `\0${expressions.length - 1}\0`;
  });
  const unmasked = (part: string): string => part.replace(/\0(\d+)\0/g, (_, index) => expressions[Number(index)] ?? "");
  return parseCacheEntries(masked).map(({ type, attributes }) => ({
    type: unmasked(type),
    attributes: new Map([...attributes].map(([key, value]) => [unmasked(key), unmasked(value)])),
  }));
}

/** To the service of a line without a token of its own, buildx shows the job's. */
function checkService({ type, attributes }: CacheEntry): void {
  const url = ["url", "url_v2"].find((key) => attributes.has(key));
  if (type !== "gha" || url === undefined || attributes.has("token")) return;
  throw new UserError(`a cache line names a cache service of its own (${url}=), which would get the job's token`, {
    hint: `write the line in the workflow's input, or remove ${url}=`,
  });
}
