/** The word of `known` that is written most like `given`, if it is close enough for `given` to be a typo. */
export function didYouMean(given: string, known: readonly string[]): string | undefined {
  // A word this long isn't a typo, and a comparison takes the product of both lengths.
  if (given.length > longestWord) return undefined;
  const lower = given.toLowerCase();
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const word of known) {
    const most = Math.max(1, Math.floor(word.length / 3));
    const limit = Math.min(most, least - 1);
    if (Math.abs(word.length - given.length) > limit) continue;
    const distance = editDistance(lower, word.toLowerCase(), limit);
    if (distance > limit) continue;
    best = word;
    least = distance;
    if (least === 0) break;
  }
  return best;
}

const longestWord = 128;

/**
 * How many letters are wrong, missing, too many, or change places with their neighbour: a row at a time. More than `limit`
 * where it is more than that.
 */
export function editDistance(a: string, b: string, limit: number): number {
  let above: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    let least = i + 1;
    for (let j = 0; j < b.length; j++) {
      const substitution = (row[j] ?? 0) + (b[j] === a[i] ? 0 : 1);
      const isSwapped = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j];
      const swap = isSwapped ? (above[j - 1] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      const cost = Math.min(substitution, swap, (next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1);
      next.push(cost);
      least = Math.min(least, cost);
    }
    // A swap looks two rows back and adds one.
    if (least > limit + 1) return least;
    above = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/** `; did you mean "x"?`, or nothing: the end of a hint. */
export function didYouMeanText(given: string, known: readonly string[]): string {
  const like = didYouMean(given, known);
  return like === undefined ? "" : `; did you mean "${like}"?`;
}
