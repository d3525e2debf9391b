/**
 * Folders in the runner's cache service. An entry is made and read here rather than by `@actions/cache`'s own tar, which unpacks
 * whatever an entry holds to wherever it says, also outside of the folder: a cache entry may be anybody's.
 */
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import { type ByteReader, byteReader } from "../../lib/byte-reader.ts";
import type { HttpStreams, KeptFolders } from "../../ports.ts";
import { systemFiles as files } from "../files.ts";
import { nodeHttp } from "../http/http.ts";
import { hasCacheService } from "./cache-service.ts";
import { followNoRedirects } from "./no-redirects.ts";
import { downloadEntry, findEntry, maximumEntry, uploadEntry } from "./service-entry.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** An entry: a line of JSON that names its files and their sizes in bytes, then their bytes, in this order. */
interface EntryFile {
  readonly name: string;
  readonly size: number;
}

const fileName = /^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*$/;
const maximumFiles = 16;
/** Bytes of the first line. */
const maximumHeader = 4096;
const newline = 10;

export function keptFolders(env: Environment, http: HttpStreams = nodeHttp(env)): KeptFolders {
  return {
    async restore(folder, key, prefix) {
      if (!hasCacheService(env)) return undefined;
      await followNoRedirects();
      const found = await findEntry(key, prefix).catch(() => undefined);
      if (found === undefined) return undefined;
      try {
        await unpack(await downloadEntry(found.url, http), folder);
        return found.key;
      } catch (error) {
        await files.remove(folder).catch(() => undefined);
        if (error instanceof UserError) throw error;
        return undefined;
      }
    },
    async keep(folder, key) {
      if (!hasCacheService(env)) return;
      const path = join(env.RUNNER_TEMP || tmpdir(), `image-publish-entry-${crypto.randomUUID()}`);
      try {
        await files.writeStream(path, packed(folder));
        await followNoRedirects();
        await uploadEntry(path, key);
      } catch {
        // Another run may have been faster, or the service is away: the next run fetches again.
      } finally {
        await files.remove(path).catch(() => undefined);
      }
    },
  };
}

async function* packed(folder: string): AsyncGenerator<Uint8Array> {
  const names = ((await files.list(folder)) ?? []).map(({ name }) => name);
  const entries = await Promise.all(names.map(async (name) => ({ name, size: (await stat(join(folder, name))).size })));
  yield Buffer.from(`${JSON.stringify(entries)}\n`);
  for (const name of names) yield* files.readStream(join(folder, name));
}

/** Writes the files of an entry to a new folder. @throws UserError for bytes that are no entry of ours */
export async function unpack(content: AsyncIterable<Uint8Array>, folder: string): Promise<void> {
  const reader = byteReader(content, () => foreign("it ends too early"));
  try {
    const entries = entriesOf(await firstLine(reader));
    await files.makeDirectory(folder);
    for (const { name, size } of entries) await files.writeStream(join(folder, name), reader.take(size));
    if ((await reader.ahead()).byteLength > 0) throw foreign("it goes on after its last file");
  } finally {
    await reader.close();
  }
}

async function firstLine(reader: ByteReader): Promise<string> {
  const parts: Uint8Array[] = [];
  for (let length = 0; length < maximumHeader; ) {
    const ahead = await reader.ahead();
    if (ahead.byteLength === 0) break;
    const end = ahead.indexOf(newline);
    const part = await reader.whole(end < 0 ? ahead.byteLength : end);
    parts.push(part);
    length += part.byteLength;
    if (end < 0) continue;
    await reader.skip(1);
    return Buffer.concat(parts).toString();
  }
  throw foreign("it has no list of files");
}

function entriesOf(line: string): readonly EntryFile[] {
  const listed = parsed(line);
  if (!Array.isArray(listed) || listed.length > maximumFiles) throw foreign("it does not begin with a list of files");
  const entries = listed.map((each: unknown): EntryFile => {
    if (typeof each !== "object" || each === null || !("name" in each) || !("size" in each)) {
      throw foreign("its list of files is malformed");
    }
    const { name, size } = each;
    if (typeof name !== "string" || !fileName.test(name)) throw foreign("it names a file as this action names none");
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw foreign("a file has no size");
    return { name, size };
  });
  if (new Set(entries.map(({ name }) => name)).size < entries.length) throw foreign("it names a file twice");
  if (entries.reduce((sum, { size }) => sum + size, 0) > maximumEntry) throw foreign("it is too large");
  return entries;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw foreign(messageOf(error));
  }
}

function foreign(why: string): UserError {
  return new UserError(`an entry of the cache service is not one of this action: ${why}`, {
    hint: "delete the entry, and check who may write to the cache: the entry holds what somebody else put there",
  });
}
