/** Why an image is published, as data; `describeReason` makes the sentence. */
import type { RepositoryPath } from "../catalog/catalog.ts";

export type Reason =
  | { readonly kind: "file"; readonly path: RepositoryPath; readonly change: "added" | "modified" | "deleted" }
  /** So many changed files beside those that are named: a plan stays readable when thousands change at once. */
  | { readonly kind: "more-files"; readonly count: number }
  | { readonly kind: "builds-on"; readonly image: string }
  /** It builds on what nobody knows before the build (`base`, as written), and some image changed. */
  | { readonly kind: "unknown-base"; readonly base: string }
  /** Not affected itself, but an affected image cannot be built without it. */
  | { readonly kind: "needed-by"; readonly image: string }
  | { readonly kind: "new-branch"; readonly branch: string }
  | { readonly kind: "tag"; readonly tag: string }
  | { readonly kind: "first-commit" }
  | { readonly kind: "scheduled" }
  | { readonly kind: "asked-for" }
  /** Nothing to compare with; `detail` says why, as a clause. */
  | { readonly kind: "no-base"; readonly detail: string }
  /** The run is about other images; `detail` says which, as a clause. */
  | { readonly kind: "not-chosen"; readonly detail: string }
  | { readonly kind: "unaffected" };
