import type { RepositoryPath } from "../model/repository-path.ts";
import { pathIn, recordsIn } from "./git-output.ts";

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
  const fields = recordsIn(output, "git diff-tree");
  if (fields.length % 2 !== 0) throw new Error("git diff-tree wrote an incomplete list");
  const files: ChangedFile[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const [header = "", path = ""] = [fields[index], fields[index + 1]];
    const letter = /^:\d{6} \d{6} [0-9a-f]+ [0-9a-f]+ ([A-Z])$/.exec(header)?.[1];
    if (letter === undefined || path === "") throw new Error("git diff-tree wrote a line that has another form");
    files.push({ path: pathIn(path), change: changes.get(letter) ?? "modified" });
  }
  return files;
}

/** A regular file that has another content and is otherwise as it was. */
export interface EditedFile {
  readonly path: RepositoryPath;
  /** The blobs' ids. */
  readonly before: string;
  readonly after: string;
}

/** Parses the same list; `undefined` where anything in it is more than a regular file's content. */
export function parseEdits(output: Uint8Array): readonly EditedFile[] | undefined {
  const files: EditedFile[] = [];
  const fields = recordsIn(output, "git diff-tree");
  for (let index = 0; index < fields.length; index += 2) {
    const [header = "", path = ""] = [fields[index], fields[index + 1]];
    const [, was, is, before, after] = /^:(100\d{3}) (100\d{3}) ([0-9a-f]+) ([0-9a-f]+) M$/.exec(header) ?? [];
    if (was === undefined || was !== is || before === undefined || after === undefined || path === "") return undefined;
    files.push({ path: pathIn(path), before, after });
  }
  return files;
}

/** The others are M, and T for a change of type, such as a file that became a symlink. */
const changes: ReadonlyMap<string, ChangedFile["change"]> = new Map([
  ["A", "added"],
  ["D", "deleted"],
]);
