/** The words of a tag, and which of its numbers are its version. */

export const marks = wordsIn("dev snapshot nightly canary alpha a beta b pre preview m milestone rc cr next");
/** What counts the builds of a version: their numbers change within a variant. */
const builds = wordsIn("r rev revision build bld p pl patch post hotfix fix run ls iteration");
/** What counts builds of some images, and is the name of a variant of others: `-sp4`, `-release-9`. */
export const looseCounters = wordsIn("sp sr rel release u update ver version");
/** What stands before a number where a tag has no other version. */
const channels = wordsIn("main master trunk develop edge stable latest staging stage prod production ci pr");

/** Where the version stands, in words: `1.2.3` in `jdk17-1.2.3-alpine3.20`. */
export interface Core {
  readonly start: number;
  readonly end: number;
}

export function splitWords(tag: string): readonly string[] {
  return tag.match(/[._-]+|[^._-]+/g) ?? [];
}

export function isSeparator(word: string): boolean {
  return /^[._-]/.test(word);
}

export function isInCore(core: Core | undefined, index: number): boolean {
  return core !== undefined && index >= core.start && index < core.end;
}

export function isBuildCounter(word: string): boolean {
  return builds.has(word.toLowerCase());
}

/** What counts builds, or how near a release is. */
export function isCounter(word: string): boolean {
  const lower = word.toLowerCase();
  return builds.has(lower) || looseCounters.has(lower) || marks.has(lower);
}

export function isHash(word: string): boolean {
  return /^[0-9a-f]{7,64}$/.test(word) && /[a-f]/.test(word);
}

/** A commit may be of digits alone: by the lengths that git and forges give it. */
export function isNumericCommit(digits: string, separator: string | undefined): boolean {
  return separator === "-" && /^\d+$/.test(digits) && [7, 40].includes(digits.length);
}

export function isDate(digits: string): boolean {
  return /^20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?$/.test(digits);
}

/** The numbers that are the version; `undefined` where there are none, or where it is unknown which ones are. */
export function coreOf(words: readonly string[]): Core | undefined {
  const [first = ""] = words;
  if (isHash(first) || isDate(first)) return { start: 0, end: 1 };
  const day = dayAt(words, 0);
  if (day > 0) return { start: 0, end: day };
  const runs = words.flatMap((_, index) => runAt(words, index) ?? []);
  const [leading, ...others] = runs;
  if (leading === undefined) return undefined;
  const best = others.reduce((one, other) => (other.weight > one.weight ? other : one), leading);
  if (leading.start === 0) return best === leading ? leading : undefined;
  return runs.filter(({ weight }) => weight === best.weight).length > 1 ? undefined : best;
}

/** How many words a day or a month takes that dashes part (`2026-06-10`); 0 where there is none. */
export function dayAt(words: readonly string[], index: number): number {
  const [year = "", , month = "", , day = ""] = words.slice(index, index + 5);
  if (!/^20\d\d$/.test(year) || words[index + 1] !== "-" || !/^(?:0[1-9]|1[0-2])$/.test(month)) return 0;
  return words[index + 3] === "-" && /^(?:0[1-9]|[12]\d|3[01])$/.test(day) ? 5 : 3;
}

/** Numbers separated by dots that begin at a word. If few follow a word, it is unknown whether they are its version or the word's. */
function runAt(words: readonly string[], start: number): (Core & { readonly weight: number }) | undefined {
  const [word = "", separator, head = ""] = [words[start], words[start - 1], words[start - 2]];
  const isAfterNumber = separator === "." && /\d$/.test(head);
  if (!isNumbers(word, start === 0) || isAfterNumber || isNumericCommit(word, separator)) return undefined;
  let end = start + 1;
  while (words[end] === "." && isNumbers(words[end + 1] ?? "", true) && /^\d/.test(words[end + 1] ?? "")) end += 2;
  const count = (end - start + 1) / 2;
  const hasV = /^v/i.test(word);
  const isAfterWord = /^[A-Za-z]+$/.test(head) && !isCounter(head) && !channels.has(head.toLowerCase());
  if (isAfterWord && count < 3 && !hasV) return undefined;
  return { start, end, weight: hasV ? count + 0.5 : count };
}

/** `2`, `v2`, `3rc1`; `8u292` where any letters may follow. */
function isNumbers(word: string, isAny: boolean): boolean {
  const [, letters] = /^v?\d+(?:([A-Za-z]+)\d*)?$/i.exec(word) ?? [undefined, undefined];
  if (!/^v?\d/i.test(word) || isHash(word) || isDate(word)) return false;
  return /^v?\d+$/i.test(word) || (letters !== undefined && (isAny || marks.has(letters.toLowerCase())));
}

/** A number follows a word: `rc.1`, `dev-20260101`. */
export function isNumbered(words: readonly string[], index: number): boolean {
  const [separator, next = ""] = [words[index + 1], words[index + 2]];
  return /^\d+$/.test(next) && !isNumericCommit(next, separator);
}

function wordsIn(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}
