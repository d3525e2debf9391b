/**
 * Takes the files of a database out of its layer, a gzipped tar (POSIX.1-1988 ustar, as GNU tar writes it). Only regular
 * files of the given names are written, each to the path that goes with it: no name of the archive is used as a path.
 */
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { UserError } from "../../../errors.ts";
import { byteReader } from "../../../lib/byte-reader.ts";
import type { FileStreams } from "../../../ports.ts";

export interface WantedFile {
  /** Absolute, not there yet. */
  readonly to: string;
  /** Most bytes. */
  readonly maximum: number;
}

const block = 512;
/** Headers of files that nobody asked for. */
const maximumEntries = 64;
/** Bytes of what is neither a wanted file nor a header. */
const maximumOther = 16 * 1024 * 1024;

/** @throws UserError for anything but these files, each once; what the source throws is thrown as it is */
export async function unpackLayer(
  layer: AsyncIterable<Uint8Array>,
  wanted: Readonly<Record<string, WantedFile>>,
  files: FileStreams,
): Promise<void> {
  const source = Readable.from(layer, { objectMode: false });
  const unzipped = source.pipe(createGunzip());
  // `pipe` hands no error on.
  source.on("error", (error) => unzipped.destroy(error));
  try {
    await readTar(unzipped, new Map(Object.entries(wanted)), files);
  } catch (error) {
    if (isZlibError(error)) throw malformed("it is not compressed by gzip, or cut off", error);
    throw error;
  } finally {
    unzipped.destroy();
    source.destroy();
  }
}

async function readTar(
  bytes: AsyncIterable<Uint8Array>,
  wanted: Map<string, WantedFile>,
  files: FileStreams,
): Promise<void> {
  const reader = byteReader(bytes, () => malformed("it ends too early"));
  for (let entries = 0; ; entries += 1) {
    if (entries > maximumEntries) throw malformed("it holds too many files");
    if ((await reader.ahead()).byteLength === 0) break;
    const header = await reader.whole(block);
    if (header.every((byte) => byte === 0)) break;
    const { name, size, type } = parseHeader(header);
    const file = wanted.get(name);
    if (file === undefined) {
      if (size > maximumOther) throw malformed("it holds another large file");
      await reader.skip(size);
    } else {
      if (type !== "0") throw malformed(`${name} isn't a regular file`);
      if (size > file.maximum) throw malformed(`${name} is too large`);
      wanted.delete(name);
      await files.writeStream(file.to, reader.take(size));
    }
    await reader.skip((block - (size % block)) % block);
  }
  const [missing] = wanted.keys();
  if (missing !== undefined) throw malformed(`${missing} is missing, or there are two of it`);
  // To the end, so that all of it is hashed by who gives it.
  for (let rest = 0, ahead = await reader.ahead(); ahead.byteLength > 0; ahead = await reader.ahead()) {
    rest += ahead.byteLength;
    if (rest > maximumOther) throw malformed("it goes on after its end");
    await reader.skip(ahead.byteLength);
  }
}

function parseHeader(header: Uint8Array): { readonly name: string; readonly size: number; readonly type: string } {
  const text = (from: number, length: number): string => {
    const field = header.subarray(from, from + length);
    const end = field.indexOf(0);
    return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString("latin1");
  };
  const octal = text(124, 12).trim();
  if (!/^[0-7]{1,12}$/.test(octal)) throw malformed("an entry has no size");
  // Its own field counts as blanks.
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (Number.parseInt(text(148, 8).trim(), 8) !== sum) throw malformed("it isn't a tar archive");
  const type = text(156, 1) || "0";
  // Links and folders have no content, whatever size they name.
  return { name: text(0, 100).replace(/^\.\//, ""), size: /[1-6]/.test(type) ? 0 : Number.parseInt(octal, 8), type };
}

function malformed(why: string, cause?: unknown): UserError {
  return new UserError(`its layer can't be unpacked: ${why}`, {
    hint: "run again; if it stays, name another mirror",
    cause,
  });
}

function isZlibError(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && /^Z_|ZLIB/.test(String(error.code));
}
