/** Lists as git writes them with `-z`. */
import type { RepositoryPath } from "../model/repository-path.ts";
import { decodePath } from "./checkout/path-bytes.ts";

/**
 * What stands before each zero byte, one character a byte, so that fields can be cut before paths are decoded.
 * @throws Error when the last one is cut off: half a list must not pass for the whole.
 */
export function recordsIn(bytes: Uint8Array, program: string): readonly string[] {
  return textIn(bytes, program).split("\0").slice(0, -1);
}

/** The same as one text, in which each record ends with a zero byte. @throws Error when the last one is cut off. */
export function textIn(bytes: Uint8Array, program: string): string {
  if (bytes.length > 0 && bytes.at(-1) !== 0) throw new Error(`${program} wrote an incomplete list`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** The path that a field of `recordsIn` is. */
export function pathIn(field: string): RepositoryPath {
  return /^[\x20-\x7e]*$/.test(field) ? field : decodePath(Buffer.from(field, "latin1"));
}
