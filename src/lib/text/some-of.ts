/** Lists as sentences have them. */

export interface ListOptions<T> {
  /** How many are shown; one more is shown rather than counted. Default: 5. */
  readonly most?: number;
  readonly write?: (each: T) => string;
  /** What is before the last one, where all are shown. Default: a comma. */
  readonly last?: "and" | "or";
}

/** The first of many, and how many more there are: `a, b and 7 more`. */
export function someOf<T>(all: readonly T[], { most = 5, write = String, last }: ListOptions<T> = {}): string {
  const more = all.length - most;
  const shown = (more > 1 ? all.slice(0, most) : all).map(write);
  if (more > 1) return `${shown.join(", ")} and ${more} more`;
  if (last === undefined || shown.length < 2) return shown.join(", ");
  return `${shown.slice(0, -1).join(", ")} ${last} ${shown.at(-1)}`;
}
