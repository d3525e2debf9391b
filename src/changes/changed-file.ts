import type { RepositoryPath } from "../catalog/catalog.ts";
import { decodePath } from "./path-bytes.ts";

/** One path that differs between two commits. A rename is two of them, a submodule is one at its own path. */
export interface ChangedFile {
  /** In the form of `decodePath`. */
  readonly path: RepositoryPath;
  readonly change: "added" | "modified" | "deleted";
}

/**
 * Parses what `git diff-tree -r -z --no-renames` writes ("RAW OUTPUT FORMAT" in git-diff-tree(1)).
 * @throws Error when it is something else: half a list must not pass for the whole.
 */
export function parseDiffTree(output: Uint8Array): readonly ChangedFile[] {
  // One character a byte, so that fields can be cut before paths are decoded.
  const fields = Buffer.from(output.buffer, output.byteOffset, output.byteLength).toString("latin1").split("\0");
  if (fields.pop() !== "" || fields.length % 2 !== 0) throw new Error("git diff-tree wrote an incomplete list");
  const files: ChangedFile[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const [header = "", path = ""] = [fields[index], fields[index + 1]];
    const letter = /^:\d{6} \d{6} [0-9a-f]+ [0-9a-f]+ ([A-Z])$/.exec(header)?.[1];
    if (letter === undefined || path === "") throw new Error("git diff-tree wrote a line that has another form");
    files.push({ path: decodeLatin1(path), change: changes.get(letter) ?? "modified" });
  }
  return files;
}

/** The others are M, and T for a change of type, such as a file that became a symlink. */
const changes: ReadonlyMap<string, ChangedFile["change"]> = new Map([
  ["A", "added"],
  ["D", "deleted"],
]);

function decodeLatin1(path: string): RepositoryPath {
  return /^[\x20-\x7e]*$/.test(path) ? path : decodePath(Buffer.from(path, "latin1"));
}
