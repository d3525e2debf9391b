/** What a build made, before anything has a tag. */
import type { Digest } from "../oci/digest.ts";
import type { Platform } from "../oci/platform.ts";

export interface Candidate {
  /** The digest of the index. */
  readonly digest: Digest;
  /** The OCI layout that holds it, absolute, where it was not pushed. */
  readonly layout: string | undefined;
  readonly platforms: readonly CandidatePlatform[];
  readonly seconds: number;
  /** Steps of the build: how many came from a cache and how many ran. */
  readonly steps: { readonly cached: number; readonly executed: number };
}

export interface CandidatePlatform {
  readonly platform: Platform;
  readonly digest: Digest;
  /** Compressed bytes: config and layers. */
  readonly size: number;
}
