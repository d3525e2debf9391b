import type { SourceLocation } from "../errors.ts";
import { someOf } from "../lib/text/some-of.ts";

/** A remark that the reader of the summary should see, with its remedy. */
export interface Remark {
  readonly message: string;
  readonly hint: string;
  readonly at?: SourceLocation;
  /** It is information and not a warning: nobody has to act on it. */
  readonly isNote?: true;
}

/** How one kind of remark is written: about one thing, and about several, of which a reader wants one remark as well. */
export interface RemarkKind<T> {
  one(about: T): Remark;
  /** @param listed the first of them, as `item` writes each, and how many more there are. */
  several(listed: string, all: readonly T[]): Remark;
  item(about: T): string;
}

/** One remark, however many things it is about; none about nothing. */
export function oneRemark<T>(all: readonly T[], { one, several, item }: RemarkKind<T>): readonly Remark[] {
  const [first, ...others] = all;
  if (first === undefined) return [];
  return [others.length === 0 ? one(first) : several(someOf(all, { most: 10, write: item }), all)];
}
