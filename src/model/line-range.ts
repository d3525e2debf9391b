/** 1-based and inclusive, as the file has them now. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}
