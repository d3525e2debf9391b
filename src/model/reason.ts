/** Why an image is published, as data; `describeReason` makes the sentence. */

import type { SourceLocation } from "../errors.ts";
import type { RepositoryPath } from "./repository-path.ts";

export type Reason =
  | { readonly kind: "file"; readonly path: RepositoryPath; readonly change: "added" | "modified" | "deleted" }
  /** So many changed files beside those that are named: a plan stays readable when thousands change at once. */
  | { readonly kind: "more-files"; readonly count: number }
  /** A changed file of a context counts, because it is unknown whether the build reads it; `what` is a noun. */
  | { readonly kind: "doubt"; readonly what: string; readonly at: SourceLocation }
  /** Git's own folder is in a context, so that the commit itself is an input of the image. */
  | { readonly kind: "commit" }
  /** Changes of one of the image's inputs can't be seen; `detail` is the reason, as a clause. */
  | { readonly kind: "unseen"; readonly detail: string }
  | { readonly kind: "builds-on"; readonly image: string }
  /** Its base is unknown before the build (`base`, as written), and may be an image that is affected. */
  | { readonly kind: "unknown-base"; readonly image: string; readonly base: string }
  /** Not affected itself, but an affected image cannot be built without it. */
  | { readonly kind: "needed-by"; readonly image: string }
  | { readonly kind: "new-branch"; readonly branch: string }
  | { readonly kind: "tag"; readonly tag: string }
  | { readonly kind: "first-commit" }
  | { readonly kind: "scheduled" }
  /** A rebuild would fix so many findings. */
  | { readonly kind: "fixable"; readonly count: number }
  /** Its base has another digest now. */
  | { readonly kind: "base-moved"; readonly base: string }
  /** It is unknown whether a rebuild would fix anything; `detail` is the reason, as a clause. */
  | { readonly kind: "unscanned"; readonly detail: string }
  /** Only images with findings that a rebuild would fix are built. */
  | { readonly kind: "nothing-to-mend" }
  | { readonly kind: "asked-for" }
  /** Nothing to compare with; `detail` says why, as a clause. */
  | { readonly kind: "no-base"; readonly detail: string }
  /** The run is about other images; `detail` says which, as a clause. */
  | { readonly kind: "not-chosen"; readonly detail: string }
  | { readonly kind: "unaffected" }
  /** It can't be planned; `detail` is a sentence. `fails`: the run is about it, and fails. */
  | { readonly kind: "problem"; readonly detail: string; readonly fails?: true }
  /** It depends on an image that can't be planned. */
  | { readonly kind: "waits-for"; readonly image: string; readonly fails?: true }
  /** It, or what it depends on, names a version of an image of this repository that is not published yet. */
  | { readonly kind: "waits-for-release"; readonly image: string; readonly version: string }
  /** The registry has nothing of it under the tags that it should have. */
  | { readonly kind: "never-published" }
  /** The published image was built from other sources, at this commit: a run failed or was canceled. */
  | {
      readonly kind: "behind";
      readonly revision: string;
      /** No file changed since then: the values of its build arguments did. */
      readonly byArguments?: true;
    }
  /** What is published does not say what it was made from; `detail` is a clause. */
  | { readonly kind: "no-record"; readonly detail: string }
  /** With `attest`: GitHub is not known to have attested what is published; `detail` says which digest and why, as a clause. */
  | { readonly kind: "not-attested"; readonly detail: string }
  /** What is published is right, but some of its tags, or copies in other registries, are missing. */
  | { readonly kind: "incomplete"; readonly missing: readonly string[] }
  /** What is made of these sources is published, under all its tags. */
  | { readonly kind: "current" }
  /** None of the tags could be put on it; `detail` says why, as a clause. */
  | { readonly kind: "superseded"; readonly detail: string };
