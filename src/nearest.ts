/** The word of `known` that is written most like `given`, if one is close enough to be a slip of the hand. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((word) => ({ word, distance: editDistance(given.toLowerCase(), word.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(1, Math.floor(best.word.length / 3)) ? best.word : undefined;
}

/** How many letters are wrong, missing, too many, or change places with their neighbour: a row at a time. */
function editDistance(a: string, b: string): number {
  let above: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const substitution = (row[j] ?? 0) + (b[j] === a[i] ? 0 : 1);
      const isSwapped = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j];
      const swap = isSwapped ? (above[j - 1] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(substitution, swap, (next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1));
    }
    above = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/** `; did you mean "x"?`, or nothing: the end of a hint. */
export function didYouMean(given: string, known: readonly string[]): string {
  const like = nearest(given, known);
  return like === undefined ? "" : `; did you mean "${like}"?`;
}
