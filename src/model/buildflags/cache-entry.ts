/** A cache entry: a value of buildx' `--cache-from` and `--cache-to`, and what is read in one. */
import { UserError } from "../../errors.ts";
import { csvFields, csvLine } from "./csv-record.ts";
import { goLowerCase } from "./go-text.ts";

export interface CacheEntry {
  /** As written: BuildKit knows lowercase types only. */
  readonly type: string;
  /** By name, in lower case; of two with one name the later one. */
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * The entries of a text, read as buildx reads it (util/buildflags, ParseCacheEntry). A text without `=` is a list of images.
 * @throws UserError for what buildx refuses.
 */
export function parseCacheEntries(text: string): readonly CacheEntry[] {
  if (text === "") return [];
  if (!text.includes("=")) return csvFields(text).map(parseEntry);
  return [parseEntry(text)];
}

/** The text from which buildx reads this entry. */
export function cacheLine({ type, attributes }: CacheEntry): string {
  return csvLine([`type=${type}`, ...Array.from(attributes, ([key, value]) => `${key}=${value}`)]);
}

function parseEntry(text: string): CacheEntry {
  const fields = csvFields(text);
  const [first = ""] = fields;
  if (fields.length === 1 && !first.includes("=")) return { type: "registry", attributes: new Map([["ref", first]]) };
  let type = "";
  const attributes = new Map<string, string>();
  for (const field of fields) {
    const { key, value } = keyAndValue(field);
    if (key === "type") type = value;
    else attributes.set(key, value);
  }
  if (type !== "") return { type, attributes };
  throw new UserError("a cache line has no type", { hint: "begin it with type=, such as type=gha" });
}

function keyAndValue(field: string): { readonly key: string; readonly value: string } {
  const equals = field.indexOf("=");
  if (equals >= 0) return { key: goLowerCase(field.slice(0, equals)), value: field.slice(equals + 1) };
  throw new UserError(`"${field}" in a cache line isn't key=value`, {
    hint: "write key=value, separated by commas; a field with a comma in it is in quotes as a whole",
  });
}
