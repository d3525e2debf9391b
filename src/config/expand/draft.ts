/** What describes one image, before its settings are read. */
import type { SourceLocation } from "../../errors.ts";
import { plainLine } from "../../lib/plain-text.ts";
import type { Tree, TreeEntry } from "../../lib/yaml/yaml-tree.ts";
import type { MatrixValues } from "./fill-in.ts";
import type { FoundPlace } from "./layout.ts";

export interface Draft {
  readonly name: string;
  /** The entry whose matrix makes it, which stands for all that it makes. */
  readonly group?: string | undefined;
  readonly at: SourceLocation;
  /** The map of its settings, filled in. */
  readonly tree: Tree;
  /** What is at fault where a setting is, for messages. */
  readonly what: string;
  /** What it is made from; `undefined` for an entry that describes one image. */
  readonly from?: Origin | undefined;
}

export interface Origin {
  readonly values: MatrixValues;
  /** What a pattern of `discover` found: a directory or a file, and by which pattern. */
  readonly found?: (Pick<FoundPlace, "path" | "recipe"> & { readonly at: SourceLocation }) | undefined;
}

/** `php/8.3 (version 8.3, variant cli)` */
export function originText({ values, found }: Origin): string {
  const text = plainLine([...values].map(([key, value]) => `${key} ${value}`).join(", "));
  if (found === undefined) return text;
  return text === "" ? plainLine(found.path) : `${plainLine(found.path)} (${text})`;
}

export function entryOf(tree: Tree | readonly TreeEntry[], key: string): TreeEntry | undefined {
  const entries = "kind" in tree ? (tree.kind === "map" ? tree.entries : []) : tree;
  return entries.find((entry) => entry.key === key);
}

export function withoutKeys(tree: Tree, keys: readonly string[]): Tree {
  if (tree.kind !== "map" || !tree.entries.some(({ key }) => keys.includes(key))) return tree;
  return { ...tree, entries: tree.entries.filter(({ key }) => !keys.includes(key)) };
}
