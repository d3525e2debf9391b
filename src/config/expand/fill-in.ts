/** Fills in `{{matrix.NAME}}` in all texts of a tree. Other expressions are those of the tag language, and stay. */
import { type SourceLocation, UserError } from "../../errors.ts";
import { didYouMean } from "../../lib/did-you-mean.ts";
import { expressionsIn } from "../../lib/text/expressions.ts";
import { someOf } from "../../lib/text/some-of.ts";
import type { Tree, TreeScalar } from "../../lib/yaml/yaml-tree.ts";

/** What a combination of a matrix has, by name. */
export type MatrixValues = ReadonlyMap<string, string>;

/** The tree for one combination. A value that it lacks is empty, as in GitHub's matrix; a text that is empty then is not set. */
export function fillIn(tree: Tree, values: MatrixValues): Tree {
  return filledTree(tree, values, new Map());
}

/** @param known an anchor that many aliases name is filled in once */
function filledTree(tree: Tree, values: MatrixValues, known: Map<Tree, Tree>): Tree {
  const before = known.get(tree);
  if (before !== undefined) return before;
  const filled = withValues(tree, (each) => filledTree(each, values, known), values);
  known.set(tree, filled);
  return filled;
}

function withValues(tree: Tree, fill: (tree: Tree) => Tree, values: MatrixValues): Tree {
  if (tree.kind === "scalar") return filledScalar(tree, values);
  if (tree.kind === "list") {
    const items = tree.items.map(fill);
    return items.every((item, index) => item === tree.items[index]) ? tree : { ...tree, items };
  }
  const entries = tree.entries.map((entry) => {
    const value = fill(entry.value);
    return value === entry.value ? entry : { ...entry, value };
  });
  return entries.every((entry, index) => entry === tree.entries[index]) ? tree : { ...tree, entries };
}

function filledScalar(scalar: TreeScalar, values: MatrixValues): TreeScalar {
  const text = filledText(scalar.text, values);
  if (text === scalar.text) return scalar;
  const value = text === "" ? null : text === "true" ? true : text === "false" ? false : text;
  return { ...scalar, text, value };
}

/** An `enable=` of a value that the combination lacks is false: there is no tag for it. */
export function filledText(text: string, values: MatrixValues): string {
  const parts: string[] = [];
  let end = 0;
  for (const { inner, start, end: after } of expressionsIn(text)) {
    const name = matrixName(inner);
    if (name === undefined) continue;
    const value = values.get(name) ?? "";
    const before = text.slice(end, start);
    parts.push(before, value === "" && text.slice(0, start).endsWith("enable=") ? "false" : value);
    end = after;
  }
  return end === 0 ? text : `${parts.join("")}${text.slice(end)}`;
}

/** The NAME of `matrix.NAME`; `undefined` for what is none of ours. */
function matrixName(inner: string): string | undefined {
  if (inner !== "matrix" && !inner.startsWith("matrix.")) return undefined;
  return inner.slice("matrix.".length);
}

/**
 * A problem for each `{{matrix.NAME}}` that no combination has.
 * @param known the names that there are
 * @param none why there are no names at all, as a clause, and what to do about it
 */
export function unknownValues(
  tree: Tree,
  known: readonly string[],
  none: { readonly because: string; readonly hint: string },
): readonly UserError[] {
  const trees = new Set<Tree>([tree]);
  const problems: UserError[] = [];
  for (const each of trees) {
    if (each.kind === "list") for (const item of each.items) trees.add(item);
    if (each.kind === "map") for (const { value } of each.entries) trees.add(value);
    if (each.kind !== "scalar") continue;
    for (const { inner, start } of expressionsIn(each.text)) {
      const name = matrixName(inner);
      if (name === undefined || known.includes(name)) continue;
      const at = placeInScalar(each, start);
      problems.push(
        known.length === 0
          ? new UserError(`{{${inner}}} has no value: ${none.because}`, { hint: none.hint, at })
          : unknownValue(inner, name, known, at),
      );
    }
  }
  return problems;
}

function unknownValue(inner: string, name: string, known: readonly string[], at: SourceLocation): UserError {
  const first = /^\S*/.exec(name)?.[0] ?? "";
  if (first !== name && known.includes(first)) {
    return new UserError(`{{${inner}}} has more than a name`, { hint: `write {{matrix.${first}}}`, at });
  }
  const like = didYouMean(name, known);
  const hint =
    like === undefined
      ? `the values are ${someOf(known, { most: 20, write: (each) => `{{matrix.${each}}}` })}`
      : `did you mean {{matrix.${like}}}?`;
  return new UserError(`{{${inner}}} is in no combination`, { hint, at });
}

/** The line of a block; else where the text begins. */
function placeInScalar({ text, at, columns }: TreeScalar, offset: number): SourceLocation {
  if (columns === undefined || at.line === undefined) return at;
  const index = text.slice(0, offset).split("\n").length - 1;
  const column = columns[index];
  return { file: at.file, line: at.line + 1 + index, ...(column === undefined ? {} : { column }) };
}
