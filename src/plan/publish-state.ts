/** What the registries hold of an image, and what follows from it. */
import type { Digest } from "../model/digest.ts";
import type { Reason } from "../model/reason.ts";

export type PublishState =
  /** Everything is where it belongs. `isOther`: a newer run's, made from other sources than this commit's. */
  | { readonly kind: "current"; readonly digest: Digest | undefined; readonly isOther?: true }
  | { readonly kind: "promote"; readonly digest: Digest; readonly because: readonly Reason[] }
  /** `because` says why an image is built that the event doesn't affect. */
  | { readonly kind: "build"; readonly because: readonly Reason[]; readonly lastBuild: LastBuild | undefined }
  /** No tag could be put on it. `isTaken`: the version that it would release names other content. */
  | {
      readonly kind: "superseded";
      readonly why: string;
      readonly digest: Digest | undefined;
      readonly isTaken: false | { readonly hint: string };
    };

/** How the image was built the last time. */
export interface LastBuild {
  readonly seconds: number | null;
  readonly started: string | null;
}

/** The digest for the images that depend on it; `undefined` where none of the published ones will do. */
export function digestToBuildOn(state: PublishState): Digest | undefined {
  // What a newer commit made of other sources is not what this commit's images are made of.
  if (state.kind === "build" || (state.kind === "current" && state.isOther)) return undefined;
  return state.digest;
}
