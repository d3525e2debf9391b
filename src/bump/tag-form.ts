/**
 * The form of a tag: what stays when a version moves (`v`, the count of numbers, a commit, `-nix`), and what changes. Two tags
 * of one form are compared by their numbers; commits have no order.
 */

export interface TagForm {
  readonly pieces: readonly Piece[];
  /** `rc1`, `beta.2` and what else comes before a release. */
  readonly isPrerelease: boolean;
  /** Whether any of its pieces changes from version to version; otherwise it is a word such as `latest`. */
  readonly isVersion: boolean;
}

/** `mark`: a word that says how near a release a version is. */
export interface Piece {
  readonly kind: "text" | "number" | "year" | "date" | "commit" | "mark";
  readonly text: string;
}

const marks = new Set("dev snapshot nightly canary alpha a beta b pre preview m milestone rc cr next".split(" "));

export function tagForm(tag: string): TagForm {
  const pieces = (tag.match(/[._-]+|[^._-]+/g) ?? []).flatMap((word, index, words) => piecesOf(word, index, words));
  return {
    pieces,
    isPrerelease: pieces.some(({ kind }) => kind === "mark"),
    isVersion: pieces.some(({ kind }) => kind !== "text" && kind !== "mark"),
  };
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
    isSameForm(withPieces(one.pieces.slice(first + 1)), withPieces(other.pieces.slice(second + 1)))
  );
}

/** The form of the release that a prerelease leads to: `1.2.3-rc.1` to `1.2.3`. */
export function releaseForm({ pieces }: TagForm): TagForm {
  const mark = pieces.findIndex(({ kind }) => kind === "mark");
  const isSeparated = /^[._-]+$/.test(pieces[mark - 1]?.text ?? "");
  return withPieces(mark < 0 ? pieces : pieces.slice(0, isSeparated ? mark - 1 : mark));
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

function piecesOf(word: string, index: number, words: readonly string[]): readonly Piece[] {
  const isFirst = index === 0;
  if (/^\d+$/.test(word))
    return [{ kind: isCommit(word, words[index - 1]) ? "commit" : numberKind(word, isFirst), text: word }];
  if (/^[0-9a-f]{7,64}$/.test(word)) return [{ kind: "commit", text: word }];
  // `v1`, `rc1`, `r4`, `alpine3`, `1rc2`; what is longer than that is a word.
  const [, before = "", number = "", mark = "", last = ""] = /^([A-Za-z]*)(\d+)(?:([A-Za-z]+)(\d*))?$/.exec(word) ?? [];
  if (number === "") return [{ kind: kindOfWord(word, words.length), text: word.toLowerCase() }];
  const isLeading = isFirst && (before === "" || before === "v");
  return [
    ...(before === "" ? [] : [{ kind: kindOfWord(before, words.length), text: before.toLowerCase() }]),
    { kind: numberKind(number, isLeading), text: number },
    ...(mark === "" ? [] : [{ kind: kindOfWord(mark, words.length), text: mark.toLowerCase() }]),
    ...(last === "" ? [] : [{ kind: "number" as const, text: last }]),
  ];
}

/** A tag that is one word alone (`dev`, `next`, `beta`) is a channel and no version. */
function kindOfWord(word: string, words: number): "mark" | "text" {
  return words > 1 && marks.has(word.toLowerCase()) ? "mark" : "text";
}

/** A commit may be of digits alone: by the lengths that git and forges give it. */
function isCommit(digits: string, separator: string | undefined): boolean {
  return separator === "-" && [7, 40].includes(digits.length);
}

/** Years and days tell calendar versions from others, and are no commits. */
function numberKind(digits: string, isLeading: boolean): Piece["kind"] {
  if (/^20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?$/.test(digits)) return "date";
  return isLeading && /^20\d\d$/.test(digits) ? "year" : "number";
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
