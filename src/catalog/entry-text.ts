/** What messages say to write into the config file: YAML that can be pasted as it is. */
import type { RepositoryPath } from "../model/repository-path.ts";
import { directoryName } from "./layout/found-image.ts";
import { freeName } from "./names/image-name.ts";

export interface EntryText {
  readonly name: string;
  /** In the order in which they are written. */
  readonly keys: EntryKeys;
}

type EntryKeys = Readonly<Partial<Record<"path" | "file" | "context" | "target", string>>>;

const mostShown = 10;

/** To write an entry for each, of many for the first. */
export function writeEntries(entries: readonly EntryText[], configFile: RepositoryPath): string {
  const more = entries.length - mostShown;
  return `write ${entriesText(entries)} into ${configFile}${more > 0 ? `, and the same for ${more} more` : ""}`;
}

/** `images: {web: {file: docker/web/Dockerfile, context: .}}` */
export function entriesText(entries: readonly EntryText[]): string {
  const texts = entries.slice(0, mostShown).map(({ name, keys }) => `${scalarText(name)}: ${mapText(keys)}`);
  return `images: {${texts.join(", ")}}`;
}

/** `defaults: {target: prod}` */
export function defaultsText(keys: Pick<EntryKeys, "target">): string {
  return `defaults: ${mapText(keys)}`;
}

/**
 * Entries for directories, which are called as these are. If that isn't a valid name, or is another's, the entry has
 * its path.
 * @param rootName the name of the image at the root.
 */
export function entriesFor(
  directories: readonly RepositoryPath[],
  keysOf: (directory: RepositoryPath) => EntryKeys,
  { rootName, taken = new Set() }: { readonly rootName: string; readonly taken?: ReadonlySet<string> },
): readonly EntryText[] {
  const names = new Set(taken);
  return directories.map((directory) => {
    const usual = directoryName(directory, rootName);
    const name = directory === "." ? usual : freeName(usual, names);
    names.add(name.toLowerCase());
    return { name, keys: { ...(name === usual ? {} : { path: directory }), ...keysOf(directory) } };
  });
}

function mapText(keys: EntryKeys): string {
  const texts = Object.entries(keys).map(([key, value]) => `${key}: ${scalarText(value)}`);
  return `{${texts.join(", ")}}`;
}

/** Quoted unless YAML takes the text for itself, in braces too. */
function scalarText(text: string): string {
  const isPlain = /^[\w./][\w./@+-]*(?: [\w./@+-]+)*$/.test(text) && !/^(?:null|true|false|\.(?:inf|nan))$/i.test(text);
  return isPlain && Number.isNaN(Number(text)) ? text : JSON.stringify(text);
}
