/** Which bake files one print may show as prints of each would, and each one's part of it. */
import type { BakeDefinition } from "../bake-definition.ts";
import type { BakeFolder } from "../print.ts";
import type { BakeOutline } from "./bake-outline.ts";

export interface OutlinedFile {
  readonly at: BakeFolder;
  readonly outline: BakeOutline;
  /** Of its groups and targets those that are wanted. */
  readonly wanted: readonly string[];
}

/** A command line and one mistake in it stay manageable. */
const mostFiles = 64;

/**
 * What of a file is wanted, all of it named in the file. `undefined` where buildx has to find out: where there is no group
 * `default`, for patterns, and where the file has none of the names.
 * @param names empty for the group `default`, `*` for all targets
 */
export function wantedOf({ targets, groups }: BakeOutline, names: readonly string[]): readonly string[] | undefined {
  const isAll = names.length === 1 && names[0] === "*";
  if (!isAll && names.some((name) => name === "default" || !/^[\w-]+$/.test(name))) return undefined;
  const asked = names.length === 0 ? groups.get("default") : names;
  const wanted = isAll ? [...targets] : asked?.filter((name) => targets.has(name) || groups.has(name));
  return wanted === undefined || wanted.length === 0 ? undefined : wanted;
}

/** Sorts files into as few prints as it sees, in order. */
export function batchesOf(files: readonly OutlinedFile[]): readonly (readonly OutlinedFile[])[] {
  const batches: OutlinedFile[][] = [];
  for (const file of files) {
    const batch = batches.find(
      (each) => each.length < mostFiles && each.every(({ outline }) => isApart(outline, file.outline)),
    );
    if (batch === undefined) batches.push([file]);
    else batch.push(file);
  }
  return batches;
}

/** Whether two files mean the same together as apart: all that either names is its own, or the same in both. */
export function isApart(one: BakeOutline, other: BakeOutline): boolean {
  return !isClash(one, other) && !reaches(one, other) && !reaches(other, one);
}

function isClash(one: BakeOutline, other: BakeOutline): boolean {
  if (one.targets.has("default") || other.targets.has("default")) return true;
  const names = [...one.targets, ...one.groups.keys()];
  // A group `default` is in most files: its members are named in its place.
  return names.some((name) => name !== "default" && (other.targets.has(name) || other.groups.has(name)));
}

/** Whether one file would see something of the other that is not there when it is alone. */
function reaches(one: BakeOutline, other: BakeOutline): boolean {
  for (const [name, text] of other.variables) {
    const own = one.variables.get(name);
    if (own === undefined ? one.names.has(name) : own !== text) return true;
  }
  return false;
}

/** Each file's part of a print of all that is wanted of them; `undefined` where a target takes something from another file's. */
export function partsOfPrint(
  definition: BakeDefinition,
  files: readonly OutlinedFile[],
): readonly BakeDefinition[] | undefined {
  const parts = files.map((file) => partOf(definition, file));
  const isWhole = parts.every(({ targets }, at) =>
    [...targets.values()].every(({ contexts }) =>
      Object.values(contexts).every(
        (value) => !value.startsWith("target:") || files[at]?.outline.targets.has(value.slice("target:".length)),
      ),
    ),
  );
  const count = parts.reduce((sum, { targets }) => sum + targets.size, 0);
  return isWhole && count === definition.targets.size ? parts : undefined;
}

function partOf({ targets, groups }: BakeDefinition, { outline, wanted }: OutlinedFile): BakeDefinition {
  const own = [...groups].filter(([name]) => name !== "default" && outline.groups.has(name));
  return {
    // As buildx sorts it.
    groups: new Map([["default", [...new Set(wanted)].sort()], ...own]),
    targets: new Map([...targets].filter(([name]) => outline.targets.has(name))),
  };
}
