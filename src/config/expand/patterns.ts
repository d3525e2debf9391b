/** What `discover` says: its patterns, and the settings of the images that each finds. */
import { UserError } from "../../errors.ts";
import { attempt } from "../../lib/attempt.ts";
import { didYouMean } from "../../lib/did-you-mean.ts";
import { captureGlobs } from "../../lib/globs/capture-glob.ts";
import type { Tree, TreeEntry } from "../../lib/yaml/yaml-tree.ts";
import { repositoryPath } from "../../model/repository-path.ts";
import { readEntrySettings } from "../config-fields.ts";
import { imageSettings, patternSettings } from "../config-schema.ts";
import { entryOf, withoutKeys } from "./draft.ts";
import { unknownValues } from "./fill-in.ts";
import type { PlacePattern } from "./layout.ts";
import { type Matrix, matrixNames, readMatrix } from "./matrix.ts";
import { type NameTemplate, readNameTemplate } from "./names.ts";

export interface Pattern extends PlacePattern {
  readonly what: string;
  readonly naming: NameTemplate | undefined;
  readonly matrix: Matrix | undefined;
  /** The settings of what it finds, not filled in. */
  readonly settings: Tree;
}

type Add = (problem: UserError) => void;

/** @param add takes each problem; a pattern with one is left out */
export function readPatterns(discover: Tree, add: Add): readonly Pattern[] {
  if (discover.kind !== "list" || discover.items.length === 0) {
    const hint = 'write a list of them, such as discover: [{path: "{version}/{variant}"}]';
    add(new UserError('"discover" is no list of patterns', { hint, at: discover.at }));
    return [];
  }
  return discover.items.flatMap((item) => {
    const problems: UserError[] = [];
    const pattern = readPattern(item, (problem) => problems.push(problem));
    for (const each of problems) add(each);
    return pattern === undefined || problems.length > 0 ? [] : [pattern];
  });
}

const ownKeys = Object.keys(patternSettings);
/** `file` is a pattern here. */
const keys = [...new Set([...ownKeys, ...Object.keys(imageSettings)])].filter((key) => key !== "dockerfile");

function readPattern(tree: Tree, add: Add): Pattern | undefined {
  const [first, second] = [entryOf(tree, "path"), entryOf(tree, "file")];
  const given = first ?? second;
  if (tree.kind !== "map" || given === undefined) {
    const hint = 'write path: "{name}" for directories, or file: "docker/Dockerfile.{name}" for files';
    add(new UserError('a pattern of "discover" has neither "path" nor "file"', { hint, at: tree.at }));
    return undefined;
  }
  if (first !== undefined && second !== undefined) {
    const hint = 'keep "file" where it finds the Dockerfiles, else "path"; "context" sets another build context';
    add(new UserError('a pattern of "discover" has both "path" and "file"', { hint, at: second.at }));
  }
  const kind = first === undefined ? "file" : "path";
  const what = `the pattern "${given.value.kind === "scalar" ? given.value.text : kind}"`;
  for (const each of tree.entries) if (!keys.includes(each.key)) add(unknownKey(each, what));
  const globs = globsOf(given, kind, add);
  const captures = [...new Set(globs.flatMap((glob) => glob.captures))];
  const written = entryOf(tree, "matrix");
  const matrix = written === undefined ? undefined : readMatrix(written.value, what, captures, add);
  const names = [...captures, ...(matrix === undefined ? [] : matrixNames(matrix))];
  const naming = readNameTemplate(entryOf(tree, "name"), names, ["path"], add);
  const settings = withoutKeys(tree, ownKeys);
  for (const problem of unknownValues(settings, names, withoutCapture)) add(problem);
  const problems: UserError[] = [];
  const { exclude = [] } = readEntrySettings(tree.entries, { exclude: patternSettings.exclude }, problems);
  for (const problem of problems) add(problem);
  const text = given.value.kind === "scalar" ? given.value.text.trim() : "";
  return {
    kind,
    text,
    at: given.value.at,
    globs,
    exclude,
    what,
    naming: naming === "wrong" ? undefined : naming,
    matrix,
    settings,
  };
}

const withoutCapture = {
  because: "the pattern captures nothing",
  hint: "write a part of the pattern as a capture, such as {version}",
};

function globsOf({ key, value }: TreeEntry, kind: PlacePattern["kind"], add: Add): PlacePattern["globs"] {
  if (value.kind !== "scalar" || value.text.trim() === "") {
    add(new UserError(`"${key}" isn't a text`, { hint: 'write one text; alternatives are "{a,b}"', at: value.at }));
    return [];
  }
  const globs = attempt(() => captureGlobs(repositoryPath(value.text)));
  if ("problem" in globs) {
    const { message, hint } = globs.problem;
    add(new UserError(`"${key}": ${message}`, { hint, at: value.at, cause: globs.problem }));
    return [];
  }
  if (
    kind === "file" &&
    globs.value.some(({ segments }) => segments.at(-1)?.kind === "any-depth" || segments.length === 0)
  ) {
    const hint = 'end it with the name of a file, such as "**/Dockerfile.{name}"';
    add(new UserError(`"${key}" names no file: "${value.text}"`, { hint, at: value.at }));
  }
  return globs.value;
}

function unknownKey({ key, at }: TreeEntry, what: string): UserError {
  const like = key === "dockerfile" ? "file" : didYouMean(key, keys);
  const hint = like === undefined ? `the keys are ${keys.join(", ")}` : `did you mean "${like}"?`;
  return new UserError(`${what} has the unknown key "${key}"`, { hint, at });
}
