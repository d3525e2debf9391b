/** Reads a tag piece by piece: which of its numbers are its version, and which are the name of a variant (`-jdk17`). */

import { isNameOfVariant, type OpenNumber, openNumbers } from "./open-numbers.ts";
import {
  type Core,
  coreOf,
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

/** `mark`: a word that says how near a release a version is. Numbers of a variant's name are `text`. */
export interface TagPiece {
  readonly kind: "text" | "number" | "year" | "date" | "commit" | "mark";
  readonly text: string;
}

/** What the tag itself doesn't show. */
export interface TagReading {
  /** Whether a mark names a variant of this image, where no number follows it. */
  isVariantMark(mark: string): boolean;
  isVariantNumber(open: OpenNumber): boolean;
}

export function tagPieces(
  tag: string,
  reading: TagReading,
): { readonly pieces: readonly TagPiece[]; readonly isPrerelease: boolean } {
  const words = splitWords(tag);
  const core = coreOf(words);
  const variants = openNumbers(tag).filter((open) => reading.isVariantNumber(open));
  const read = words.map((word, index) =>
    variants.some((open) => isInCore(open, index)) ? text(word) : readWord({ words, index, core, reading }),
  );
  return { pieces: read.flatMap(({ pieces }) => pieces), isPrerelease: read.some((each) => each.isPrerelease) };
}

/** A text that isn't a version, whatever is in it. */
export function fixedPieces(fixed: string): readonly TagPiece[] {
  return splitWords(fixed).flatMap((word) => text(word).pieces);
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

interface WordAt {
  readonly words: readonly string[];
  readonly index: number;
  readonly core: Core | undefined;
  readonly reading: TagReading;
}

interface ReadWord {
  readonly pieces: readonly TagPiece[];
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
function letterPieces(letters: string, { words, index, core, reading }: WordAt, hasNumber = false): ReadWord {
  const mark = letters.toLowerCase();
  const isMark = words.length > 1 && marks.has(mark);
  const isVariant = reading.isVariantMark(mark) && !hasNumber && !isNumbered(words, index);
  if (!isMark || isVariant) return text(letters);
  const isBehind = core !== undefined && index >= core.start;
  return { pieces: [{ kind: isBehind ? "mark" : "text", text: mark }], isPrerelease: true };
}

function digitsKind({ words, index, core }: WordAt, digits: string): TagPiece["kind"] {
  if (isNumericCommit(digits, words[index - 1])) return "commit";
  const kind = numberKind(digits, index === 0);
  if (kind === "date" || isInCore(core, index)) return kind;
  return isFixed(words, index, core) ? "text" : kind;
}

/** Whether digits belong to the name of a variant: `12` in `1.2.3-debian-12`, `04` in `1.2.3-ubuntu22.04`. */
function isFixed(words: readonly string[], index: number, core: Core | undefined): boolean {
  if (core === undefined || index < core.start) return true;
  const head = words[index - 2] ?? "";
  if (/^[A-Za-z]+$/.test(head)) return !isCounter(head) || isNameOfVariant(words, index - 2);
  if (words[index - 1] !== "." || isInCore(core, index - 2)) return false;
  if (/^\d+$/.test(head)) return isFixed(words, index - 2, core);
  const [letters = ""] = /^[A-Za-z]*/.exec(head) ?? [];
  if (isNameOfVariant(words, index - 2)) return true;
  return !isCounter(letters) && !isDate(head.slice(letters.length));
}

/** Whether the number in `rc1`, `r4`, `8u292` is one of the version; it isn't in `jdk17` and `64bit`. */
function isVersionWord({ words, index, core }: WordAt, before: string, letters: string): boolean {
  if (isInCore(core, index)) return true;
  if (isNameOfVariant(words, index)) return false;
  const isBehind = core !== undefined && index > core.start;
  return isBehind && isCounter(before) && (letters === "" || marks.has(letters.toLowerCase()));
}

/** Years and days distinguish calendar versions from others, and aren't commits. */
function numberKind(digits: string, isLeading: boolean): TagPiece["kind"] {
  if (isDate(digits)) return "date";
  return isLeading && /^20\d\d$/.test(digits) ? "year" : "number";
}

/** A separator, or what counts builds: no name of a variant. */
export function namesNoVariant({ kind, text: word }: TagPiece): boolean {
  return kind !== "text" || isSeparator(word) || word === "v" || isBuildCounter(word) || looseCounters.has(word);
}
