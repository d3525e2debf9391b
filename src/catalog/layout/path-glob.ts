/** Globs of directories: `*` and `?` within a part of a path, `[a-z]`, `[!a-z]`, and `**` for any number of parts. */
import { lastMatch, listedGlobs, onlyExcludes } from "../../lib/glob-list.ts";
import { characterClass, nextPiece } from "../../lib/globs/character-class.ts";
import { repositoryPath } from "../../model/repository-path.ts";
import { anyNumber, anyOne, type ExpressionPiece, exactly, pathExpression } from "./path-expression.ts";

export interface PathGlob {
  /** In normal form. */
  readonly text: string;
  readonly parts: readonly GlobPart[];
  /** It names one directory. */
  readonly isLiteral: boolean;
}

export type GlobPart =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "pattern"; matches(name: string): boolean }
  | { readonly kind: "any-depth" };

/** @throws UserError when it leads out of the repository or a bracket isn't closed. */
export function pathGlob(text: string): PathGlob {
  const normal = repositoryPath(text);
  const parts = normal === "." ? [] : normal.split("/").map(partOf);
  return { text: normal, parts, isLiteral: parts.every((part) => part.kind === "name") };
}

/** A glob of a list. */
export interface ListedPathGlob extends PathGlob {
  readonly isExclusion: boolean;
  /** The entry of the list, as written. */
  readonly entry: string;
}

/** The globs of an entry of a list: several where it has alternatives. @throws UserError as `pathGlob`. */
export function listedPathGlobs(entry: string): readonly ListedPathGlob[] {
  return listedGlobs(entry).map(({ glob, isExclusion }) => ({ ...pathGlob(glob), isExclusion, entry }));
}

/**
 * Makes a function that decides whether a list of globs means a path. @param usual what a list means that only
 * excludes. @throws UserError as `pathGlob`.
 */
export function pathList(list: readonly string[], usual: (path: string) => boolean): (path: string) => boolean {
  const globs = list.flatMap(listedPathGlobs);
  const isOpen = onlyExcludes(list);
  return (path) => {
    const parts = path.split("/");
    const matched = lastMatch(globs, (glob) => globMatches(glob.parts, parts));
    return matched === "included" || (matched === undefined && isOpen && usual(path));
  };
}

/** Whether a path (`charts/app/values.yaml`) is one that the parts name. */
export function globMatches(parts: readonly GlobPart[], path: readonly string[]): boolean {
  let reached = globStart(parts);
  for (const name of path) reached = globBelow(parts, reached, name);
  return reached.has(parts.length);
}

/** The parts that may come next on a path, all at once: one way after the other would take as long as there are ways. */
export type Reached = ReadonlySet<number>;

export function globStart(parts: readonly GlobPart[]): Reached {
  return withSkipped(parts, new Set([0]));
}

/** @param isPassed whether `**` takes a name. */
export function globBelow(
  parts: readonly GlobPart[],
  reached: Reached,
  name: string,
  isPassed: (name: string) => boolean = () => true,
): Reached {
  const next = new Set<number>();
  for (const index of reached) {
    const part = parts[index];
    if (part?.kind === "any-depth" && isPassed(name)) next.add(index);
    if (part?.kind === "name" && part.name === name) next.add(index + 1);
    if (part?.kind === "pattern" && part.matches(name)) next.add(index + 1);
  }
  return withSkipped(parts, next);
}

/** `**` may stand for nothing. */
function withSkipped(parts: readonly GlobPart[], reached: Set<number>): Reached {
  for (const index of reached) if (parts[index]?.kind === "any-depth") reached.add(index + 1);
  return reached;
}

function partOf(text: string): GlobPart {
  if (text === "**") return { kind: "any-depth" };
  if (!/[*?[]/.test(text)) return { kind: "name", name: text };
  const matches = pathExpression([...piecesOf(text)]);
  // Hidden directories and those of packages are no place for images, unless somebody says so.
  const isHidden = (name: string) =>
    (name.startsWith(".") && !text.startsWith(".")) || name === ".git" || name === "node_modules";
  return { kind: "pattern", matches: (name) => !isHidden(name) && matches(name) };
}

function piecesOf(text: string): readonly ExpressionPiece[] {
  const pieces: ExpressionPiece[] = [];
  for (let rest = text; rest !== ""; ) {
    const [taken = ""] = nextPiece.exec(rest) ?? [];
    pieces.push(pieceOf(taken, text));
    rest = rest.slice(taken.length);
  }
  return pieces;
}

function pieceOf(taken: string, glob: string): ExpressionPiece {
  if (taken === "*") return anyNumber;
  if (taken === "?") return anyOne;
  if (!taken.startsWith("[")) return exactly(taken);
  return { kind: "one", is: characterClass(taken, glob) };
}
