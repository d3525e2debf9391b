/**
 * What all lists of globs have in common, whatever their globs match: commas between them, `{a,b}` for alternatives, `!` before
 * an exclusion, and an order that counts, as in `paths` of GitHub's workflows.
 */
import { UserError } from "../errors.ts";

export interface ListedGlob {
  /** Without `!` and without alternatives: the glob itself. */
  readonly glob: string;
  readonly isExclusion: boolean;
}

/** The globs of a line, at the commas that are neither in braces nor in brackets. */
export function splitGlobs(line: string): readonly string[] {
  const found: string[] = [];
  let start = 0;
  let depth = 0;
  for (let index = 0; index < line.length; index = after(line, index)) {
    const character = line[index];
    if (character === "{") depth += 1;
    if (character === "}") depth = Math.max(0, depth - 1);
    if (character !== "," || depth > 0) continue;
    found.push(line.slice(start, index));
    start = index + 1;
  }
  found.push(line.slice(start));
  return found.map((each) => each.trim()).filter((each) => each !== "");
}

/** One entry of a list. @throws UserError where a brace isn't closed, or no glob follows the `!`. */
export function listedGlobs(text: string): readonly ListedGlob[] {
  const isExclusion = text.startsWith("!");
  const glob = isExclusion ? text.slice(1).trim() : text;
  if (isExclusion && glob === "") {
    throw new UserError('"!" excludes nothing', { hint: 'write the glob behind it, such as "!images/legacy"' });
  }
  if (isExclusion && glob.startsWith("!")) throw excludedTwice(text);
  return expandBraces(glob).map((each) => ({ glob: each, isExclusion }));
}

/** An exclusion of an exclusion, which means neither. */
export function excludedTwice(text: string): UserError {
  const glob = text.replace(/^[!\s]+/, "");
  return new UserError(`"${text}" has more than one "!"`, {
    hint: `write "!${glob}" to exclude, or "${glob}" to include`,
  });
}

/** Whether a list only excludes: then it means everything else. */
export function onlyExcludes(list: readonly string[]): boolean {
  return list.length > 0 && list.every((text) => text.startsWith("!"));
}

/** What the last entry that matches says; `undefined` where none does. */
export function lastMatch<T extends { readonly isExclusion: boolean }>(
  list: readonly T[],
  matches: (entry: T) => boolean,
): "included" | "excluded" | undefined {
  const last = list.findLast(matches);
  return last === undefined ? undefined : last.isExclusion ? "excluded" : "included";
}

const longest = 1_000;
const most = 1_000;

/**
 * `a{b,c}` as `ab` and `ac`, as a shell does: braces may be nested, and those without a comma are letters as any other.
 * @throws UserError where a brace isn't closed, or there are too many alternatives.
 */
export function expandBraces(glob: string): readonly string[] {
  if (!glob.includes("{")) return [glob];
  if (glob.length > longest) throw tooMany(glob);
  return expanded(glob, glob);
}

function expanded(text: string, whole: string): readonly string[] {
  const group = firstGroup(text, whole);
  if (group === undefined) return [text];
  const heads = group.alternatives.flatMap((each) => expanded(each, whole));
  const tails = expanded(text.slice(group.end + 1), whole);
  if (heads.length * tails.length > most) throw tooMany(whole);
  const before = text.slice(0, group.start);
  return heads.flatMap((head) => tails.map((tail) => `${before}${head}${tail}`));
}

interface Group {
  readonly start: number;
  readonly end: number;
  readonly alternatives: readonly string[];
}

/** The first braces with a comma of their own. */
function firstGroup(text: string, whole: string): Group | undefined {
  for (let start = 0; start < text.length; start = after(text, start)) {
    if (text[start] !== "{") continue;
    const commas: number[] = [];
    let end = start + 1;
    for (let depth = 1; ; end = after(text, end)) {
      if (end >= text.length) throw unclosed(whole);
      if (text[end] === "{") depth += 1;
      if (text[end] === "}") depth -= 1;
      if (text[end] === "," && depth === 1) commas.push(end);
      if (depth === 0) break;
    }
    if (commas.length === 0) continue;
    const ends = [...commas, end];
    const alternatives = ends.map((each, index) => text.slice((ends[index - 1] ?? start) + 1, each));
    return { start, end, alternatives };
  }
  return undefined;
}

/** Where the next character begins that means itself alone: a class in brackets is one, and what a backslash stands before. */
function after(text: string, index: number): number {
  if (text[index] === "\\") return index + 2;
  if (text[index] !== "[") return index + 1;
  const [taken = "["] = /^\[[!^]?\]?[^\]]*\]/su.exec(text.slice(index)) ?? [];
  return index + taken.length;
}

function unclosed(glob: string): UserError {
  return new UserError(`the glob "${glob}" has a brace that isn't closed`, { hint: "write {a,b}" });
}

function tooMany(glob: string): UserError {
  const shown = glob.length > 100 ? `${glob.slice(0, 100)}…` : glob;
  return new UserError(`the glob "${shown}" has too many alternatives`, { hint: "write it as several globs, with *" });
}
