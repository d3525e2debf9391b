import { someOf } from "../some-of.ts";

/** What a user should know of the layout, though it is no error: as the reports show it. */
export interface CatalogRemark {
  readonly message: string;
  readonly hint: string;
}

/** How one kind of remark is written: about one thing, and about several, of which a reader wants one remark as well. */
export interface RemarkKind<T> {
  one(about: T): CatalogRemark;
  /** @param listed the first of them, as `item` writes each, and how many more there are. */
  several(listed: string, all: readonly T[]): CatalogRemark;
  item(about: T): string;
}

/** One remark, however many things it is about; none about nothing. */
export function oneRemark<T>(all: readonly T[], { one, several, item }: RemarkKind<T>): readonly CatalogRemark[] {
  const [first, ...others] = all;
  if (first === undefined) return [];
  return [others.length === 0 ? one(first) : several(someOf(all, { most: 10, write: item }), all)];
}
