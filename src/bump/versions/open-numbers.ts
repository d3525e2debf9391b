/** Numbers of which a tag alone doesn't show whether they count builds (`1.2.0-4`) or name a variant (`1.2.0-17`). Pure. */
import { mapped } from "../../lib/pause.ts";
import {
  type Core,
  coreOf,
  dayAt,
  isBuildCounter,
  isCounter,
  isDate,
  isHash,
  isInCore,
  isNumbered,
  isNumericCommit,
  isSeparator,
  looseCounters,
  marks,
  splitWords,
} from "./tag-words.ts";

export interface OpenNumber extends Core {
  /** As written, with what belongs to it: `17`, `3.11`, `sp4`. */
  readonly text: string;
  /** The tag with this number, its version, commits and dates left open: all tags of one place have a number there. */
  readonly place: string;
  /** What of the tag says which version it is. */
  readonly version: string;
  /** The tag without it, where it may be a prerelease (`1.2.0-m1`). */
  readonly without?: string;
}

/** What a number is in all tags of its place. */
export type NumberRole = "count" | "variant" | "unknown";

export function openNumbers(tag: string): readonly OpenNumber[] {
  const words = splitWords(tag);
  const core = coreOf(words);
  if (core === undefined) return [];
  return words.flatMap((_, index) => {
    const end = endOfOpen(words, index, core);
    if (end === undefined) return [];
    const open = { start: index, end };
    const isMark = /^[a-z]/i.test(words[index] ?? "") && marks.has(lettersOf(words[index]));
    return [
      {
        ...open,
        text: words.slice(index, end).join(""),
        place: placeOf(words, core, open),
        version: versionOf(words, core, open),
        ...(isMark ? { without: [...words.slice(0, index - 1), ...words.slice(end)].join("") } : {}),
      },
    ];
  });
}

/** A number that belongs to the name of a variant, whatever other tags there are: `u22.04`, `sles15-sp4`. */
export function isNameOfVariant(words: readonly string[], index: number): boolean {
  const [, letters = "", digits] = /^([A-Za-z]*)(\d*)$/.exec(words[index] ?? "") ?? [];
  const isDotted = words[index + 1] === "." && /^\d+$/.test(words[index + 2] ?? "");
  if (digits !== "" && letters.length === 1 && isCounter(letters)) return isDotted && letters.toLowerCase() !== "v";
  if (!looseCounters.has(letters.toLowerCase())) return false;
  const before = words[index - 2] ?? "";
  return (
    (digits !== "" && isDotted) ||
    (/[A-Za-z]/.test(before) &&
      /\d/.test(before) &&
      !isBuildCounter(lettersOf(before)) &&
      !isHash(before) &&
      !/^v?\d/i.test(before))
  );
}

function endOfOpen(words: readonly string[], index: number, core: Core): number | undefined {
  const word = words[index] ?? "";
  if (index === 0) return isLeadingNumber(words, core) ? 1 : undefined;
  if (index < core.end || !/^[A-Za-z]*\d+$/.test(word) || isHash(word)) return undefined;
  const [separator, head = ""] = [words[index - 1], words[index - 2]];
  const end = dottedEnd(words, index);
  if (/^\d/.test(word)) {
    if (separator === "." || isDate(word) || isNumericCommit(word, separator) || isOfDay(words, index))
      return undefined;
    if (/^[A-Za-z]+$/.test(head))
      return looseCounters.has(head.toLowerCase()) && !isNameOfVariant(words, index - 2) ? end : undefined;
    return end;
  }
  const letters = lettersOf(word);
  const isLoose = looseCounters.has(letters) || (/^[abm]$/.test(letters) && separator !== ".");
  return isLoose && !isNameOfVariant(words, index) ? end : undefined;
}

/** `17` in `17-24f7512`: the commit or the day may be all that there is of a version. */
function isLeadingNumber(words: readonly string[], core: Core): boolean {
  if (!/^\d+$/.test(words[0] ?? "") || core.start !== 0 || core.end !== 1 || words[1] === ".") return false;
  if (isHash(words[0] ?? "") || isDate(words[0] ?? "")) return false;
  return words.some(
    (word, index) => index > 0 && (isHash(word) || isNumericCommit(word, words[index - 1]) || isDate(word)),
  );
}

function isOfDay(words: readonly string[], index: number): boolean {
  return [0, 2, 4].some((back) => dayAt(words, index - back) > back);
}

function dottedEnd(words: readonly string[], index: number): number {
  let end = index + 1;
  while (words[end] === "." && /^\d+$/.test(words[end + 1] ?? "")) end += 2;
  return end;
}

function lettersOf(word = ""): string {
  return /^[A-Za-z]*/.exec(word)?.[0].toLowerCase() ?? "";
}

function versionOf(words: readonly string[], core: Core, open: Core): string {
  const own = words.filter((word, index) => {
    if (index >= open.start && index < open.end) return false;
    const isCore = isInCore(core, index) && !isSeparator(word);
    return isCore || isHash(word) || isNumericCommit(word, words[index - 1]) || isDate(word);
  });
  return own.join(" ");
}

function placeOf(words: readonly string[], core: Core, open: Core): string {
  const pieces: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (index === open.start) {
      pieces.push(`${lettersOf(word)}*`);
      index = open.end - 1;
    } else if (isHash(word) || isNumericCommit(word, words[index - 1])) pieces.push("@");
    else if (isDate(word)) pieces.push("%");
    else if (isInCore(core, index)) pieces.push(word.replace(/\d+/g, "#"));
    else if (isSeparator(word) && index > core.start) {
      // A prerelease is of the same place as its release.
      const end = prereleaseEnd(words, index + 1);
      if (end === undefined || (open.start > index && open.start < end)) pieces.push(word);
      else index = end - 1;
    } else pieces.push(word.toLowerCase());
  }
  return pieces.join("");
}

function prereleaseEnd(words: readonly string[], index: number): number | undefined {
  const [, letters = "", digits = ""] = /^([A-Za-z]+)(\d*)$/.exec(words[index] ?? "") ?? [];
  if (!marks.has(letters.toLowerCase())) return undefined;
  if (digits !== "") return dottedEnd(words, index);
  return isNumbered(words, index) ? dottedEnd(words, index + 2) : undefined;
}

/** What the numbers are by all tags of one repository, by their places; those of places with one tag alone are left out. */
export async function numberRoles(tags: readonly string[]): Promise<ReadonlyMap<string, NumberRole>> {
  const all = new Set(tags);
  const places = new Map<string, OpenNumber[]>();
  for (const open of (await mapped([...all], openNumbers)).flat()) {
    const same = places.get(open.place);
    if (same === undefined) places.set(open.place, [open]);
    else same.push(open);
  }
  return new Map(
    [...places].flatMap(([place, numbers]) => {
      const role = roleOf(numbers, all);
      return role === undefined ? [] : [[place, role] as const];
    }),
  );
}

/**
 * Numbers that come again with other versions name variants: `1.2.0-17`, `1.2.0-21`, `1.3.0-21`. Those that begin at 0 or 1, or follow one
 * another, count.
 */
function roleOf(numbers: readonly OpenNumber[], tags: ReadonlySet<string>): NumberRole | undefined {
  const byVersion = new Map<string, Set<string>>();
  for (const { version, text } of numbers) byVersion.set(version, (byVersion.get(version) ?? new Set()).add(text));
  const numbersOf = [...byVersion.values()].map((each) => [...each]);
  const pairs = numbersOf.flat();
  const distinct = new Set(pairs);
  const recurs = distinct.size < pairs.length;
  const isSeveral = numbersOf.some(({ length }) => length > 1);
  const isVariant = recurs && (isSeveral || distinct.size * 2 <= pairs.length);
  if (pairs.some((text) => text.includes("."))) return isVariant ? "variant" : "unknown";
  const isFromStart = isRun([...distinct], 1);
  if (numbers.some(({ without }) => without !== undefined)) {
    if (numbersOf.every((each) => isRun(each, 1)) && isSeveral) return "count";
    if (isVariant && !isFromStart) return "variant";
    const beside = numbers.filter(({ without }) => without !== undefined && tags.has(without));
    const isAlone = beside.some(({ text, version }) => {
      const own = [...(byVersion.get(version) ?? [])].map(countOf);
      return countOf(text) > 1 && !own.includes(countOf(text) - 1);
    });
    return isAlone ? "variant" : beside.length > 0 ? "unknown" : "count";
  }
  if (pairs.length < 2) return undefined;
  if (isFromStart) return "count";
  if (recurs) return isVariant ? "variant" : "unknown";
  return numbersOf.every((each) => isRun(each)) ? "count" : "unknown";
}

/** Whether numbers follow one another. @param most the highest that the first may be */
function isRun(texts: readonly string[], most = Number.POSITIVE_INFINITY): boolean {
  const values = texts.map(countOf).toSorted((a, b) => a - b);
  const [first = 0] = values;
  return first <= most && values.every((value, index) => value === first + index);
}

function countOf(text: string): number {
  return Number(/\d+$/.exec(text)?.[0]);
}
