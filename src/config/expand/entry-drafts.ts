/** The images that an entry of `images` describes: one, or one for each combination of its matrix. */
import { UserError } from "../../errors.ts";
import type { Tree, TreeEntry } from "../../lib/yaml/yaml-tree.ts";
import { type Draft, entryOf, withoutKeys } from "./draft.ts";
import { fillIn, unknownValues } from "./fill-in.ts";
import { combinationsOf, matrixNames, namingKeys, readMatrix } from "./matrix.ts";
import { filledName, generatedName, readNameTemplate } from "./names.ts";

type Add = (problem: UserError) => void;

/** @param add takes each problem that all results have, or that keeps the entry from having any */
export function entryDrafts({ key: name, at, value }: TreeEntry, add: Add): readonly Draft[] {
  const what = `the image "${name}"`;
  const written = entryOf(value, "matrix");
  reportMisplaced(value, what, written !== undefined, add);
  const tree = withoutKeys(value, ["matrix", "name", "include", "exclude"]);
  if (written === undefined) {
    for (const problem of unknownValues(tree, [], withoutMatrix)) add(problem);
    return [{ name, at, tree, what }];
  }
  const matrix = readMatrix(written.value, what, [], add);
  if (matrix === undefined) return [];
  const names = matrixNames(matrix);
  const naming = readNameTemplate(entryOf(value, "name"), names, [], add);
  const unknown = unknownValues(tree, names, withoutMatrix);
  for (const problem of unknown) add(problem);
  if (unknown.length > 0 || naming === "wrong") return [];
  return combinationsOf(matrix).map((values) => ({
    name: naming ? filledName(naming.text, values, "") : generatedName(name, namingKeys(matrix), values),
    group: name,
    at: naming?.at ?? at,
    tree: fillIn(tree, values),
    what,
    from: { values },
  }));
}

const withoutMatrix = {
  because: "the entry has no matrix",
  hint: 'give the entry one, such as matrix: {version: ["8.3", "8.4"]}, or write the value out',
};

/** `include` and `exclude` are keys of the matrix itself, as in a workflow. */
function reportMisplaced(tree: Tree, what: string, hasMatrix: boolean, add: Add): void {
  for (const key of ["include", "exclude"]) {
    const entry = entryOf(tree, key);
    if (entry === undefined) continue;
    const hint = `move it into the matrix, as in matrix: {version: ["8.3", "8.4"], ${key}: [{version: "8.3"}]}`;
    add(new UserError(`${what} has "${key}" outside of its matrix`, { hint, at: entry.at }));
  }
  const name = entryOf(tree, "name");
  if (hasMatrix || name === undefined) return;
  const hint = 'take it out: the key of the entry under "images" is the name';
  add(new UserError(`${what} has a "name", which is for an entry with a matrix`, { hint, at: name.at }));
}
