/**
 * The combinations of a matrix, by GitHub's rules (Workflow syntax, `jobs.<job_id>.strategy.matrix`): all of the lists, without
 * those that fit an entry of `exclude`; then each entry of `include` is added to those whose values it doesn't change, and is
 * a combination of its own where there is none.
 */
import { type SourceLocation, UserError } from "../../errors.ts";
import { didYouMeanText } from "../../lib/did-you-mean.ts";
import type { Tree, TreeEntry } from "../../lib/yaml/yaml-tree.ts";
import type { MatrixValues } from "./fill-in.ts";

export interface Matrix {
  readonly at: SourceLocation;
  /** The lists, in the order in which they are written. */
  readonly axes: readonly Axis[];
  readonly exclude: readonly MatrixValues[];
  readonly include: readonly MatrixValues[];
}

interface Axis {
  readonly key: string;
  readonly values: readonly string[];
}

/** Of one matrix. */
const mostCombinations = 1_000;

/**
 * Reads a matrix; values are as the file writes them. `undefined` where there is a problem, which `add` takes.
 * @param what whose it is, for messages
 * @param captures names that have a value beside the matrix
 */
export function readMatrix(
  tree: Tree,
  what: string,
  captures: readonly string[],
  add: (problem: UserError) => void,
): Matrix | undefined {
  const problems: UserError[] = [];
  const wrong = (message: string, hint: string, at: SourceLocation): void =>
    void problems.push(new UserError(message, { hint, at }));
  const done = (matrix?: Matrix): Matrix | undefined => {
    for (const each of problems) add(each);
    return problems.length === 0 ? matrix : undefined;
  };
  if (tree.kind !== "map" || tree.entries.length === 0) {
    wrong(`the matrix of ${what} has no values`, example, tree.at);
    return done();
  }
  const lists = tree.entries.filter(({ key }) => key !== "include" && key !== "exclude");
  const axes = lists.map((entry): Axis => {
    const { key, at } = entry;
    if (!/^[\w-]+$/.test(key)) wrong(`"${key}" can't be a name in a matrix`, "use letters, digits, - and _", at);
    if (captures.includes(key)) {
      wrong(`the pattern and its matrix both have "${key}"`, "give one of them another name", at);
    }
    return { key, values: valuesOf(entry, what, wrong) };
  });
  const given = [...captures, ...axes.map(({ key }) => key)];
  const exclude = combinationsIn(tree.entries, "exclude", wrong);
  const include = combinationsIn(tree.entries, "include", wrong);
  for (const { key, at } of exclude.flatMap(({ keys }) => keys)) {
    if (given.includes(key)) continue;
    wrong(
      `"exclude" names "${key}", which is no list of the matrix`,
      `name one of its lists${didYouMeanText(key, given)}`,
      at,
    );
  }
  const size = axes.reduce((product, { values }) => product * values.length, axes.length === 0 ? 0 : 1);
  if (Math.max(size, exclude.length, include.length) > mostCombinations || size + include.length > mostCombinations) {
    wrong(
      `the matrix of ${what} makes more than ${mostCombinations.toLocaleString("en-US")} images`,
      "make it smaller, or write it as several entries",
      tree.at,
    );
  }
  const matrix = { at: tree.at, axes, exclude: exclude.map(valuesIn), include: include.map(valuesIn) };
  if (problems.length === 0 && captures.length === 0 && combinationsOf(matrix).length === 0) {
    const [place] = tree.entries.filter(({ key }) => key === "exclude");
    const all = `the matrix of ${what} makes no image`;
    if (place === undefined) wrong(all, example, tree.at);
    else wrong(`${all}: "exclude" excludes every combination`, "take an entry out of it", place.at);
  }
  return done(matrix);
}

const example = 'write lists of values, such as matrix: {version: ["8.3", "8.4"]}';

type Wrong = (message: string, hint: string, at: SourceLocation) => void;

function valuesOf({ key, at, value }: TreeEntry, what: string, wrong: Wrong): readonly string[] {
  if (value.kind !== "list" || value.items.length === 0) {
    wrong(`"${key}" in the matrix of ${what} is no list of values`, `write ${key}: [one, two]`, at);
    return [];
  }
  return value.items.map((item) => textOf(item, key, wrong));
}

function textOf(tree: Tree, key: string, wrong: Wrong): string {
  if (tree.kind !== "scalar") {
    const form = tree.kind === "list" ? "a list" : "a map";
    wrong(
      `a value of "${key}" in the matrix is ${form}`,
      "write a text; include gives a combination further ones",
      tree.at,
    );
    return "";
  }
  return tree.value === null ? "" : tree.text.trim();
}

interface WrittenCombination {
  readonly keys: readonly TreeEntry[];
  readonly values: readonly (readonly [string, string])[];
}

function combinationsIn(entries: readonly TreeEntry[], which: string, wrong: Wrong): readonly WrittenCombination[] {
  const entry = entries.find(({ key }) => key === which);
  if (entry === undefined || (entry.value.kind === "scalar" && entry.value.value === null)) return [];
  const items = entry.value.kind === "list" ? entry.value.items : [entry.value];
  return items.flatMap((item): readonly WrittenCombination[] => {
    if (item.kind === "map" && item.entries.length > 0 && entry.value.kind === "list") {
      for (const { key, at } of item.entries) {
        if (!/^[\w-]+$/.test(key)) wrong(`"${key}" can't be a name in a matrix`, "use letters, digits, - and _", at);
      }
      return [{ keys: item.entries, values: item.entries.map(({ key, value }) => [key, textOf(value, key, wrong)]) }];
    }
    wrong(`"${which}" is no list of combinations`, `write ${which}: [{version: "8.4"}]`, item.at);
    return [];
  });
}

function valuesIn({ values }: WrittenCombination): MatrixValues {
  return new Map(values);
}

/** All names that a combination may have. */
export function matrixNames({ axes, include }: Matrix): readonly string[] {
  return [...new Set([...axes.map(({ key }) => key), ...include.flatMap((each) => [...each.keys()])])];
}

/** The names whose values make a generated name: those of the lists; where there is none, those of `include`. */
export function namingKeys(matrix: Matrix): readonly string[] {
  return matrix.axes.length === 0 ? matrixNames(matrix) : matrix.axes.map(({ key }) => key);
}

/** @param captured values that all combinations have, as if there were a list of each alone */
export function combinationsOf(
  { axes, exclude, include }: Pick<Matrix, "axes" | "exclude" | "include">,
  captured: MatrixValues = new Map(),
): readonly MatrixValues[] {
  const lists = [...[...captured].map(([key, value]) => ({ key, values: [value] })), ...axes];
  const product = lists.reduce<readonly MatrixValues[]>(
    (all, { key, values }) => all.flatMap((each) => values.map((value) => new Map([...each, [key, value]]))),
    lists.length === 0 ? [] : [new Map()],
  );
  const originals = product.filter((each) => !exclude.some((excluded) => agrees(excluded, each, [...excluded.keys()])));
  const isGiven = new Set(lists.map(({ key }) => key));
  const own = include.filter((each) =>
    agrees(
      each,
      captured,
      [...captured.keys()].filter((key) => each.has(key)),
    ),
  );
  const added = own.map((each) => {
    const shared = [...each.keys()].filter((key) => isGiven.has(key));
    return { each, fits: originals.map((original) => agrees(each, original, shared)) };
  });
  return [
    ...originals.map(
      (original, index) =>
        new Map([...original, ...added.flatMap(({ each, fits }) => (fits[index] === true ? [...each] : []))]),
    ),
    ...added.filter(({ fits }) => !fits.includes(true)).map(({ each }) => new Map([...captured, ...each])),
  ];
}

function agrees(some: MatrixValues, all: MatrixValues, keys: readonly string[]): boolean {
  return keys.every((key) => some.get(key) === all.get(key));
}
