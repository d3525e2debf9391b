/** One digest for many files. */
import { createHash } from "node:crypto";
import { limitCalls } from "../../lib/limit.ts";
import type { ContentReader } from "./file-content.ts";
import type { ListedFile } from "./listing.ts";

export type FilesDigest =
  | { readonly kind: "known"; readonly digest: string }
  /** `why` is a clause without a subject. */
  | { readonly kind: "unknown"; readonly why: string };

/** What has to be read, rather than known from git, may be so much and no more. */
const mostFiles = 20_000;
const mostBytes = 256 * 1024 * 1024;

/** Few enough that nobody runs out of file handles. */
const parallel = 32;

/**
 * A digest over path, mode and bytes of files; `unknown` where too much would have to be read.
 * @param start how many characters of the paths are left out.
 */
export async function filesDigest(
  files: readonly ListedFile[],
  start: number,
  reader: ContentReader,
): Promise<FilesDigest> {
  const unread = files.filter(({ content }) => content === undefined);
  if (unread.length > mostFiles) {
    return { kind: "unknown", why: `${unread.length} files that git can't vouch for` };
  }
  const contents = unread.length === 0 ? none : await readAll(unread, reader);
  if (typeof contents === "string") return { kind: "unknown", why: contents };
  let text = "";
  for (const file of files) {
    const content = file.content ?? contents.get(file);
    if (content !== undefined) text += `${keyOf(file.path.slice(start))}\0${content}\0`;
  }
  return { kind: "known", digest: createHash("sha256").update(text).digest("hex") };
}

const none: ReadonlyMap<ListedFile, string | undefined> = new Map();

/** What the files hold; why it is not read, where that is too much. */
async function readAll(
  files: readonly ListedFile[],
  reader: ContentReader,
): Promise<ReadonlyMap<ListedFile, string | undefined> | string> {
  const costs = await Promise.all(files.map(limitCalls(parallel, (file: ListedFile) => reader.cost(file))));
  const bytes = costs.reduce((sum, each) => sum + each, 0);
  if (bytes > mostBytes) return `${Math.round(bytes / 1024 / 1024)} MiB of files that git can't vouch for`;
  const contents = await Promise.all(files.map(limitCalls(parallel, (file: ListedFile) => reader.content(file))));
  return new Map(files.map((file, index) => [file, contents[index]]));
}

/** Paths that UTF-8 can't distinguish are written as JSON, after a character that no path has. */
function keyOf(path: string): string {
  return path.isWellFormed() ? path : `\0${JSON.stringify(path)}`;
}
