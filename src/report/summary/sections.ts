/** Puts a long text together so that it stays under a limit and says what it left out. */

export interface Section {
  readonly head: string;
  /** Whole pieces, each of which may be left out; none is cut. */
  readonly pieces: readonly string[];
  readonly tail: string;
  /** What the pieces are called, in the plural: `images`. */
  readonly what: string;
}

/** GitHub refuses a step's summary above 1 MiB, so this leaves some room. Bytes. */
const summaryLimit = 1_000_000;

/**
 * The sections with a blank line between them, in at most `limit` bytes of UTF-8. Heads and tails always have their room;
 * earlier sections get theirs for pieces first. Where pieces are left out a line says how many.
 */
export function joinSections(sections: readonly Section[], limit: number = summaryLimit): string {
  const frames = sections.map(({ head, tail }) => bytes(head) + bytes(tail));
  let room = limit - frames.reduce((sum, frame) => sum + frame + frameRoom, 0);
  const texts = sections.map(({ head, pieces, tail, what }) => {
    const kept: string[] = [];
    for (const piece of pieces) {
      const size = bytes(piece) + 1;
      if (size > room) break;
      room -= size;
      kept.push(piece);
    }
    const left = pieces.length - kept.length;
    const note =
      left === 0 ? "" : `_${left} more ${what} left out here: GitHub shows at most 1 MiB. The log has them all._`;
    return [[head, ...kept, tail].filter((each) => each !== "").join("\n"), note]
      .filter((each) => each !== "")
      .join("\n\n");
  });
  return `${texts.filter((text) => text !== "").join("\n\n")}\n`;
}

/** A section that is never shortened. */
export function text(head: string): Section {
  return { head, pieces: [], tail: "", what: "" };
}

/** Items in pieces of at most `size`. */
export function chunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** Room for a section's note and line breaks. */
const frameRoom = 160;

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
