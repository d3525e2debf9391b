/** Lines and columns of a text, as people count. */

export interface TextPlaces {
  /** The line, 1-based, on which an offset lies. */
  line(offset: number): number;
  /** The place of an offset in its line, 1-based, counted in characters; takes as long as the line is. */
  column(offset: number): number;
}

/** A text's places; it is searched for lines once. */
export function textPlaces(text: string): TextPlaces {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  function line(offset: number): number {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
  return { line, column: (offset) => [...text.slice(starts[line(offset) - 1], offset)].length + 1 };
}
