/**
 * What COPY, ADD and bind mounts name in a context: literal paths and the globs of Go's filepath.Match, the only ones that
 * narrow what a build reads.
 */
import {
  anyNumber,
  anyOne,
  type ExpressionPiece,
  exactly,
  pathExpression,
  spendSteps,
  type Work,
} from "../../catalog/layout/path-expression.ts";

/** Sources in normal form, taken apart. */
export interface Sources {
  /** The folder or file of each source above its first wildcard: nothing elsewhere is taken. */
  readonly starts: readonly string[];
  /** Whether a path is one of the sources or is below one. */
  takes(path: string, work?: Work): boolean;
  /** Whether a path is one of the sources or is above one, where a symlink would lead elsewhere. */
  leadsTo(path: string, work?: Work): boolean;
}

/** A source in normal form: relative to the context's root, which is `.`; it can't lead out of it (BuildKit joins it with `/`). */
export function normalSource(written: string): string {
  const parts: string[] = [];
  for (const part of written.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/") || ".";
}

/**
 * Whether a source in normal form narrows. Not where `**` or an escape stands, which BuildKit's two matchers read differently,
 * nor where a class may match a slash.
 */
export function narrows(source: string): boolean {
  return source !== "." && !source.includes("**") && !/[\\!^[\]]/.test(source.replace(plainClass, ""));
}

/** Letters, digits and underscores, single or as ranges: no slash lies among them. */
const plainClass = /\[(?:\w(?:-\w)?)+\]/g;

type Part = string | ((name: string, work?: Work) => boolean);

/** Takes apart sources that narrow. */
export function sourcesOf(sources: readonly string[]): Sources {
  const all = sources.map((source) => source.split("/").map(partOf));
  return {
    starts: [...new Set(all.map(startOf))],
    takes: (path, work) => {
      const names = path.split("/");
      if (work !== undefined) spendSteps(work, all.length);
      return all.some((parts) => parts.length <= names.length && matches(parts, names, work));
    },
    leadsTo: (path, work) => {
      const names = path.split("/");
      if (work !== undefined) spendSteps(work, all.length);
      return all.some((parts) => parts.length >= names.length && matches(parts, names, work));
    },
  };
}

/** Compares as many parts as both have. */
function matches(parts: readonly Part[], names: readonly string[], work: Work | undefined): boolean {
  return parts.every((part, index) => {
    const name = names[index];
    return name === undefined || (typeof part === "string" ? part === name : part(name, work));
  });
}

function startOf(parts: readonly Part[]): string {
  const wild = parts.findIndex((part) => typeof part !== "string");
  return parts.slice(0, wild < 0 ? parts.length : wild).join("/") || ".";
}

function partOf(text: string): Part {
  if (!/[*?[]/.test(text)) return text;
  const pieces = [...text.matchAll(/\[(.*?)\]|./gsu)].map(([piece, inside]): ExpressionPiece => {
    if (inside !== undefined) return { kind: "one", is: classOf(inside) };
    if (piece === "*") return anyNumber;
    return piece === "?" ? anyOne : exactly(piece);
  });
  // No file system has such names.
  if (pieces.filter(({ kind }) => kind === "one").length > longestName) return () => false;
  return pathExpression(pieces);
}

const longestName = 255;

/** A range that runs backwards matches nothing in Go, and is an error here. */
function classOf(inside: string): RegExp {
  const kept = inside.replace(/(\w)-(\w)/g, (range, low: string, high: string) => (low > high ? "" : range));
  return new RegExp(`^[${kept}]$`);
}
