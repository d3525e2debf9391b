import type { SourceLocation } from "../errors.ts";

/** A value with where it stands. */
export interface Placed<T> {
  readonly value: T;
  readonly at: SourceLocation;
}
