/** Files as commits hold them, many at once: a process a file would cost seconds. */
import type { RepositoryPath } from "../model/repository-path.ts";
import { type Commit, commit } from "../model/run-context.ts";
import { pathIn, recordsIn } from "./git-output.ts";

/** A regular file of a commit. */
export interface CommittedFile {
  readonly path: RepositoryPath;
  /** The blob's id. */
  readonly blob: string;
}

/** Of `git ls-tree -r -z`: neither symlinks nor submodules. */
export function committedFiles(listing: Uint8Array): readonly CommittedFile[] {
  return recordsIn(listing, "git ls-tree").flatMap((record) => {
    const [, blob, path] = /^100\d{3} blob ([0-9a-f]+)\t(.*)$/s.exec(record) ?? [];
    return blob === undefined || path === undefined ? [] : [{ path: pathIn(path), blob }];
  });
}

/** Of `git cat-file --batch`: `<id> blob <size>`, a line end, so many bytes, a line end. @throws Error where it was cut off. */
export function blobsIn(output: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const blobs = new Map<string, Uint8Array>();
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(lineEnd, at);
    const header = Buffer.from(output.subarray(at, end < 0 ? output.length : end)).toString("latin1");
    const [, id, size] = /^([0-9a-f]+) blob (\d+)$/.exec(header) ?? [];
    const stop = end + 1 + Number(size);
    if (id === undefined || output[stop] !== lineEnd) throw new Error(`git cat-file wrote ${header.slice(0, 80)}`);
    blobs.set(id, output.subarray(end + 1, stop));
    at = stop + 1;
  }
  return blobs;
}

/** Of `git ls-remote`: full names of refs and where they stand. */
export function refsIn(listing: string): ReadonlyMap<string, Commit> {
  const rows = [...listing.matchAll(/^([0-9a-f]{40,64})\t(.+)$/gm)];
  return new Map(rows.map(([, id = "", ref = ""]) => [ref, commit(id)]));
}

const lineEnd = 0x0a;
