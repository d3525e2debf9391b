/**
 * Which files an ignore file keeps out of a build's context. The rules are those of BuildKit, which walks the context from its
 * root and asks moby/patternmatcher (`MatchesUsingParentResults`, v0.6) of every path, handing on each directory's results.
 */
import { spendSteps, type Work } from "../../catalog/layout/path-expression.ts";
import { decodePath } from "../../git/checkout/path-bytes.ts";
import { cleanPath, type IgnorePattern, readIgnorePattern, trimSpace } from "./dockerignore-pattern.ts";

export interface Ignore {
  /** Whether a path, relative to the context's root, is kept out. */
  ignores(path: string, work?: Work): boolean;
}

export const ignoresNothing: Ignore = { ignores: () => false };

/**
 * Reads an ignore file. One that BuildKit refuses, or that holds an expression that is not understood here, ignores nothing:
 * then every file of the context counts.
 */
export function readIgnore(bytes: Uint8Array): Ignore {
  if (hasTooLongLine(bytes)) return ignoresNothing;
  const ignore = patternMatcher(patternsIn(decodePath(bytes)));
  return typeof ignore === "string" ? ignoresNothing : ignore;
}

/** What ignores that which the patterns match, as the lines of an ignore file; the first pattern that is refused, where one is. */
export function patternMatcher(texts: readonly string[]): Ignore | string {
  const patterns: IgnorePattern[] = [];
  for (const text of texts) {
    const pattern = readIgnorePattern(text);
    if (pattern === "refused") return text;
    if (pattern !== undefined) patterns.push(pattern);
  }
  return patterns.length === 0 ? ignoresNothing : matcher(patterns);
}

function matcher(patterns: readonly IgnorePattern[]): Ignore {
  const directories = new Map<string, Result>();
  const root: Result = { isIgnored: false, matched: patterns.map(() => false) };
  const ofDirectory = (path: string, work?: Work): Result => {
    const known = directories.get(path);
    if (known !== undefined) return known;
    const found = match(patterns, path, above(path, work), work);
    directories.set(path, found);
    return found;
  };
  const above = (path: string, work?: Work): Result => {
    const slash = path.lastIndexOf("/");
    return slash < 0 ? root : ofDirectory(path.slice(0, slash), work);
  };
  return { ignores: (path, work) => match(patterns, path, above(path, work), work).isIgnored };
}

interface Result {
  readonly isIgnored: boolean;
  /** For each pattern, whether it matched; what it matched once, it matches below too. */
  readonly matched: readonly boolean[];
}

function match(patterns: readonly IgnorePattern[], path: string, parent: Result, work: Work | undefined): Result {
  if (work !== undefined) spendSteps(work, patterns.length);
  let isIgnored = false;
  const matched = patterns.map((pattern, index) => {
    // A pattern that could change nothing is not asked, and so counts as not matched below as well.
    const matches =
      parent.matched[index] === true || (pattern.isException === isIgnored && pattern.matches(path, work));
    if (matches) isIgnored = !pattern.isException;
    return matches;
  });
  return { isIgnored, matched };
}

/** The lines of an ignore file as patterns (moby/patternmatcher/ignorefile, `ReadAll`). */
export function patternsIn(text: string): readonly string[] {
  const lines = text.replace(/^\ufeff/, "").split("\n");
  return lines.flatMap((line) => {
    if (line.startsWith("#")) return [];
    const pattern = trimSpace(line);
    if (pattern === "") return [];
    if (!pattern.startsWith("!")) return [fromRoot(pattern)];
    return [`!${fromRoot(trimSpace(pattern.slice(1)))}`];
  });
}

/** The scanner of moby takes no longer line (Go's `bufio.MaxScanTokenSize`). */
const maximumBytes = 65_536;

function hasTooLongLine(bytes: Uint8Array): boolean {
  for (let start = 0; bytes.length - start >= maximumBytes; ) {
    const end = bytes.indexOf(0x0a, start);
    if ((end < 0 ? bytes.length : end) - start >= maximumBytes) return true;
    start = end + 1;
  }
  return false;
}

function fromRoot(pattern: string): string {
  const cleaned = pattern === "" ? "" : cleanPath(pattern);
  return cleaned.length > 1 && cleaned.startsWith("/") ? cleaned.slice(1) : cleaned;
}
