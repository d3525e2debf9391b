/** Files in which what is to change is marked: `newTag: ⟦1.2.3⇒1.2.4⟧`. */
export interface Marked {
  readonly before: string;
  readonly after: string;
  /** What stands between the marks. */
  readonly changes: readonly { readonly from: string; readonly to: string; readonly line: number }[];
}

const mark = /⟦([^⇒⟧]*)⇒([^⟧]*)⟧/g;

export function marked(text: string): Marked {
  return {
    before: text.replace(mark, "$1"),
    after: text.replace(mark, "$2"),
    changes: [...text.matchAll(mark)].map(({ 1: from = "", 2: to = "", index }) => ({
      from,
      to,
      line: text.slice(0, index).split("\n").length,
    })),
  };
}
