/** Entries of ignore files that ignore nothing any more, of which Trivy is silent. */

import type { SourceLocation } from "../../../errors.ts";
import { parseTree, type Tree } from "../../../lib/yaml/yaml-tree.ts";

export interface ExpiredEntry {
  /** As written. */
  readonly id: string;
  /** As written: `2026-12-31`. */
  readonly expiry: string;
  readonly at: SourceLocation;
}

/** Of a file in which nothing is wrong. @param file from the repository's root; its name decides how it is read, as for Trivy. */
export async function expiredEntries(text: string, file: string, now: Date): Promise<readonly ExpiredEntry[]> {
  const all = /\.ya?ml$/.test(file) ? entriesOf((await parseTree(text, file)).tree) : linesOf(text, file);
  return all.filter(({ expiry }) => new Date(expiry) < now);
}

function linesOf(text: string, file: string): readonly ExpiredEntry[] {
  return text.split("\n").flatMap((line, index) => {
    const [, id, expiry] = /^\s*([^\s#]+)\s(?:.*\s)?exp:(\S+)/.exec(line) ?? [];
    return id === undefined || expiry === undefined ? [] : [{ id, expiry, at: { file, line: index + 1 } }];
  });
}

function entriesOf(tree: Tree | undefined): readonly ExpiredEntry[] {
  if (tree?.kind !== "map") return [];
  const items = tree.entries.flatMap(({ value }) => (value.kind === "list" ? value.items : []));
  return items.flatMap((item) => {
    if (item.kind !== "map") return [];
    const [id, expiry] = ["id", "expired_at"].map((key) => item.entries.find((entry) => entry.key === key)?.value);
    if (id?.kind !== "scalar" || expiry?.kind !== "scalar" || expiry.value === null) return [];
    return [{ id: id.text, expiry: expiry.text, at: expiry.at }];
  });
}
