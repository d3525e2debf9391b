/**
 * The form of a tag: what stays when a version moves (`v`, the count of numbers, a commit, `-nix`), and what changes. Two tags
 * of one form are compared by their numbers; commits have no order.
 */
import { namesNoVariant, type Piece, tagPieces } from "./tag-pieces.ts";

export interface TagForm {
  readonly pieces: readonly Piece[];
  /** `rc1`, `beta.2` and what else comes before a release. */
  readonly isPrerelease: boolean;
  /** Whether any of its pieces changes from version to version; otherwise it is a word such as `latest`. */
  readonly isVersion: boolean;
}

/** How the tags of an image are written, as far as it is known. */
export interface TagStyle {
  /** What its flavor puts before and behind them. */
  readonly prefix?: string;
  readonly suffix?: string;
  /** Words that name variants of this image, though they are marks elsewhere: it has both `1.2.3` and `1.2.3-dev`. */
  readonly variantMarks?: ReadonlySet<string>;
}

export function tagForm(tag: string, { prefix = "", suffix = "", variantMarks = noMarks }: TagStyle = {}): TagForm {
  const isAffixed = tag.length > prefix.length + suffix.length && tag.startsWith(prefix) && tag.endsWith(suffix);
  const [before, after] = isAffixed ? [prefix, suffix] : ["", ""];
  const inner = tagPieces(tag.slice(before.length, tag.length - after.length), variantMarks);
  const pieces = [...affix(before), ...inner.pieces, ...affix(after)];
  return {
    pieces,
    isPrerelease: inner.isPrerelease,
    isVersion: pieces.some(({ kind }) => kind !== "text" && kind !== "mark"),
  };
}

const noMarks: ReadonlySet<string> = new Set();

function affix(text: string): readonly Piece[] {
  return text === "" ? [] : [{ kind: "text", text }];
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
 * The same where a commit tells versions apart (`v4.0.6-r4-ffa8727`, `v4.1-0a1b2c3`): what stands before it may have any
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

/** What a version's tag has besides its version, its commit and the marks of a prerelease; `undefined` for a tag that is no version. */
export function variantOf(tag: string, style: TagStyle = {}): string | undefined {
  const { pieces, isVersion } = tagForm(tag, style);
  // What a flavor puts around a tag is one piece, separators and all.
  const words = pieces.map((piece) => ({ ...piece, text: piece.text.replace(/^[._-]+(?=[A-Za-z0-9])/, "") }));
  return isVersion ? variantIn(words) : undefined;
}

/** The words and numbers that name a variant. */
function variantIn(pieces: readonly Piece[]): string {
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
  let end = mark + 1;
  for (;;) {
    const next = isSeparator(pieces[end]) ? end + 1 : end;
    const kind = pieces[next]?.kind;
    if (kind !== "mark" && kind !== "number" && kind !== "date") break;
    end = next + 1;
  }
  const after = pieces.slice(end);
  const isCommit = after.every((piece) => piece.kind === "commit" || isSeparator(piece));
  return [[...before, ...after], ...(isCommit && after.length > 0 ? [before] : [])].map(withPieces);
}

function isSeparator(piece: Piece | undefined): boolean {
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

function ordered({ pieces }: TagForm): readonly Piece[] {
  return pieces.filter(hasOrder);
}

/** Of two tags of one form: digits beside a commit are one too. */
function bothOrdered(one: TagForm, other: TagForm): readonly [readonly Piece[], readonly Piece[]] {
  const isOrdered = one.pieces.map((piece, index) => {
    const beside = other.pieces[index];
    return hasOrder(piece) && beside !== undefined && hasOrder(beside);
  });
  return [one.pieces.filter((_, index) => isOrdered[index]), other.pieces.filter((_, index) => isOrdered[index])];
}

function hasOrder({ kind }: Piece): boolean {
  return kind !== "text" && kind !== "commit";
}

function withPieces(pieces: readonly Piece[]): TagForm {
  return { pieces, isPrerelease: false, isVersion: true };
}

/** What is missing counts as 0, and as more than any mark: 1.2.3 comes after 1.2.3-rc.1. */
function comparePieces(one: Piece | undefined, other: Piece | undefined): number {
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
function isSameKind(one: Piece, other: Piece): boolean {
  if (one.kind === other.kind)
    return one.kind === "text"
      ? one.text === other.text
      : one.kind !== "commit" || one.text.length === other.text.length;
  const kinds = new Set([one.kind, other.kind]);
  return kinds.has("commit") && kinds.has("number") && one.text.length === other.text.length;
}
