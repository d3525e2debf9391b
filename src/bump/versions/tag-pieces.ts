/** Reads a tag piece by piece: which of its numbers are its version, and which are the name of a variant (`-jdk17`). */

/** `mark`: a word that says how near a release a version is. Numbers of a variant's name are `text`. */
export interface Piece {
  readonly kind: "text" | "number" | "year" | "date" | "commit" | "mark";
  readonly text: string;
}

const marks = wordsIn("dev snapshot nightly canary alpha a beta b pre preview m milestone rc cr next");
/** What counts the builds of a version: their numbers change within a variant. */
const counters = wordsIn(
  "r rev revision build bld p pl patch post sp sr hotfix fix rel release run ls u update ver version iteration",
);
/** What stands before a number where a tag has no other version. */
const channels = wordsIn("main master trunk develop edge stable latest staging stage prod production ci pr");

/** @param variantMarks marks that name variants of this image, where no number follows them. */
export function tagPieces(
  tag: string,
  variantMarks: ReadonlySet<string>,
): { readonly pieces: readonly Piece[]; readonly isPrerelease: boolean } {
  const words = splitWords(tag);
  const core = coreOf(words);
  const read = words.map((_, index) => readWord({ words, index, core, variantMarks }));
  return { pieces: read.flatMap(({ pieces }) => pieces), isPrerelease: read.some((each) => each.isPrerelease) };
}

/**
 * A mark in a tag that no number follows (`1.2.3-dev`, `1.2.3-dev-alpine`), with what the tag would be without it: where both
 * are tags of an image, the mark names a variant.
 */
export function bareMarks(tag: string): readonly { readonly mark: string; readonly without: string }[] {
  const words = splitWords(tag);
  return words.flatMap((word, index) => {
    const [, number = "", letters = ""] = /^(v?\d*)([A-Za-z]+)$/.exec(word) ?? [];
    const mark = letters.toLowerCase();
    if (index + Number(number !== "") === 0 || !marks.has(mark) || isNumbered(words, index)) return [];
    const kept = number === "" ? [...words.slice(0, index - 1)] : [...words.slice(0, index), number];
    return [{ mark, without: [...kept, ...words.slice(index + 1)].join("") }];
  });
}

/** Where the version stands, in words: `1.2.3` in `jdk17-1.2.3-alpine3.20`. */
interface Core {
  readonly start: number;
  readonly end: number;
}

interface WordAt {
  readonly words: readonly string[];
  readonly index: number;
  readonly core: Core | undefined;
  readonly variantMarks: ReadonlySet<string>;
}

interface ReadWord {
  readonly pieces: readonly Piece[];
  readonly isPrerelease: boolean;
}

function readWord(at: WordAt): ReadWord {
  const word = at.words[at.index] ?? "";
  if (isSeparator(word)) return text(word);
  if (/^\d+$/.test(word)) return { pieces: [{ kind: digitsKind(at, word), text: word }], isPrerelease: false };
  if (isHash(word)) return { pieces: [{ kind: "commit", text: word }], isPrerelease: false };
  // `v1`, `rc1`, `r4`, `alpine3`, `1rc2`; what is longer than that is a word.
  const [, before = "", number = "", letters = "", last = ""] =
    /^([A-Za-z]*)(\d+)(?:([A-Za-z]+)(\d*))?$/.exec(word) ?? [];
  if (number === "") return letterPieces(word, at);
  const isDated = isDate(number);
  if (!isDated && !isVersionWord(at, before, letters)) return text(word);
  const isLeading = at.index === 0 && /^v?$/.test(before);
  const parts = [
    ...(before === "" ? [] : [before.toLowerCase() === "v" ? text(before) : letterPieces(before, at, true)]),
    { pieces: [{ kind: numberKind(number, isLeading), text: number }], isPrerelease: false },
    ...(letters === "" ? [] : [letterPieces(letters, at, last !== "")]),
    ...(last === "" ? [] : [{ pieces: [{ kind: "number" as const, text: last }], isPrerelease: false }]),
  ];
  return { pieces: parts.flatMap(({ pieces }) => pieces), isPrerelease: parts.some((each) => each.isPrerelease) };
}

function text(word: string): ReadWord {
  return { pieces: [{ kind: "text", text: word.toLowerCase() }], isPrerelease: false };
}

/** A tag that is one word alone (`dev`, `next`, `beta`) is a channel; so is what stands before a version. */
function letterPieces(letters: string, { words, index, core, variantMarks }: WordAt, hasNumber = false): ReadWord {
  const mark = letters.toLowerCase();
  const isMark = words.length > 1 && marks.has(mark);
  const isVariant = variantMarks.has(mark) && !hasNumber && !isNumbered(words, index);
  if (!isMark || isVariant) return text(letters);
  const isBehind = core !== undefined && index >= core.start;
  return { pieces: [{ kind: isBehind ? "mark" : "text", text: mark }], isPrerelease: true };
}

function digitsKind({ words, index, core }: WordAt, digits: string): Piece["kind"] {
  if (isCommit(digits, words[index - 1])) return "commit";
  const kind = numberKind(digits, index === 0);
  if (kind === "date" || isWithin(core, index)) return kind;
  return isFixed(words, index, core) ? "text" : kind;
}

/** Whether digits belong to the name of a variant: `12` in `1.2.3-debian-12`, `04` in `1.2.3-ubuntu22.04`. */
function isFixed(words: readonly string[], index: number, core: Core | undefined): boolean {
  if (core === undefined || index < core.start) return true;
  const head = words[index - 2] ?? "";
  if (/^[A-Za-z]+$/.test(head)) return !isCounter(head);
  if (words[index - 1] !== "." || isWithin(core, index - 2)) return false;
  if (/^\d+$/.test(head)) return isFixed(words, index - 2, core);
  const [letters = ""] = /^[A-Za-z]*/.exec(head) ?? [];
  return !isCounter(letters) && !isDate(head.slice(letters.length));
}

/** Whether the number in `rc1`, `r4`, `8u292` is one of the version; it isn't in `jdk17` and `64bit`. */
function isVersionWord({ index, core }: WordAt, before: string, letters: string): boolean {
  if (isWithin(core, index)) return true;
  const isBehind = core !== undefined && index > core.start;
  return isBehind && isCounter(before) && (letters === "" || marks.has(letters.toLowerCase()));
}

/** The numbers that are the version; `undefined` where there are none, or nobody can tell which ones are. */
function coreOf(words: readonly string[]): Core | undefined {
  const [first = ""] = words;
  if (isHash(first) || isDate(first)) return { start: 0, end: 1 };
  const runs = words.flatMap((_, index) => runAt(words, index) ?? []);
  const [leading, ...others] = runs;
  if (leading === undefined) return undefined;
  const best = others.reduce((one, other) => (other.weight > one.weight ? other : one), leading);
  if (leading.start === 0) return best === leading ? leading : undefined;
  return runs.filter(({ weight }) => weight === best.weight).length > 1 ? undefined : best;
}

/** Numbers parted by dots that begin at a word. Of few behind a word nobody knows whether they are its version or the word's. */
function runAt(words: readonly string[], start: number): (Core & { readonly weight: number }) | undefined {
  const [word = "", separator, head = ""] = [words[start], words[start - 1], words[start - 2]];
  const isAfterNumber = separator === "." && /\d$/.test(head);
  if (!isNumbers(word, start === 0) || isAfterNumber || isCommit(word, separator)) return undefined;
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

function isWithin(core: Core | undefined, index: number): boolean {
  return core !== undefined && index >= core.start && index < core.end;
}

function isCounter(word: string): boolean {
  return counters.has(word.toLowerCase()) || marks.has(word.toLowerCase());
}

/** A number follows a word: `rc.1`, `dev-20260101`. */
function isNumbered(words: readonly string[], index: number): boolean {
  const [separator, next = ""] = [words[index + 1], words[index + 2]];
  return /^\d+$/.test(next) && !isCommit(next, separator);
}

function splitWords(tag: string): readonly string[] {
  return tag.match(/[._-]+|[^._-]+/g) ?? [];
}

function isSeparator(word: string): boolean {
  return /^[._-]/.test(word);
}

function isHash(word: string): boolean {
  return /^[0-9a-f]{7,64}$/.test(word) && /[a-f]/.test(word);
}

/** A commit may be of digits alone: by the lengths that git and forges give it. */
function isCommit(digits: string, separator: string | undefined): boolean {
  return separator === "-" && /^\d+$/.test(digits) && [7, 40].includes(digits.length);
}

function isDate(digits: string): boolean {
  return /^20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?$/.test(digits);
}

/** Years and days tell calendar versions from others, and are no commits. */
function numberKind(digits: string, isLeading: boolean): Piece["kind"] {
  if (isDate(digits)) return "date";
  return isLeading && /^20\d\d$/.test(digits) ? "year" : "number";
}

function wordsIn(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}

/** A separator, or what counts builds: no name of a variant. */
export function namesNoVariant({ kind, text: word }: Piece): boolean {
  return kind !== "text" || isSeparator(word) || word === "v" || counters.has(word);
}
