/** What a user should know of the layout, though it is no error: as the reports show it. */
export interface CatalogRemark {
  readonly message: string;
  readonly hint: string;
}

/** The first of many, and how many more there are. */
export function someOf(names: readonly string[], most = 5): string {
  const more = names.length - most;
  return more > 1 ? `${names.slice(0, most).join(", ")} and ${more} more` : names.join(", ");
}
