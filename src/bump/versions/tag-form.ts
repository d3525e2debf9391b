/**
 * The form of a tag: what stays when a version moves (`v`, the count of numbers, a commit, `-nix`), and what changes. Two tags
 * of one form are compared by their numbers; commits have no order.
 */
import { type NumberRole, type OpenNumber, openNumbers } from "./open-numbers.ts";
import { fixedPieces, namesNoVariant, type TagPiece, type TagReading, tagPieces } from "./tag-pieces.ts";

export interface TagForm {
  readonly pieces: readonly TagPiece[];
  /** `rc1`, `beta.2` and what else comes before a release. */
  readonly isPrerelease: boolean;
  /** Whether any of its pieces changes from version to version; otherwise it is a word such as `latest`. */
  readonly isVersion: boolean;
}

/** How the tags of an image are written, as far as it is known. */
export interface TagStyle {
  /** What its rules put around versions, as texts around what is filled in: `["", "-21"]` of `{{version}}-21`. */
  readonly literals?: readonly TagLiterals[];
  /** Words that name variants of this image, though they are marks elsewhere: it has both `1.2.3` and `1.2.3-dev`. */
  readonly variantMarks?: ReadonlySet<string>;
  /** What numbers are, by the places that `openNumbers` gives them. */
  readonly numberRoles?: ReadonlyMap<string, NumberRole>;
}

export type TagLiterals = readonly string[];

/** How what nothing is known of is read: a mark as a prerelease's or a variant's, a number as one that counts or a variant's. */
export type Assumption = "count" | "variant";

export function tagForm(tag: string, style: TagStyle = {}, unknown: Assumption = "count"): TagForm {
  const { variantMarks, numberRoles } = style;
  const reading: TagReading = {
    isVariantMark: (mark) => variantMarks?.has(mark) ?? unknown === "variant",
    isVariantNumber: (open) => isVariantNumber(open, numberRoles, unknown),
  };
  const read = segmentsOf(tag, style, unknown).map(({ text, isFixed }) =>
    isFixed ? { pieces: fixedPieces(text), isPrerelease: false } : tagPieces(text, reading),
  );
  const pieces = read.flatMap((each) => each.pieces);
  return {
    pieces,
    isPrerelease: read.some((each) => each.isPrerelease),
    isVersion: pieces.some(({ kind }) => kind !== "text" && kind !== "mark"),
  };
}

/** Whether nothing known decides what a number is. */
function isUnknownNumber({ place, text }: OpenNumber, numberRoles: TagStyle["numberRoles"]): boolean {
  if (numberRoles === undefined) return true;
  return (numberRoles.get(place) ?? (text.includes(".") ? "unknown" : "count")) === "unknown";
}

function isVariantNumber(open: OpenNumber, numberRoles: TagStyle["numberRoles"], unknown: Assumption): boolean {
  if (isUnknownNumber(open, numberRoles)) return unknown === "variant";
  return numberRoles?.get(open.place) === "variant";
}

interface Segment {
  readonly text: string;
  readonly isFixed: boolean;
}

/** By the rule that fits with the most text. */
function segmentsOf(tag: string, { literals = [], numberRoles }: TagStyle, unknown: Assumption): readonly Segment[] {
  const fixedIn = (segments: readonly Segment[]): number =>
    segments.reduce((sum, { text, isFixed }) => sum + (isFixed ? text.length : 0), 0);
  return literals
    .filter((each) => unknown === "variant" || !each.some((text) => mayCount(text, tag, numberRoles)))
    .flatMap((each) => segmentsBy(each, tag) ?? [])
    .reduce<readonly Segment[]>(
      (best, each) => (fixedIn(each) > fixedIn(best) ? each : best),
      [{ text: tag, isFixed: false }],
    );
}

/** A number alone in a rule may be a run's, which GitHub filled in: where each version of the image has one of its own. */
function mayCount(literal: string, tag: string, numberRoles: TagStyle["numberRoles"]): boolean {
  const [, number] = /^[._-]?(\d+)[._-]?$/.exec(literal) ?? [];
  if (number === undefined) return false;
  return openNumbers(tag).some(({ text, place }) => text === number && numberRoles?.get(place) === "count");
}

/** @returns in a list, so that it is one. */
function segmentsBy(literals: TagLiterals, tag: string): readonly (readonly Segment[])[] | undefined {
  const segments: Segment[] = [];
  let rest = tag;
  for (const [index, literal] of literals.entries()) {
    const isLast = index === literals.length - 1;
    const at =
      index === 0 ? (rest.startsWith(literal) ? 0 : -1) : isLast ? rest.length - literal.length : rest.indexOf(literal);
    if (at < 0 || (isLast && !rest.endsWith(literal)) || (index > 0 && at === 0)) return undefined;
    if (index > 0) segments.push({ text: rest.slice(0, at), isFixed: false });
    if (literal !== "") segments.push({ text: literal, isFixed: true });
    rest = rest.slice(at + literal.length);
  }
  return [segments];
}

/** Whether one tag may stand where the other stood: piece by piece of one kind, texts the same. */
export function isSameForm(one: TagForm, other: TagForm): boolean {
  return (
    one.pieces.length === other.pieces.length &&
    one.pieces.every((piece, index) => {
      const with_ = other.pieces[index];
      return with_ !== undefined && isSameKind(piece, with_);
    })
  );
}

/**
 * The same where a commit distinguishes versions (`v4.0.6-r4-ffa8727`, `v4.1-0a1b2c3`): what comes before it may have any
 * number of pieces, as versions of others do; what follows it stays. Neither may lose its `v`.
 */
export function isSameLooseForm(one: TagForm, other: TagForm): boolean {
  const [first, second] = [one, other].map(({ pieces }) => pieces.findIndex(({ kind }) => kind === "commit"));
  if (first === undefined || second === undefined || first <= 0 || second <= 0) return false;
  const [head, otherHead] = [one.pieces[0], other.pieces[0]];
  return (
    head !== undefined &&
    otherHead !== undefined &&
    isSameKind(head, otherHead) &&
    one.pieces.slice(0, first).some(({ kind }) => kind !== "text") &&
    variantIn(one.pieces.slice(0, first)) === variantIn(other.pieces.slice(0, second)) &&
    isSameForm(withPieces(one.pieces.slice(first + 1)), withPieces(other.pieces.slice(second + 1)))
  );
}

/**
 * What a version's tag has besides its version, its commit and the marks of a prerelease, where what may name a variant does; `undefined` for
 * a tag that isn't a version.
 */
export function variantOf(tag: string, style: TagStyle = {}): string | undefined {
  const { pieces, isVersion } = tagForm(tag, { variantMarks: namesOfVariants, ...style }, "variant");
  return isVersion ? variantIn(pieces) : undefined;
}

/** Marks that many images have beside their releases. */
const namesOfVariants: ReadonlySet<string> = new Set(["dev", "nightly", "canary", "next", "a", "b", "m"]);

/** The words and numbers that name a variant. */
function variantIn(pieces: readonly TagPiece[]): string {
  return pieces
    .filter((piece) => !namesNoVariant(piece))
    .map(({ text }) => text)
    .join(" ");
}

/**
 * The forms of the release that a prerelease leads to, of its own variant: `1.2.3-rc.1-alpine` to `1.2.3-alpine`. A release need
 * not name a commit as its prerelease does.
 */
export function releaseForms({ pieces }: TagForm): readonly TagForm[] {
  const mark = pieces.findIndex(({ kind }) => kind === "mark");
  if (mark < 0) return [];
  const before = pieces.slice(0, isSeparator(pieces[mark - 1]) ? mark - 1 : mark);
  const after = pieces.slice(endOfMark(pieces, mark));
  const isCommit = after.every((piece) => piece.kind === "commit" || isSeparator(piece));
  return [[...before, ...after], ...(isCommit && after.length > 0 ? [before] : [])].map(withPieces);
}

/** Behind a mark and its number, with what dots add to it: `rc.1.2`, `beta-2`. */
function endOfMark(pieces: readonly TagPiece[], mark: number): number {
  let end = mark + 1;
  for (let isFirst = true; ; isFirst = false) {
    const [next, after] = [pieces[end], pieces[end + 1]];
    if (isFirst && (next?.kind === "number" || next?.kind === "date")) end += 1;
    else if (
      isSeparator(next) &&
      (isFirst || next?.text === ".") &&
      (after?.kind === "number" || after?.kind === "date")
    )
      end += 2;
    else if (isSeparator(next) && after?.kind === "mark") end = endOfMark(pieces, end + 1);
    else return end;
  }
}

function isSeparator(piece: TagPiece | undefined): boolean {
  return /^[._-]+$/.test(piece?.text ?? "");
}

/** Negative where the first is older. Tags that differ in commits alone are equal. */
export function compareVersions(one: TagForm, other: TagForm): number {
  const [left, right] =
    one.pieces.length === other.pieces.length ? bothOrdered(one, other) : [ordered(one), ordered(other)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = comparePieces(left[index], right[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Without which two tags of one version are the same age. */
export function hasCommit({ pieces }: TagForm): boolean {
  return pieces.some(({ kind }) => kind === "commit");
}

/** Whether the tags of a form have an order of their own. */
export function hasNumbers({ pieces }: TagForm): boolean {
  return pieces.some((piece) => hasOrder(piece) && piece.kind !== "mark");
}

function ordered({ pieces }: TagForm): readonly TagPiece[] {
  return pieces.filter(hasOrder);
}

/** Of two tags of one form: digits beside a commit are one too. */
function bothOrdered(one: TagForm, other: TagForm): readonly [readonly TagPiece[], readonly TagPiece[]] {
  const isOrdered = one.pieces.map((piece, index) => {
    const beside = other.pieces[index];
    return hasOrder(piece) && beside !== undefined && hasOrder(beside);
  });
  return [one.pieces.filter((_, index) => isOrdered[index]), other.pieces.filter((_, index) => isOrdered[index])];
}

function hasOrder({ kind }: TagPiece): boolean {
  return kind !== "text" && kind !== "commit";
}

function withPieces(pieces: readonly TagPiece[]): TagForm {
  return { pieces, isPrerelease: false, isVersion: true };
}

/** What is missing counts as 0, and as more than any mark: 1.2.3 comes after 1.2.3-rc.1. */
function comparePieces(one: TagPiece | undefined, other: TagPiece | undefined): number {
  const [left, right] = [one, other].map((piece) => (piece?.kind === "mark" ? piece.text : undefined));
  if (left !== undefined && right !== undefined) return left < right ? -1 : Number(left > right);
  if (left !== undefined || right !== undefined) return left !== undefined ? -1 : 1;
  return compareNumbers(one?.text ?? "0", other?.text ?? "0");
}

/** Of any length, zeros in front not counting. */
function compareNumbers(one: string, other: string): number {
  const [left, right] = [BigInt(one), BigInt(other)];
  return left < right ? -1 : Number(left > right);
}

/** Digits that stand where the other has a commit are one. */
function isSameKind(one: TagPiece, other: TagPiece): boolean {
  if (one.kind === other.kind)
    return one.kind === "text"
      ? one.text === other.text
      : one.kind !== "commit" || one.text.length === other.text.length;
  const kinds = new Set([one.kind, other.kind]);
  return kinds.has("commit") && kinds.has("number") && one.text.length === other.text.length;
}
